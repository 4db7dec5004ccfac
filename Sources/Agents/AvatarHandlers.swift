import API
import FoundationEssentials
import HTTP
import HTTPTypes
import Hummingbird
import Index
import MediaTypes
import NIOCore

/// Pictures of agents that users upload (docs/api.md, "Users", Pictures). A picture elsewhere is an `avatarUrl`, and
/// does not pass through here.
extension AgentsModule {
    /// What every browser shows. No SVG: it could have scripts in it.
    private static let pictureTypes: Set = ["image/png", "image/apng", "image/jpeg", "image/gif", "image/webp"]
    /// Nothing runs when the picture is opened by itself.
    private static let policy = "default-src 'none'; sandbox"

    /// Stores the picture of a form, and names it in `avatarUrl`.
    ///
    /// - Throws: ``IndexError/noSuchAgent``; as ``PictureForm``; ``APIError`` 415 for anything but a picture.
    func setAvatar(_ request: Request, _ context: UserContext) async throws -> Response {
        let id = try context.id(of: Agent.self)
        var form = try PictureForm(request)
        // Asked again in the transaction. Asking here too saves receiving what will be refused.
        try await index.read(by: context.principal) { _ = try $0.agent(id, ownedBy: $1) }
        let bytes = try await form.read(request.body, on: context.connection)
        let avatar = Avatar(mimeType: try await pictureType(bytes, context), bytes: Data(bytes.readableBytesView))
        return try await changeAvatar(context) { tx, agent, channel in
            try tx.setAvatar(avatar, of: agent, in: channel)
        }
    }

    /// The uploaded picture.
    ///
    /// - Throws: ``IndexError/noSuchAgent``; ``APIError`` 404 when none was uploaded.
    func avatar(_ request: Request, _ context: UserContext) async throws -> Response {
        let id = try context.id(of: Agent.self)
        let stored = try await index.read(by: context.principal) { reader, user in
            let (_, channel) = try reader.agent(id, ownedBy: user)
            return try reader.avatar(in: channel)
        }
        guard let stored else { throw APIError(.notFound, "No avatar") }
        return StaticAnswer(
            foreign: ByteBuffer(bytes: stored.bytes),
            type: stored.mimeType,
            policy: Self.policy,
            cache: "private, max-age=3600"  // A new picture has a new address.
        ).response(to: request)
    }

    /// Removes the uploaded picture. An `avatarUrl` that leads elsewhere stays.
    func removeAvatar(_ request: Request, _ context: UserContext) async throws -> Response {
        try await changeAvatar(context, for: .upkeep) { tx, agent, channel in
            guard agent.hasUploadedAvatar else { return agent }
            var agent = agent
            agent.avatarURL = nil
            try tx.update(agent, in: channel)
            return agent
        }
    }

    private func changeAvatar(
        _ context: UserContext,
        for purpose: Purpose = .content,
        _ change: @escaping @Sendable (Transaction, Agent, OwnedChannel) throws -> Agent
    ) async throws -> Response {
        let id = try context.id(of: Agent.self)
        let agent = try await index.write(by: context.principal, for: purpose) { tx, user in
            let (agent, channel) = try tx.agent(id, ownedBy: user)
            return try change(tx, agent, channel)
        }
        return try .json(AgentJSON(agent))
    }

    /// What the bytes are, whatever their sender calls them.
    ///
    /// - Throws: ``APIError`` 415 unless they are PNG, JPEG, GIF or WebP.
    private func pictureType(_ bytes: ByteBuffer, _ context: UserContext) async throws -> String {
        let isWhole = bytes.readableBytes <= MediaTypeDetector.sampleBytes
        let type = try await context.inTurn { [detector] in
            try detector.detect(sample: bytes, isWhole: isWhole, declaredType: nil, filename: "").type
        }
        guard Self.pictureTypes.contains(type) else {
            throw APIError(.unsupportedMediaType, "The file is no picture of a kind we take: PNG, JPEG, GIF or WebP")
        }
        return type
    }
}
