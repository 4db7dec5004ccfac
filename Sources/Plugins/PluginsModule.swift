import API
import HTTP
import Hummingbird
import Index
import JSON
import NIOCore

/// Plugins, which show freeform reviews in their own way. They belong to the server, so all users see the same ones;
/// the settings of a plugin belong to each user.
///
/// The hard part is that a plugin is foreign code in a folder that may change at any time. Reading never leaves the
/// folder (``PluginFolder``), a browser keeps the code away from our cookies and our network (``ForeignPolicy``), and what
/// it asks of others goes only where its manifest and the operator agree (``PluginDomains``).
package struct PluginsModule: RouteModule {
    let catalogue: PluginCatalogue
    let index: StoreIndex
    let domains: PluginDomains
    let fetcher: any PageFetching
    /// Requests of plugins' pages under way, for each user and in all.
    let places = Places<User.ID>(perKey: Limits.fetchesPerUser, inAll: Limits.fetches)

    /// - Parameters:
    ///   - domains: which of the domains that manifests name may be reached.
    ///   - fetcher: makes the requests of plugins' pages.
    package init(
        catalogue: PluginCatalogue,
        index: StoreIndex,
        domains: PluginDomains,
        fetcher: any PageFetching
    ) {
        self.catalogue = catalogue
        self.index = index
        self.domains = domains
        self.fetcher = fetcher
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.agent(.read)
            .get("plugins", use: list)
            .get("plugins/:name", use: read)
        mounts.user
            .get("plugins", use: list)
            .get("plugins/:name", use: read)
            .get("plugins/:name/render", use: inTurnIfLarge(render))
            .get("plugins/:name/icon", use: icon)
            .get("plugins/:name/config", use: settings)
            .put("plugins/:name/config", use: changeSettings)
            .post("plugins/:name/fetch", use: fetch)
    }

    /// All plugins that are whole, sorted by name.
    func list(_ request: Request, _ context: some RequestContext) async throws -> Response {
        try .json(await catalogue.manifests().values.sorted { $0.name < $1.name })
    }

    func read(_ request: Request, _ context: some RequestContext) async throws -> Response {
        try .json(try await plugin(context))
    }

    /// The page of a plugin, with the bridge and the message of the query in front of it. Its own policy puts it into a
    /// sandbox, whoever shows it.
    ///
    /// - Throws: ``APIError`` 404 without such a plugin or message, 400 when the message asks for another plugin;
    ///   ``IndexError/notOwned``.
    func render(_ request: Request, _ context: UserContext) async throws -> Response {
        let plugin = try await plugin(context)
        let message = try request.query("message").map { Message.ID(rawValue: $0) }
        let (found, stored) = try await index.read(by: context.principal) { reader, user in
            (
                try message.map { try Self.message($0, for: plugin, by: user, in: reader) },
                try reader.pluginSettings(plugin.name, userID: user.id)
            )
        }
        let shown = PluginPage(message: found, settings: stored, of: plugin)
        guard let page = try await catalogue.page(of: plugin.name) else { throw APIError.pluginNotFound }
        let document = try shown.around(page)
        return StaticAnswer(foreign: document, type: "text/html; charset=utf-8", policy: ForeignPolicy.page)
            .response(to: request)
    }

    /// A plugin sees the messages that ask for it, and no others.
    private static func message(
        _ id: Message.ID,
        for plugin: PluginManifest,
        by user: ActingUser,
        in reader: Reader
    ) throws -> MessageWithParts {
        guard let channel = try reader.channel(ofMessage: id, ownedBy: user),
            let message = try reader.message(id, in: channel)
        else { throw APIError.messageNotFound }
        let metadata = try message.message.metadataJSON.map { try JSONValue(text: $0) }
        guard metadata?["plugin"] == .string(plugin.name) else {
            throw APIError(.badRequest, "This message does not ask for the plugin \(plugin.name)")
        }
        return message
    }

    /// - Throws: ``APIError`` 404 when there is no such plugin, or it has no icon.
    func icon(_ request: Request, _ context: UserContext) async throws -> Response {
        let plugin = try await plugin(context)
        guard let bytes = try await catalogue.icon(of: plugin), let image = plugin.image else {
            throw APIError(.notFound, "The plugin has no icon")
        }
        return StaticAnswer(foreign: ByteBuffer(bytes: bytes), type: image.type, policy: ForeignPolicy.image)
            .response(to: request)
    }

    /// The plugin that the path names.
    ///
    /// - Throws: ``APIError`` 404 when there is none, or it is broken.
    func plugin(_ context: some RequestContext) async throws -> PluginManifest {
        let name = try context.parameters.require("name")
        guard let manifest = await catalogue.manifests()[name] else { throw APIError.pluginNotFound }
        return manifest
    }
}

/// What the files of a plugin may do in a browser, wherever they are opened.
private enum ForeignPolicy {
    /// Its scripts run, but in an origin of their own: without our cookie, storage or network.
    static let page = """
        sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; \
        img-src data: blob:; font-src data:; media-src data: blob:; \
        base-uri 'none'; form-action 'none'; frame-ancestors 'self'
        """

    /// An SVG keeps its styles and runs nothing.
    static let image = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
}

extension APIError {
    fileprivate static let pluginNotFound = APIError(.notFound, "Plugin not found")
}
