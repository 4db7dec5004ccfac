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

/// Answers parked clients before their connections are closed. It has to be the last of the services, because shutdown
/// tells them in reverse order.
private struct Farewell: Service {
    let index: StoreIndex

    func run() async throws {
        try await gracefulShutdown()
        index.endWaits()
    }
}

/// The running service: the network side, the control socket, and an orderly end.
///
/// The hard part is the end. Parked clients get their answer first, then requests in flight get time to finish, then
/// background work stops, and only then is the store closed.
package struct Server: Sendable {
    package static let version = "0.1.0"

    /// The owner created at the first start.
    package struct NewOwner: Sendable {
        package let email: String
        /// Set when the server made the password up. It is shown now or never.
        package let generatedPassword: String?
    }

    /// How long requests in flight may take after SIGTERM. After ``cancellation`` more, the process ends in any case.
    private static let gracefulShutdown = Duration.seconds(5)
    /// How long cancelled requests get to notice it.
    private static let cancellation = Duration.seconds(4)

    package let configuration: ServerConfiguration
    package let logger: Logger
    private let onNewOwner: @Sendable (NewOwner) -> Void

    /// - Parameter onNewOwner: called as soon as the first owner is stored, even if the start fails afterwards.
    package init(
        configuration: ServerConfiguration,
        logger: Logger,
        onNewOwner: @escaping @Sendable (NewOwner) -> Void
    ) {
        self.configuration = configuration
        self.logger = logger
        self.onNewOwner = onNewOwner
    }

    /// Serves until SIGTERM or SIGINT, then finishes what is in flight, for at most 9 s, and closes the store.
    ///
    /// - Parameter onListening: called once, when the port is open; gets the port, which is the configured one unless
    ///   that is 0.
    /// - Throws: ``StartFailure``.
    package func run(onListening: @escaping @Sendable (_ port: Int) -> Void) async throws {
        ConnectionLimits.raiseDescriptors()
        LargeMemory.giveBack()
        let assembly = try await open()
        // What only the start needed.
        LargeMemory.giveBackPieces()
        let network = application(
            assembly.routers.network,
            address: .hostname(configuration.host, port: configuration.port),
            limits: ConnectionLimits(
                inAll: configuration.maxConnections,
                ofAddress: configuration.maxConnectionsPerAddress,
                logger: logger
            ),
            traffic: assembly.traffic,
            ready: assembly.routers.ready,
            onRunning: { channel in onListening(channel.localAddress?.port ?? 0) }
        )
        let services: [any Service] =
            [controlApplication(assembly)] + Background.services(of: assembly, logger)
            + [network, Farewell(index: assembly.index)]
        try await serve(group(services, signals: [.sigterm, .sigint]), assembly)
    }

    /// Serves the control socket alone while `body` runs: for commands when no server is up. They take the same way
    /// with a server and without, and only one process ever opens the store.
    ///
    /// - Throws: ``StartFailure/storageInUse(folder:pid:)`` when a server is up; what `body` throws.
    package func withControlSocket<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let assembly = try await open()
        let (listening, signal) = AsyncStream.makeStream(of: Void.self)
        let services = group([controlApplication(assembly) { signal.finish() }], signals: [])
        async let serving: Void = {
            defer { signal.finish() }  // If it cannot start, the wait below must end too.
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

    /// Services are started in this order, and told to stop in reverse.
    private func group(_ services: [any Service], signals: [UnixSignal]) -> ServiceGroup {
        var group = ServiceGroupConfiguration(services: services, gracefulShutdownSignals: signals, logger: logger)
        group.maximumGracefulShutdownDuration = Self.gracefulShutdown
        group.maximumCancellationDuration = Self.cancellation
        return ServiceGroup(configuration: group)
    }

    /// Runs the services to their end, and closes the store whatever happened.
    private func serve(_ services: ServiceGroup, _ assembly: Assembly) async throws {
        do {
            try await services.run()
        } catch {
            try? await assembly.close()
            throw StartFailure.explaining(error, configuration)
        }
        try await assembly.close()
    }

    /// Opens everything but the port.
    private func open() async throws -> Assembly {
        // From the moment they are created, index and control socket are for this system account alone.
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

    /// The server for the command line. Only this system account can open its Unix socket (see `open`), and its
    /// routes ask for no other proof.
    private func controlApplication(
        _ assembly: Assembly,
        onRunning: @escaping @Sendable () -> Void = {}
    ) -> some ApplicationProtocol {
        let path = configuration.controlSocketPath
        return application(assembly.routers.control, address: .unixDomainSocket(path: path)) { _ in
            onRunning()
        }
    }

    /// Both sides use the same HTTP implementation; only address and routes differ.
    private func application(
        _ responder: RequestResponder,
        address: BindAddress,
        limits: ConnectionLimits? = nil,
        traffic: Traffic? = nil,
        ready: ReadyRoutes? = nil,
        onRunning: @escaping @Sendable (any Channel) async -> Void
    ) -> some ApplicationProtocol {
        Application(
            responder: responder,
            server: HTTPServerBuilder { [configuration, logger] responder in
                EventLoopChannel(
                    responder: responder,
                    idleTimeout: configuration.idleTimeout,
                    limits: limits,
                    traffic: traffic,
                    ready: ready,
                    bytesPerSecond: configuration.minBodyRate,
                    logger: logger
                )
            },
            configuration: .init(address: address, serverName: "placet", backlog: 1024),
            onServerRunning: { [logger] channel in
                do {
                    try await EventLoopChannel.guardAccepting(channel, logger: logger)
                } catch {
                    logger.debug("the server stops as it starts", metadata: ["error": "\(error)"])
                }
                await onRunning(channel)
            },
            logger: Logger(label: logger.label) { _ in OrderlyStopHandler(logger.handler) }
        )
    }
}
