import API
import HTTP
import Hummingbird
import Index
import NIOCore

/// Plugins, which show freeform reviews in their own way. They belong to the server, so all users see the same ones;
/// the settings of a plugin belong to each user.
///
/// The hard part is that a plugin is foreign code in a folder that may change at any time. Reading never leaves the
/// folder (``PluginFolder``), and a browser keeps the code away from our cookies and our network (``ForeignPolicy``).
package struct PluginsModule: RouteModule {
    let catalogue: PluginCatalogue
    let index: SQLiteIndex

    package init(catalogue: PluginCatalogue, index: SQLiteIndex) {
        self.catalogue = catalogue
        self.index = index
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.agent(.read)
            .get("plugins", use: list)
            .get("plugins/:name", use: read)
        mounts.user
            .get("plugins", use: list)
            .get("plugins/:name", use: read)
            .get("plugins/:name/render", use: render)
            .get("plugins/:name/icon", use: icon)
            .get("plugins/:name/config", use: settings)
            .put("plugins/:name/config", use: changeSettings)
    }

    /// All plugins that are whole, sorted by name.
    func list(_ request: Request, _ context: some RequestContext) async throws -> Response {
        try .json(await catalogue.manifests().values.sorted { $0.name < $1.name })
    }

    func read(_ request: Request, _ context: some RequestContext) async throws -> Response {
        try .json(try await plugin(context))
    }

    /// The page of a plugin. Its own policy puts it into a sandbox, whoever shows it.
    ///
    /// - Throws: ``APIError`` 404.
    func render(_ request: Request, _ context: UserContext) async throws -> Response {
        guard let page = try await catalogue.page(of: try context.parameters.require("name")) else {
            throw APIError.pluginNotFound
        }
        return StaticAnswer(
            foreign: ByteBuffer(bytes: page),
            type: "text/html; charset=utf-8",
            policy: ForeignPolicy.page
        ).response(to: request)
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
        img-src data:; font-src data:; media-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'
        """

    /// An SVG keeps its styles and runs nothing.
    static let image = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
}

extension APIError {
    fileprivate static let pluginNotFound = APIError(.notFound, "Plugin not found")
}
