import Accounts
import Agents
import Blobs
import Delivery
import Files
import Hummingbird
import Index
import Logging
import MediaType
import Messages
import NIOCore
import NIOPosix
import Reviews
import Routing
import Status

/// The only place where the parts are put together: an open store, the modules on it, and their routes.
package struct Assembly: Sendable {
    /// How many threads do blocking work: the number of publishes that may wait for the disk at a time.
    private static let threadCount = 16

    package let index: Index
    package let blobs: DiskBlobStore
    package let routers: Routers
    package let deliveries: DeliveryWorker<MessageView>
    /// Set when this start made the first owner.
    package let firstOwner: FirstOwner?
    private let threads: NIOThreadPool

    /// Opens the store and puts it in order after a crash.
    ///
    /// - Throws: ``BlobError``, ``IndexError`` and ``RecoveryError``; ``StartFailure`` explains them.
    package init(_ configuration: Configuration, logger: Logger) async throws {
        threads = NIOThreadPool(numberOfThreads: Self.threadCount)
        threads.start()
        blobs = try DiskBlobStore(root: configuration.storage, threads: threads)
        index = try Index(path: configuration.indexPath, storeID: blobs.storeID)
        try await Recovery(index: index, blobs: blobs, logger: logger).run()
        firstOwner = try await FirstOwner.create(
            in: index,
            email: configuration.adminEmail,
            password: configuration.adminPassword
        )
        let authenticator = KeyAuthenticator(index: index)
        let modules: [any RouteModule] = [
            AccountsModule(index: index, authenticator: authenticator),
            AgentsModule(index: index),
            FilesModule(
                index: index,
                blobs: blobs,
                detector: try MediaTypeDetector(),
                threads: threads,
                limits: UploadLimits(
                    maxBytes: configuration.maxUploadBytes,
                    minFreeBytes: configuration.minFreeBytes
                )
            ),
            MessagesModule(index: index),
            ReviewsModule(index: index) { MessageView($0, isListed: $1) },
            StatusModule(index: index, blobs: blobs, version: Server.version),
        ]
        deliveries = DeliveryWorker(index: index, allowed: configuration.webhookAllow, logger: logger) {
            MessageView($0)
        }
        routers = Routers(modules: modules, authenticator: authenticator, translate: translate)
    }

    /// Ends the use of the store; the lock is free afterwards.
    package func close() async throws {
        try index.close()
        blobs.close()
        try await threads.shutdownGracefully()
    }
}
