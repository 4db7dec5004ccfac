import HTTPTypes
import Hummingbird
import Index
import Routing

/// `GET /api/v1/events`: what happens in a channel, as server-sent events (WHATWG HTML, section 9.2), for as long as the
/// client listens.
package struct EventsModule<Views: EventViews>: RouteModule {
    private let index: Index
    private let views: Views

    package init(index: Index, views: Views) {
        self.index = index
        self.views = views
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.agent.get("events", use: listen)
    }

    /// Goes on after `Last-Event-ID`, which browsers send by themselves when they connect again.
    @Sendable
    func listen(_ request: Request, _ context: AgentContext) async throws -> Response {
        let channel = try request.requiredQuery("channel")
        let userID = context.principal.userID
        guard try await index.read({ try $0.owns(channel, userID: userID) }) else { throw APIError.notYourAgent }
        let lastSeen = request.headers[.lastEventID].map { Int64($0) ?? -1 }
        let stream = EventStream(
            index: index,
            views: views,
            channelID: channel,
            principal: context.principal,
            connection: context.connection,
            start: lastSeen ?? index.lastChangeNumber
        )
        let headers: HTTPFields = [
            .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store",
            .xContentTypeOptions: "nosniff",
        ]
        return Response(status: .ok, headers: headers, body: ResponseBody { try await stream.write(to: &$0) })
    }
}

/// How messages are shown in events; `App` fills in what `Messages` has.
package protocol EventViews: Sendable {
    associatedtype View: Encodable & Sendable
    @Sendable func listed(_ message: MessageWithParts) -> View
}

extension HTTPField.Name {
    static let lastEventID = HTTPField.Name("last-event-id")!
}
