import API
import HTTP
import Hummingbird
import Index
import Logging
import Store

/// Messages in a channel: sent, streamed, listed, read, retracted, acknowledged.
///
/// The hard part is that clients repeat themselves. A `clientId` or a `streamId` names one message of its sender in
/// its channel.
/// Every repeat, even a simultaneous one, gets that message and stores nothing (`MessageDraft.store`). A message is
/// stored with its review, its attachments and its webhook's event in one transaction, or not at all.
package struct MessagesModule: RouteModule {
    /// For texts that become files, and files that are answered as text.
    let store: FileStore
    let index: StoreIndex
    let logger: Logger

    package init(store: FileStore, logger: Logger) {
        self.store = store
        index = store.index
        self.logger = logger
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.agent(.read)
            .get("messages", use: reading(index, list))
            .get("messages/iterations/:id", use: inTurn(iterations))
            .get("messages/:id", use: reading(index, message))
        mounts.ready.add("messages", scope: .read, reading: index, list)
        mounts.ready.add("messages/:id", scope: .read, reading: index, message)
        mounts.agent(.send)
            .post("messages", use: create)
            .patch("messages/streams/:streamId", use: updateStream)
            .post("messages/streams/:streamId/status", use: addStreamEvent)
            .delete("messages/:id", use: delete)
            .post("messages/:id/ack", use: acknowledge)
        mounts.user
            .get("messages", use: reading(index, list))
            .post("messages", use: createForUser)
            .get("messages/:id", use: inTurnIfLarge(readForUser))
            .get("messages/:id/iterations", use: inTurn(iterations))
            .post("messages/:id/retry", use: retry)
    }

    package var backgroundWork: [BackgroundWork] {
        [
            BackgroundWork(idleDrafts), BackgroundWork(lonelyStreamEvents),
            BackgroundWork("old messages", run: Retention(index, logger).run),
        ]
    }
}
