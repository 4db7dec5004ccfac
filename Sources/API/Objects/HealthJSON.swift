import Index

/// Whether the server can do its work. `checks` tells the two halves of the store apart: `ok`, `full`,
/// `unwritable` or `damaged`.
package struct HealthJSON: Encodable, Sendable {
    struct Checks: Encodable, Sendable {
        let index: String
        let storage: String
    }

    package let isHealthy: Bool
    let status: String
    package let timestamp: Timestamp
    let version: String
    let checks: Checks

    private enum CodingKeys: CodingKey { case status, timestamp, version, checks }

    package init(isHealthy: Bool, at now: Timestamp, version: String, index: String, storage: String) {
        self.isHealthy = isHealthy
        status = isHealthy ? "ok" : "unavailable"
        timestamp = now
        self.version = version
        checks = Checks(index: index, storage: storage)
    }
}
