import Accounts
import Admin
import Agents
import Audit
import Blobs
import Dashboard
import Delivery
import Events
import Files
import HTTP
import Hummingbird
import Index
import Logging
import MCP
import MediaTypes
import Messages
import NIOCore
import NIOPosix
import Notices
import Plugins
import Prometheus
import Reference
import Reviews
import Status
import Store

/// The only place where the parts are put together: an open store, the modules on it, and their routes. Everything else
/// gets what it needs as an argument, so a module can be read and tested without this one.
package struct Assembly: Sendable {
    /// How many threads do blocking work. It limits how many large files can wait for the disk at a time.
    private static let threadCount = 16

    package let store: FileStore
    package var index: StoreIndex { store.index }
    /// Names this node, where several serve one index.
    var node: String? { index.isShared ? store.nodeID : nil }
    package let routers: Routers
    /// What has to run beside the routes, gathered from the modules.
    package let backgroundWork: [BackgroundWork]
    /// Set when this start created the first owner.
    package let firstOwner: FirstOwner?
    /// What goes over connections of the network is counted here.
    let traffic: Traffic
    /// Who opened which file or gave a wrong password, until it is stored.
    package let auditQueue: AuditQueue
    private let threads: NIOThreadPool

    /// Opens the store, puts it in order after a crash, creates the first owner if there is none, and builds the
    /// routes.
    ///
    /// Opens no port. Blocks while the index migrates.
    ///
    /// - Throws: ``BlobError``, ``IndexError`` and ``StoreError``; ``StartFailure`` explains them to the operator.
    package init(_ configuration: ServerConfiguration, logger: Logger) async throws {
        threads = NIOThreadPool(numberOfThreads: Self.threadCount)
        threads.start()
        let detector = try MediaTypeDetector()
        let registry = Registry(StatusModule.metricFamilies)
        store = try FileStore(
            root: configuration.storage,
            index: configuration.index.map { .postgreSQL($0) } ?? .file(configuration.indexPath),
            limits: StoreLimits(
                maxFileBytes: configuration.maxUploadBytes,
                minFreeBytes: configuration.minFreeBytes,
                quotas: configuration.quotas,
                unattachedLifetime: configuration.unattachedLifetime
            ),
            detector: detector,
            threads: threads,
            bucket: configuration.bucket,
            metrics: registry,
            onDamage: { key in
                logger.error(
                    "stored bytes are missing or damaged; uploading the same file again repairs it",
                    metadata: ["sha256": "\(key.digest.hex)", "key": "\(key)"]
                )
            }
        )
        let index = store.index
        Self.warnOfOpenFiles(configuration.storage, logger)
        try await Self.recover(store, logger)
        firstOwner = try await FirstOwner.create(
            in: index,
            email: configuration.adminEmail,
            password: configuration.adminPassword
        )
        traffic = Traffic(registry)
        auditQueue = AuditQueue()
        let plugins = await Self.plugins(configuration.pluginsPath, threads, logger)
        let authenticator = KeyAuthenticator(index: index)
        let modules: [any RouteModule] = [
            AccountsModule(index: index, authenticator: authenticator, audit: auditQueue),
            AdminModule(store: store, collectsByItself: configuration.collectionInterval != nil, logger: logger),
            AgentsModule(index: index, detector: detector),
            AuditModule(
                index: index,
                queue: auditQueue,
                age: configuration.auditAge,
                grace: FileStore.collectionGrace
            ) { count in
                logger.error(
                    "audit entries of opened files and wrong passwords are lost",
                    metadata: ["entries": "\(count)"]
                )
            },
            DashboardModule(uploadLimit: configuration.maxUploadBytes),
            DeliveryModule(index: index, allowed: configuration.webhookAllow, metrics: registry, logger: logger),
            FilesModule(
                store: store,
                threads: threads,
                audit: auditQueue,
                redirects: configuration.redirectsDownloads
            ),
            try MCPModule(version: Server.version),
            MessagesModule(store: store, logger: logger),
            NoticesModule(
                index: index,
                sender: NoticeSender(allowed: configuration.webhookAllow),
                mailer: configuration.mail.map(NoticeMailer.init),
                publicURL: configuration.publicURL,
                metrics: registry,
                logger: logger
            ),
            ReferenceModule(version: Server.version),
            ReviewsModule(store: store),
            EventsModule(index: index),
            PluginsModule(
                catalogue: plugins,
                index: index,
                domains: configuration.pluginDomains,
                fetcher: PluginFetcher(allowed: configuration.webhookAllow)
            ),
            StatusModule(
                store: store,
                version: Server.version,
                registry: registry,
                monitors: MonitorAccess(token: configuration.metricsToken),
                droppedLogLines: { LogQueue.standardError.droppedInAll }
            ),
        ]
        backgroundWork =
            modules.flatMap(\.backgroundWork) + [
                BackgroundWork("clock", onEachNode: true, run: ClockWatch(index).run), Self.scrub(store, logger),
                Collecting(store, logger).work(every: configuration.collectionInterval),
            ]
        routers = Routers(
            modules: modules,
            authenticator: authenticator,
            users: SessionAuthenticator(index: index),
            limits: configuration.rateLimit.map { RateLimits($0, metrics: registry) },
            surroundings: configuration.surroundings,
            metrics: registry,
            log: logger.handler as? any AccessLines ?? NoAccessLines(),
            translate: translate
        )
    }

    /// Cleans up after the last run, and tells the operator what was found. Must come before the first request.
    private static func recover(_ store: FileStore, _ logger: Logger) async throws {
        if store.index.hasLostCommits {
            logger.error("the log of the index is damaged: what was stored last before the stop may be missing")
        }
        for remark in try await store.tie() { logger.warning("\(remark)") }
        let swept = try await store.recover()
        guard swept.leftovers > 0 else { return }
        logger.log(
            level: swept.removedBlobs > 0 ? .warning : .notice,
            "uploads cut off by the last stop were removed",
            metadata: ["leftovers": "\(swept.leftovers)", "blobs": "\(swept.removedBlobs)"]
        )
    }

    private static func scrub(_ store: FileStore, _ logger: Logger) -> BackgroundWork {
        BackgroundWork("scrub") {
            try await store.scrub { faults in
                logger.error(
                    "stored files are not what the index says; look at them with placet fsck",
                    metadata: ["faults": "\(faults.count)", "first": "\(faults[0].kind.rawValue) \(faults[0].subject)"]
                )
            }
        }
    }

    private static func warnOfOpenFiles(_ folder: String, _ logger: Logger) {
        for remedy in StoragePermissions.remedies(for: folder) {
            logger.warning(
                "other accounts of this system can read or change the storage",
                metadata: ["fix": "\(remedy)"]
            )
        }
    }

    /// Reads the plugins once, so that what is wrong with them is logged at the start. They never prevent it.
    private static func plugins(_ path: String, _ threads: NIOThreadPool, _ logger: Logger) async -> PluginCatalogue {
        do {
            try ExamplePlugins.install(at: path)
        } catch {
            logger.warning("example plugins could not be written", metadata: ["error": "\(error)"])
        }
        let catalogue = PluginCatalogue(path: path, threads: threads, logger: logger)
        _ = await catalogue.manifests()
        return catalogue
    }

    /// Closes the store and ends the threads; the lock on the folder is free afterwards.
    package func close() async throws {
        store.close()
        try await threads.shutdownGracefully()
    }
}

/// What plugins need of `Delivery`.
extension PluginFetcher: PageFetching {}

/// What notices need of it.
extension NoticeSender: NoticeSending {
    package func send(_ request: NoticeRequest) async throws -> Int {
        try await post(request.body, request.headers, to: request.target)
    }
}
