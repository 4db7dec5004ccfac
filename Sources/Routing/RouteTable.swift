import Hummingbird
import Synchronization

/// Which methods exist at which path, read off the finished router: for 405 answers and for the test of the docs.
///
/// Filled once, after every module has added its routes; safe to read from any task.
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

    /// The methods of the routes that match a concrete path, sorted; empty when none does.
    func methods(at path: String) -> [String] {
        let segments = path.split(separator: "/")
        let matching = routes.filter { Self.matches($0.path.split(separator: "/"), segments) }
        return Set(matching.map(\.method)).sorted()
    }

    private static func matches(_ pattern: [Substring], _ segments: [Substring]) -> Bool {
        pattern.count == segments.count
            && zip(pattern, segments).allSatisfy { pattern, segment in pattern.hasPrefix(":") || pattern == segment }
    }

    private static func colonPattern(_ path: String) -> String {
        path.replacing("{", with: ":").replacing("}", with: "")
    }
}
