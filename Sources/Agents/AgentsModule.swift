import API
import HTTP
import Hummingbird
import Index
import MediaTypes

/// Agents, which are the channels: kept here, named by `channelId` everywhere else. Agents and users change them alike,
/// so most handlers serve both.
///
/// The hard part: an agent may own millions of rows, yet goes at once when it is deleted (``removal``).
package struct AgentsModule: RouteModule {
    let index: StoreIndex
    /// Of the type of a picture. It blocks, so it runs in the caller's turn.
    let detector: MediaTypeDetector

    package init(index: StoreIndex, detector: MediaTypeDetector) {
        self.index = index
        self.detector = detector
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.agent(.read).get("agents", use: inTurnIfLarge(list))
        mounts.agent(.channels)
            .post("agents", use: create)
            .patch("agents/:id", use: update)
            .delete("agents/:id", use: delete)
            .post("agents/setWebhook", use: setWebhook)
            .post("agents/deleteWebhook", use: deleteWebhook)
        mounts.user
            .get("agents", use: inTurn(listWithNews))
            .post("agents", use: create)
            .patch("agents/:id", use: update)
            .delete("agents/:id", use: delete)
            .put("agents/:id/webhook", use: setWebhook)
            .delete("agents/:id/webhook", use: deleteWebhook)
            .post("agents/:id/read", use: markRead)
            .get("agents/:id/stats", use: inTurn(figures))
            .post("agents/:id/avatar", use: setAvatar)
            .get("agents/:id/avatar", use: inTurn(avatar))
            .delete("agents/:id/avatar", use: removeAvatar)
    }

    package var backgroundWork: [BackgroundWork] { [BackgroundWork(removal)] }

    /// Removes what deleted agents owned, in batches between which others can write.
    private var removal: Sweep {
        Sweep("deleted agents", in: index) {
            try $0.removeDeletedAgents(limit: $1)
        } next: {
            try $0.nextRemoval()
        }
    }
}
