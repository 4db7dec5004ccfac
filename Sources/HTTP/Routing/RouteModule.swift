import CoreMetrics
import Hummingbird

/// One resource of the API. It adds its routes, one line for each.
package protocol RouteModule: Sendable {
    func addRoutes(to mounts: Mounts)

    /// What has to run beside the routes; nothing unless the module says otherwise.
    var backgroundWork: [BackgroundWork] { get }
}

extension RouteModule {
    package var backgroundWork: [BackgroundWork] { [] }
}

/// Work that goes on for as long as the server runs. `App` starts it, logs how it fails, and starts it again.
package struct BackgroundWork: Sendable {
    /// What it does, for the log.
    package let name: String
    /// Whether it runs on each of several nodes, and not on one of them for all.
    package let isOfEachNode: Bool
    /// Runs until cancelled. Whatever it throws otherwise ends one run.
    package let run: @Sendable () async throws -> Void

    package init(
        _ name: String,
        onEachNode isOfEachNode: Bool = false,
        run: @escaping @Sendable () async throws -> Void
    ) {
        (self.name, self.isOfEachNode, self.run) = (name, isOfEachNode, run)
    }
}

/// Where a module may add its routes: one group per kind of caller.
///
/// The group authenticates, and so decides the context type that a handler receives. A handler cannot forget it.
package struct Mounts {
    /// For anybody, at the root.
    package let open: RouterGroup<RootContext>
    /// For monitors, at the root: never limited, so that a flood of requests does not look like a broken server.
    package let monitor: RouterGroup<RootContext>
    /// Answers that are ready, for some of the routes of `agent`.
    package let ready: ReadyTable
    /// For callers with an API key of that scope, under `/api/v1`.
    package let agent: (KeyScope) -> RouterGroup<AgentContext>
    /// For callers with any API key, at the root, but not for the pages of other sites that the operator does not list.
    package let mcp: RouterGroup<AgentContext>
    /// The routes of all these, asked from inside.
    package let inner: InnerRoutes
    /// For anybody, under `/api`, but not for the pages of other sites: signing in and out, which have limits of their
    /// own.
    package let visitor: RouterGroup<RootContext>
    /// For whoever has a share link, under `/api`.
    package let link: RouterGroup<RootContext>
    /// For signed-in users, under `/api`, even if they must change their password first.
    package let session: RouterGroup<SessionContext>
    /// For signed-in users, under `/api`.
    package let user: RouterGroup<UserContext>
    /// For signed-in owners, under `/api`.
    package let owner: RouterGroup<OwnerContext>
    /// For the command line on this machine, over the control socket, under `/local`. TCP never reaches it.
    package let local: RouterGroup<RootContext>
}

/// The two routers of a server: one for the network, one for the control socket.
package struct Routers: Sendable {
    package let network: RequestResponder
    package let control: RequestResponder
    /// What of the network needs no task.
    package let ready: ReadyRoutes
    /// The routes of `network`.
    package let table: RouteTable

    /// - Parameters:
    ///   - limits: nil for no limits. The command line never has any.
    ///   - surroundings: the network in front of the server. The command line does not come that way.
    ///   - metrics: where requests of the network are counted.
    ///   - log: where they are logged.
    ///   - translate: see ``ErrorMiddleware``.
    package init(
        modules: [any RouteModule],
        authenticator: any AgentAuthenticator,
        users: any UserAuthenticator,
        limits: RateLimits?,
        surroundings: Surroundings = Surroundings(),
        metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        log lines: any AccessLines = NoAccessLines(),
        translate: @escaping @Sendable (any Error) -> APIError?
    ) {
        table = RouteTable()
        let log = AccessLog(metrics: metrics, lines: lines)
        let network = Self.router(table, surroundings, log, translate)
        let controlTable = RouteTable()
        let controlLog = AccessLog(metrics: NOOPMetricsHandler.instance, lines: lines)
        let control = Self.router(controlTable, Surroundings(), controlLog, translate)
        let readyTable = ReadyTable()
        let inner = InnerRoutes()
        let open = limits.map { network.group().add(middleware: AddressLimit(limits: $0)) } ?? network.group()
        let signedIn = network.group("/api").add(middleware: SameOrigin())
            .add(middleware: UserAuthentication(authenticator: users, limits: limits))
        let mounts = Mounts(
            open: open,
            monitor: network.group(),
            ready: readyTable,
            agent: { scope in
                network.group("/api/v1")
                    .add(middleware: AgentAuthentication(authenticator: authenticator, scope: scope, limits: limits))
                    .group(context: AgentContext.self)
            },
            mcp: network.group().add(middleware: KnownOrigins(origins: surroundings.origins))
                .add(middleware: AgentAuthentication(authenticator: authenticator, scope: nil, limits: limits))
                .group(context: AgentContext.self),
            inner: inner,
            visitor: network.group("/api").add(middleware: SameOrigin()),
            link: limits.map { network.group("/api").add(middleware: LinkLimit(limits: $0)) } ?? network.group("/api"),
            session: signedIn.group(context: SessionContext.self),
            user: signedIn.group(context: UserContext.self),
            owner: signedIn.group(context: OwnerContext.self),
            local: control.group("/local")
        )
        for module in modules { module.addRoutes(to: mounts) }
        table.fill(from: network)
        controlTable.fill(from: control)
        ready = ReadyRoutes(
            routes: readyTable.routes,
            authenticator: authenticator,
            limits: limits,
            surroundings: surroundings,
            log: log
        )
        self.network = RequestResponder(network.buildResponder())
        inner.fill(self.network)
        self.control = RequestResponder(control.buildResponder())
    }

    /// The first middleware is the outermost.
    private static func router(
        _ table: RouteTable,
        _ surroundings: Surroundings,
        _ log: AccessLog,
        _ translate: @escaping @Sendable (any Error) -> APIError?
    ) -> Router<RootContext> {
        let router = Router(context: RootContext.self, options: .autoGenerateHeadEndpoints)
            .add(middleware: ClientFinder(proxies: surroundings.proxies))
            .add(middleware: log)
        // Outside of what makes errors, so that pages can read those too.
        if !surroundings.origins.isEmpty { router.add(middleware: CrossOrigin(origins: surroundings.origins)) }
        router.add(middleware: ErrorMiddleware(routes: table, translate: translate))
        if surroundings.hosts != nil { router.add(middleware: KnownHosts(surroundings: surroundings)) }
        return router
    }
}
