import HTTPTypes
import Hummingbird
import Index
import Routing

/// What happens in a channel, or in all channels of a person, as server-sent events (WHATWG HTML, section 9.2), for as long
/// as the client listens.
package struct EventsModule<Views: EventViews>: RouteModule {
    private let index: Index
    private let views: Views

    package init(index: Index, views: Views) {
        self.index = index
        self.views = views
    }

    package func addRoutes(to mounts: Mounts) {
        mounts.agent.get("events", use: listen)
        mounts.human.get("events", use: listenToAll)
    }

    @Sendable
    func listen(_ request: Request, _ context: AgentContext) async throws -> Response {
        let (channel, principal) = (try request.requiredQuery("channel"), context.principal)
        guard try await index.read({ try $0.owns(channel, userID: principal.userID) }) else {
            throw APIError.notYourAgent
        }
        return stream(request, context, channelID: channel) { reader in
            try reader.owns(channel, userID: principal.userID) && reader.hasAPIKey(id: principal.keyID)
        }
    }

    @Sendable
    func listenToAll(_ request: Request, _ context: HumanContext) async throws -> Response {
        let sessionID = context.principal.sessionID
        return stream(request, context, channelID: nil) { try $0.hasSession(id: sessionID, now: .now()) }
    }

    /// Goes on after `Last-Event-ID`, which browsers send by themselves when they connect again.
    private func stream(
        _ request: Request,
        _ context: some UserContext,
        channelID: String?,
        isAllowed: @escaping @Sendable (Reader) throws -> Bool
    ) -> Response {
        let lastSeen = request.headers[.lastEventID].map { Int64($0) ?? -1 }
        let stream = EventStream(
            index: index,
            views: views,
            channelID: channelID,
            userID: context.userID,
            isAllowed: isAllowed,
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
