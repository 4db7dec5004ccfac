import API
import HTTP
import HTTPTypes
import Hummingbird
import Index
import MediaTypes

/// Links that let whoever has one download a file, for an hour: made, listed, ended and followed.
///
/// A link is a random token, stored as its SHA-256: it opens the one file and nothing else, and dies with it.
extension FilesModule {
    private static let lifetime = Duration.seconds(3600)

    /// Makes a link. By GET, as docs/api.md has it: what another site could cause by that is a link that it cannot read.
    func share(_ request: Request, _ context: UserContext) async throws -> Response {
        if request.method == .head {
            // The link could not be told: the answer has no body.
            _ = try await storedFile(context)
            return Response(status: .ok, headers: [.cacheControl: "no-store"])
        }
        let (fileID, userID) = (try context.id(of: Attachment.self), context.userID)
        let (token, id) = (Secret(.share), Share.ID.make())
        try await index.write { tx in
            let channel = try tx.place(ofFile: fileID, of: userID)
            guard try tx.shares(ofFile: fileID, in: channel, now: tx.now).count < Limits.shares else {
                throw APIError.tooManyShares(Limits.shares)
            }
            let share = Share(id: id, attachmentID: fileID, createdAt: tx.now, expiresAt: tx.now + Self.lifetime)
            try tx.insert(share, hash: token.hash, in: channel)
        }
        let link = ShareLinkJSON(
            url: "\(request.origin)/api/share/\(token.text)",
            expiresIn: Int(Self.lifetime.components.seconds)
        )
        var response = try Response.json(link)
        response.headers[.cacheControl] = "no-store"
        return response
    }

    func listShares(_ request: Request, _ context: UserContext) async throws -> Response {
        let (fileID, userID) = (try context.id(of: Attachment.self), context.userID)
        let shares = try await index.read { reader in
            try reader.shares(ofFile: fileID, in: reader.place(ofFile: fileID, of: userID), now: .now())
        }
        return try .json(shares.map { ShareJSON($0) })
    }

    /// The link is dead at once; a download that has begun goes on.
    func endShare(_ request: Request, _ context: UserContext) async throws -> Response {
        let (fileID, userID) = (try context.id(of: Attachment.self), context.userID)
        let id = try context.id(of: Share.self, "shareId")
        let hasEnded = try await index.write { tx in
            try tx.endShare(id, ofFile: fileID, in: tx.place(ofFile: fileID, of: userID))
        }
        guard hasEnded else {
            throw APIError(.notFound, "Share link not found")
        }
        return try .json(["deleted": true])
    }

    /// Follows a link: the file as a download, never shown.
    func downloadShared(_ request: Request, _ context: RootContext) async throws -> Response {
        guard let token = Secret(try context.parameters.require("token"), .share),
            let file = try await index.read({ try $0.sharedFile(hash: token.hash, now: .now()) })
        else { throw APIError(.notFound, "This link leads to no file, or does not any more") }
        return try await send(try Download(file, requested: .attachment), request, context.connection)
    }
}

extension Querying {
    /// The channel of a file.
    ///
    /// - Throws: ``IndexError/notOwned``; ``APIError`` 404 when there is no such file.
    fileprivate func place(ofFile id: Attachment.ID, of userID: User.ID) throws -> OwnedChannel {
        guard let channel = try channel(ofFile: id, ownedBy: userID) else { throw APIError.fileNotFound }
        return channel
    }
}

extension APIError {
    fileprivate static func tooManyShares(_ count: Int) -> APIError {
        APIError(.conflict, "The file has \(count) links; end one of them first, or wait until one expires")
    }
}
