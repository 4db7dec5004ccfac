import HTTP
import Hummingbird
import Store

/// What admins do: see what is stored. For signed-in owners under `/api/admin`, and for the operator by the command line
/// under `/local`.
///
/// The work is in `Store`; here are its routes. Handlers over `some RequestContext` serve both.
package struct AdminModule: RouteModule {
    let store: FileStore

    package init(store: FileStore) {
        self.store = store
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.owner
            .get("admin/storage", use: inTurn(storage))
        mounts.local
            .get("storage", use: storageLocally)
    }
}
