import HTTPTypes
import Logging

/// What the access log says of a request: never a query string, a body or a key.
package struct AccessLine: Sendable {
    let start: ContinuousClock.Instant
    package let method: HTTPRequest.Method
    /// The pattern of its route; `-` where there is none.
    package let route: String
    package let status: HTTPResponse.Status
    package let requestID: String
    /// Who asked, as whoever let him in calls him; `-` for nobody.
    package let caller: String
    /// `-` without TCP.
    package let address: String
    /// Whether it waited on purpose.
    let waits: Bool
    /// Set when it is logged.
    package internal(set) var milliseconds = 0.0
    /// Of the body. Nil when the answer was cut off.
    package internal(set) var bytes: Int?
    package internal(set) var mark = Mark.none

    init(
        start: ContinuousClock.Instant,
        method: HTTPRequest.Method,
        route: String?,
        status: HTTPResponse.Status,
        requestID: String,
        caller: String,
        address: String?,
        waits: Bool = false
    ) {
        (self.start, self.method, self.route, self.status) = (start, method, route ?? "-", status)
        (self.requestID, self.caller, self.address) = (requestID, caller, address ?? "-")
        self.waits = waits
    }

    package var message: String { bytes == nil ? "request cut off" : "request" }

    /// Name and value of each field, by name.
    package var fields: [(String, String)] {
        var fields = [
            ("address", address), ("bytes", bytes.map { "\($0)" } ?? "-"), ("caller", caller),
            ("hb.request.id", requestID),
        ]
        if mark != .none { fields.append(("mark", mark.rawValue)) }
        fields += [
            ("method", method.rawValue), ("ms", "\((milliseconds * 1000).rounded() / 1000)"), ("route", route),
            ("status", "\(status.code)"),
        ]
        return fields
    }

    static func caller(key id: String) -> String { "key:\(id)" }

    /// What an operator may look for. Marked lines are logged at `notice`, so that level leaves only them.
    package enum Mark: String, Sendable {
        case none, slow, refused

        /// How long an answer may take to begin.
        static let patience = Duration.seconds(1)
        /// Not let in, too much at a time, or no room.
        private static let refusals: Set = [401, 403, 408, 413, 421, 429, 503, 507]

        /// - Parameters:
        ///   - time: until the answer began.
        ///   - waits: whether it waited on purpose, and so is never slow.
        init(_ status: HTTPResponse.Status, _ time: Duration, waits: Bool) {
            if Self.refusals.contains(status.code) {
                self = .refused
            } else {
                self = time >= Self.patience && !waits ? .slow : .none
            }
        }

        package var level: Logger.Level { self == .none ? .info : .notice }
    }
}

/// Where the access log goes. `App` fills it in: each request pays for its line.
package protocol AccessLines: Sendable {
    /// What is written from on.
    var level: Logger.Level { get }
    func write(_ line: AccessLine)
    /// Why an answer could not be sent, when that is a defect.
    func write(_ error: any Error, requestID: String)
}

/// No access log, as in tests.
package struct NoAccessLines: AccessLines {
    package init() {}
    package var level: Logger.Level { .critical }
    package func write(_ line: AccessLine) {}
    package func write(_ error: any Error, requestID: String) {}
}
