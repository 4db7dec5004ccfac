import Blobs
import HTTPTypes
import Hummingbird
import Index
import Routing

/// `GET /health`: whether the index and the store can be written.
package struct StatusModule: RouteModule {
    private let health: Health

    package init(index: Index, blobs: DiskBlobStore, version: String) {
        health = Health(index: index, blobs: blobs, version: version)
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.open.get("health", use: read)
    }

    @Sendable
    func read(_ request: Request, _ context: RootContext) async throws -> Response {
        let report = await health.report()
        return try .json(report, status: report.isHealthy ? .ok : .serviceUnavailable)
    }
}
