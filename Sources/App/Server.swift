import Accounts
import Delivery
import Glibc
import HTTP
import Hummingbird
import HummingbirdCore
import Index
import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

/// Work that goes on for as long as the server runs.
private struct Background: Service {
    /// How long to wait after a failure, such as a full disk: reads go on meanwhile, and so must the server.
    private static let pause = Duration.seconds(5)

    let work: BackgroundWork
    let logger: Logger

    func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await work.run()
                } catch is CancellationError {
                    return
                } catch IndexError.closed {
                    // The server stops. Ending before this service is asked to would be taken for a failure.
                    try? await gracefulShutdown()
                    return
                } catch {
                    logger.error("background work failed", metadata: ["work": "\(work.name)", "error": "\(error)"])
                    try? await Task.sleep(for: Self.pause)
                }
            }
        }
    }
}

/// Answers parked clients before the connections are closed. The last of the services, because the last is told first that
/// the server stops.
private struct Farewell: Service {
    let index: SQLiteIndex

    func run() async throws {
        try await gracefulShutdown()
        index.endWaits()
    }
}

/// The running service: the network side, the control socket, and an orderly end.
package struct Server: Sendable {
    package static let version = "0.1.0"

    /// The owner made at the first start.
    package struct NewOwner: Sendable {
        package let email: String
        /// Set when it was made up: shown now or never.
        package let generatedPassword: String?
    }

    /// How long requests in flight may take after SIGTERM, and then how long they may take to notice.
    private static let gracefulShutdown = Duration.seconds(5)
    private static let cancellation = Duration.seconds(4)

    package let configuration: ServerConfiguration
    package let logger: Logger
    private let onNewOwner: @Sendable (NewOwner) -> Void

    /// - Parameter onNewOwner: called as soon as the first owner is stored, whatever happens afterwards.
    package init(
        configuration: ServerConfiguration,
        logger: Logger,
        onNewOwner: @escaping @Sendable (NewOwner) -> Void
    ) {
        self.configuration = configuration
        self.logger = logger
        self.onNewOwner = onNewOwner
    }

    /// Serves until SIGTERM or SIGINT; then finishes what is in flight, for at most 9 s, and closes the store.
    ///
    /// - Parameter onListening: called once, when the port is open.
    /// - Throws: ``StartFailure``.
    package func run(onListening: @escaping @Sendable (_ port: Int) -> Void) async throws {
        let assembly = try await open()
        let network = application(
            assembly.routers.network,
            address: .hostname(configuration.host, port: configuration.port),
            onRunning: { channel in onListening(channel.localAddress?.port ?? 0) }
        )
        let background = assembly.backgroundWork.map { Background(work: $0, logger: logger) }
        let services: [any Service] =
            [controlApplication(assembly)] + background + [network, Farewell(index: assembly.index)]
        try await serve(group(services, signals: [.sigterm, .sigint]), assembly)
    }

    /// Serves the control socket alone while `body` runs, for commands when no server is up.
    ///
    /// - Throws: ``StartFailure/storageInUse(folder:pid:)`` when one is.
    package func withControlSocket<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let assembly = try await open()
        let (listening, signal) = AsyncStream.makeStream(of: Void.self)
        let services = group([controlApplication(assembly) { signal.finish() }], signals: [])
        async let serving: Void = {
            defer { signal.finish() }  // When it cannot start, the wait below ends too.
            try await serve(services, assembly)
        }()
        for await _ in listening {}
        do {
            let value = try await body()
            await services.triggerGracefulShutdown()
            try await serving
            return value
        } catch {
            await services.triggerGracefulShutdown()
            try await serving
            throw error
        }
    }

    private func group(_ services: [any Service], signals: [UnixSignal]) -> ServiceGroup {
        var group = ServiceGroupConfiguration(services: services, gracefulShutdownSignals: signals, logger: logger)
        group.maximumGracefulShutdownDuration = Self.gracefulShutdown
        group.maximumCancellationDuration = Self.cancellation
        return ServiceGroup(configuration: group)
    }

    private func serve(_ services: ServiceGroup, _ assembly: Assembly) async throws {
        do {
            try await services.run()
        } catch {
            try? await assembly.close()
            throw StartFailure.explaining(error, configuration)
        }
        try await assembly.close()
    }

    private func open() async throws -> Assembly {
        // Index and control socket are for this user alone from the moment they are made.
        umask(0o077)
        do {
            let assembly = try await Assembly(configuration, logger: logger)
            if let owner = assembly.firstOwner {
                onNewOwner(NewOwner(email: owner.email, generatedPassword: owner.generatedPassword))
            }
            return assembly
        } catch {
            throw StartFailure.explaining(error, configuration)
        }
    }

    private func controlApplication(
        _ assembly: Assembly,
        onRunning: @escaping @Sendable () -> Void = {}
    ) -> some ApplicationProtocol {
        let path = configuration.controlSocketPath
        return application(assembly.routers.control, address: .unixDomainSocket(path: path)) { _ in
            onRunning()
        }
    }

    private func application(
        _ responder: RouterResponder<RootContext>,
        address: BindAddress,
        onRunning: @escaping @Sendable (any Channel) async -> Void
    ) -> some ApplicationProtocol {
        Application(
            responder: responder,
            server: HTTPServerBuilder { [idleTimeout = configuration.idleTimeout, logger] responder in
                EventLoopChannel(responder: responder, idleTimeout: idleTimeout, logger: logger)
            },
            configuration: .init(address: address, serverName: "placet", backlog: 1024),
            onServerRunning: onRunning,
            logger: logger
        )
    }
}
