import HTTP
import Hummingbird
import Logging
import Store

/// What admins do: see what is stored, have removed what nobody needs. For signed-in owners under `/api/admin`, and for
/// the operator by the command line under `/local`, who also has the store checked and backed up, and sets what is
/// logged.
///
/// The work is in `Store`; here are its routes. Handlers named `…Locally` are the command line's: no user is signed in
/// there.
package struct AdminModule: RouteModule {
    let store: FileStore
    let collectsByItself: Bool
    let logger: Logger
    let checkTurn = CheckTurn()

    /// - Parameters:
    ///   - collectsByItself: whether the collector has a schedule.
    ///   - logger: all its copies have one level, which the operator may change.
    package init(store: FileStore, collectsByItself: Bool, logger: Logger) {
        (self.store, self.collectsByItself, self.logger) = (store, collectsByItself, logger)
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.owner
            .get("admin/storage", use: inTurn(storage))
            .post("admin/gc/plan", use: planCollection)
            .post("admin/gc/apply", use: applyPlan)
            .post("admin/gc/run", use: collect)
            .get("admin/gc/runs", use: listRuns)
            .get("admin/gc/runs/:id", use: readRun)
            .post("admin/gc/runs/:id/undo", use: inTurn(undo))
            .get("admin/blobs/:id/explain", use: inTurn(explain))
        mounts.local
            .get("storage", use: inTurn(storageLocally))
            .get("log-level", use: logLevel)
            .post("log-level", use: setLogLevel)
            .post("gc/plan", use: planCollectionLocally)
            .post("gc/apply", use: applyPlanLocally)
            .post("gc/run", use: collectLocally)
            .get("gc/runs", use: listRunsLocally)
            .get("gc/runs/:id", use: readRunLocally)
            .post("gc/runs/:id/undo", use: inTurn(undoLocally))
            .get("blobs/:id/explain", use: inTurn(explainLocally))
            .post("fsck/index", use: checkIndex)
            .post("fsck/files", use: checkFiles)
            .post("backup/hold/:id", use: holdRemoval)
            .delete("backup/hold/:id", use: endRemovalHold)
            .post("backup/hold/:id/whole", use: finishBackup)
    }

    package var backgroundWork: [BackgroundWork] {
        [
            BackgroundWork("storage samples", run: StorageSampling(index: store.index).run),
            BackgroundWork("removal of bytes", run: store.removeWhenDue),
        ]
    }
}
