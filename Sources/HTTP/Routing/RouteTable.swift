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
    /// As in the router, a literal segment beats a parameter: `/files/upload` is not the file with the id `upload`.
    func methods(at path: String) -> [String] {
        let segments = path.split(separator: "/")
        let matching = Dictionary(grouping: routes.filter { Self.matches($0.path, segments) }, by: \.path)
        let nearest = matching.min { Self.parameterCount($0.key) < Self.parameterCount($1.key) }
        let methods = Set(nearest?.value.map(\.method) ?? [])
        // The router answers HEAD wherever it answers GET.
        return (methods.contains("GET") ? methods.union(["HEAD"]) : methods).sorted()
    }

    private static func matches(_ path: String, _ segments: [Substring]) -> Bool {
        let pattern = path.split(separator: "/")
        return pattern.count == segments.count
            && zip(pattern, segments).allSatisfy { pattern, segment in pattern.hasPrefix(":") || pattern == segment }
    }

    private static func parameterCount(_ path: String) -> Int { path.count { $0 == ":" } }

    private static func colonPattern(_ path: String) -> String {
        path.replacing("{", with: ":").replacing("}", with: "")
    }
}
