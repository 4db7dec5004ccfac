import CoreMetrics
import HTTPTypes
import Synchronization

/// Counts requests, and how long they took until their answer began, by method, route and class of status.
///
/// All labels are from small sets. A route is the pattern, `-` where there is none; a method that we do not know is
/// `other`.
final class RequestMeter: Sendable {
    private struct Kind: Hashable {
        let method: String
        let route: String?
        let statusClass: Int
    }

    private struct Series {
        let count: Counter
        let time: CoreMetrics.Timer
    }

    private static let methods: Set = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

    private let factory: any MetricsFactory
    /// Finding one takes a tenth of the time of making it.
    private let known = Mutex<[Kind: Series]>([:])

    init(_ factory: any MetricsFactory) {
        self.factory = factory
    }

    func record(_ method: HTTPRequest.Method, route: String?, status: HTTPResponse.Status, after time: Duration) {
        let kind = Kind(method: method.rawValue, route: route, statusClass: status.code / 100)
        let series = known.withLock { known in
            if let series = known[kind] { return series }
            let new = make(kind)
            // There are as many routes as there are. Only methods could be without end.
            if Self.methods.contains(kind.method) { known[kind] = new }
            return new
        }
        series.count.increment()
        series.time.recordNanoseconds(Int64(time / .nanoseconds(1)))
    }

    /// Hummingbird has words of its own for a path that leads nowhere.
    private static func pattern(_ route: String?) -> String {
        guard let route, route.hasPrefix("/") else { return "-" }
        return RouteTable.colonPattern(route)
    }

    private func make(_ kind: Kind) -> Series {
        let labels = [
            ("method", Self.methods.contains(kind.method) ? kind.method : "other"),
            ("route", Self.pattern(kind.route)),
        ]
        return Series(
            count: Counter(
                label: "placet_http_requests_total",
                dimensions: labels + [("status", "\(kind.statusClass)xx")],
                factory: factory
            ),
            time: Timer(label: "placet_http_request_duration_seconds", dimensions: labels, factory: factory)
        )
    }
}
