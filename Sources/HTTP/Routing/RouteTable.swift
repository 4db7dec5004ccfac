import Hummingbird
import Synchronization

/// Which methods exist at which path, read from the finished router: for 405 answers, and for the test of the docs.
///
/// It is filled once, after every module has added its routes, and is then safe to read from any task.
package final class RouteTable: Sendable {
    package struct Route: Hashable, Sendable {
        package let method: String
        /// The pattern as registered, with parameters as `:name`.
        package let path: String
    }

    private let stored = Mutex<[Route]>([])

    package init() {}

    package var routes: [Route] { stored.withLock { $0 } }

    package func fill(from router: Router<RootContext>) {
        let routes = router.routes.map { route in
            Route(method: route.method.rawValue, path: Self.colonPattern(route.path.description))
        }
        stored.withLock { $0 = routes }
    }

    /// The methods at a concrete path, sorted; empty when no route matches.
    ///
    /// As in the router, a literal segment beats a parameter: `/files/upload` is not the file with the id `upload`, and
    /// nothing is at `/messages/streams` if there is only `/messages/streams/:id`.
    func methods(at path: String) -> [String] {
        let patterns = routes.map { Pattern(method: $0.method, rest: $0.path.split(separator: "/")[...]) }
        let methods = Set(Self.matches(patterns, path.split(separator: "/")[...])?.map(\.method) ?? [])
        // The router answers HEAD wherever it answers GET.
        return (methods.contains("GET") ? methods.union(["HEAD"]) : methods).sorted()
    }

    private struct Pattern {
        let method: String
        /// The segments that are not matched yet.
        let rest: ArraySlice<Substring>
    }

    /// The patterns that end where the path ends. Nil when none goes as far as the path, and then the router looks
    /// whether another one does.
    private static func matches(_ patterns: [Pattern], _ path: ArraySlice<Substring>) -> [Pattern]? {
        guard let segment = path.first else { return patterns.filter(\.rest.isEmpty) }
        func following(_ isMatch: (Substring) -> Bool) -> [Pattern]? {
            let next = patterns.filter { $0.rest.first.map(isMatch) ?? false }
                .map { Pattern(method: $0.method, rest: $0.rest.dropFirst()) }
            return next.isEmpty ? nil : matches(next, path.dropFirst())
        }
        return following { $0 == segment } ?? following { $0.hasPrefix(":") }
    }

    static func colonPattern(_ path: String) -> String {
        path.replacing("{", with: ":").replacing("}", with: "")
    }
}
