import Accounts
import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Routing
import ServiceLifecycle
import UnixSignals

/// The running service: the network side, the control socket, and an orderly end.
package struct Server: Sendable {
    package static let version = "0.1.0"

    /// What there is to tell once the port is open.
    package struct Started: Sendable {
        package struct Owner: Sendable {
            package let email: String
            /// Set when it was made up: shown now or never.
            package let generatedPassword: String?
        }

        package let port: Int
        /// Set at the very first start.
        package let firstOwner: Owner?
    }

    /// How long requests in flight may take after SIGTERM, and then how long they may take to notice.
    private static let gracefulShutdown = Duration.seconds(6)
    private static let cancellation = Duration.seconds(2)

    package let configuration: Configuration
    package let logger: Logger

    package init(configuration: Configuration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// Serves until SIGTERM or SIGINT; then finishes what is in flight, for at most 8 s, and closes the store.
    ///
    /// - Parameter onListening: called once, when the port is open.
    /// - Throws: ``StartFailure``.
    package func run(onListening: @escaping @Sendable (Started) -> Void) async throws {
        let assembly = try await open()
        let owner = assembly.firstOwner.map { Started.Owner(email: $0.email, generatedPassword: $0.generatedPassword) }
        let network = application(
            assembly.routers.network,
            address: .hostname(configuration.host, port: configuration.port),
            onRunning: { channel in
                onListening(Started(port: channel.localAddress?.port ?? 0, firstOwner: owner))
            }
        )
        try await serve([controlApplication(assembly), network], signals: [.sigterm, .sigint], assembly)
    }

    /// Serves the control socket alone while `body` runs, for commands when no server is up.
    ///
    /// - Throws: ``StartFailure/storageInUse(folder:pid:)`` when one is.
    package func withControlSocket<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let assembly = try await open()
        let (listening, signal) = AsyncStream.makeStream(of: Void.self)
        let control = controlApplication(assembly) { signal.finish() }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                try await serve([control], signals: [], assembly)
                return nil
            }
            group.addTask {
                for await _ in listening {}
                return try await body()
            }
            defer { group.cancelAll() }
            while let finished = try await group.next() {
                if let finished { return finished }
            }
            throw CancellationError()
        }
    }

    private func serve(_ services: [any Service], signals: [UnixSignal], _ assembly: Assembly) async throws {
        var group = ServiceGroupConfiguration(services: services, gracefulShutdownSignals: signals, logger: logger)
        group.maximumGracefulShutdownDuration = Self.gracefulShutdown
        group.maximumCancellationDuration = Self.cancellation
        do {
            try await ServiceGroup(configuration: group).run()
        } catch {
            try? await assembly.close()
            throw StartFailure.explaining(error, configuration)
        }
        try await assembly.close()
    }

    private func open() async throws -> Assembly {
        do {
            return try await Assembly(configuration, logger: logger)
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
            // Whoever can connect can make keys: the owner of the process alone.
            chmod(path, 0o600)
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
            server: HTTPServerBuilder { [idleTimeout = configuration.idleTimeout] responder in
                EventLoopChannel(responder: responder, idleTimeout: idleTimeout)
            },
            configuration: .init(address: address, serverName: "placet", backlog: 1024),
            onServerRunning: onRunning,
            logger: logger
        )
    }
}
