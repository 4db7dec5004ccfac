import Hummingbird
import Index
import Routing

/// Messages in a channel: sent, listed, read, retracted, acknowledged.
package struct MessagesModule: RouteModule {
    let index: Index

    package init(index: Index) {
        self.index = index
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.agent
            .post("messages", use: create)
            .get("messages", use: list)
            .get("messages/iterations/:id", use: iterations)
            .get("messages/:id", use: read)
            .delete("messages/:id", use: delete)
            .post("messages/:id/ack", use: acknowledge)
    }
}
