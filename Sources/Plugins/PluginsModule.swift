import Hummingbird
import Routing

/// Plugins: what may show a freeform review. They belong to the server, so every key sees the same ones.
package struct PluginsModule: RouteModule {
    private let catalogue: PluginCatalogue

    package init(catalogue: PluginCatalogue) {
        self.catalogue = catalogue
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.agent
            .get("plugins", use: list)
            .get("plugins/:name", use: read)
    }

    @Sendable
    func list(_ request: Request, _ context: AgentContext) async throws -> Response {
        try .json(await catalogue.manifests().values.sorted { $0.name < $1.name })
    }

    @Sendable
    func read(_ request: Request, _ context: AgentContext) async throws -> Response {
        let name = try context.parameters.require("name")
        guard let manifest = await catalogue.manifests()[name] else {
            throw APIError(.notFound, "Plugin not found")
        }
        return try .json(manifest)
    }
}
