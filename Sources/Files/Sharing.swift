import API
import HTTP
import HTTPTypes
import Hummingbird
import Index
import MediaTypes

/// Links that let whoever has one download a file for an hour: made, listed, ended and followed (docs/api.md, "Users",
/// Links).
///
/// A link is a random token that opens one file, and dies with it. Only its SHA-256 is stored, so a stolen database
/// opens nothing (docs/decisions/0013-share-links.md).
extension FilesModule {
    private static let lifetime = Duration.seconds(3600)

    /// Makes a link. It is a GET because the published API has it so, and asks like a POST where it comes from: another
    /// site could not read the link, but make links until there are too many.
    ///
    /// - Throws: as ``place(ofFile:of:)``; ``APIError`` 409 while 100 links to the file are good, 403 for other sites.
    func share(_ request: Request, _ context: UserContext) async throws -> Response {
        if request.method == .head {
            // The answer to HEAD has no body to tell a link in, so none is made.
            _ = try await storedFile(context)
            return Response(status: .ok, headers: [.cacheControl: "no-store"])
        }
        let client = context.connection.client
        try request.refuseIfFromElsewhere(client)
        let fileID = try context.id(of: Attachment.self)
        let (token, id) = (Secret(.share), Share.ID.make())
        try await index.write(by: context.principal) { tx, user in
            // Counted where the link is stored, so that simultaneous requests cannot pass the limit together.
            let channel = try tx.place(ofFile: fileID, of: user)
            guard try tx.shares(ofFile: fileID, in: channel, now: tx.now).count < Limits.shares else {
                throw APIError.tooManyShares(Limits.shares)
            }
            let share = Share(id: id, attachmentID: fileID, createdAt: tx.now, expiresAt: tx.now + Self.lifetime)
            try tx.insert(share, hash: token.hash, in: channel)
        }
        let link = ShareLinkJSON(
            url: "\(client.origin)/api/share/\(token.text)",
            expiresIn: Int(Self.lifetime.components.seconds)
        )
        return try .json(link)
    }

    /// The links that are still good, newest first. Their tokens are stored nowhere, so they cannot be shown again.
    func listShares(_ request: Request, _ context: UserContext) async throws -> Response {
        let fileID = try context.id(of: Attachment.self)
        let shares = try await index.read(by: context.principal) { reader, user in
            try reader.shares(ofFile: fileID, in: reader.place(ofFile: fileID, of: user), now: .now())
        }
        return try .json(shares.map { ShareJSON($0) })
    }

    /// Ends a link at once. A download that has begun goes on.
    func endShare(_ request: Request, _ context: UserContext) async throws -> Response {
        let fileID = try context.id(of: Attachment.self)
        let id = try context.id(of: Share.self, "shareId")
        let hasEnded = try await index.write(by: context.principal, for: .upkeep) { tx, user in
            try tx.endShare(id, ofFile: fileID, in: tx.place(ofFile: fileID, of: user))
        }
        guard hasEnded else {
            throw APIError(.notFound, "Share link not found")
        }
        return try .json(["deleted": true])
    }

    /// Follows a link. The file is always sent as an attachment, so that no link shows a page under our own address.
    ///
    /// - Throws: ``APIError`` 404 whatever is wrong with the link: the answer tells nothing about it.
    func downloadShared(_ request: Request, _ context: RootContext) async throws -> Response {
        guard let token = Secret(try context.parameters.require("token"), .share),
            let file = try await index.read({ try $0.sharedFile(hash: token.hash, now: .now()) })
        else { throw APIError(.notFound, "This link leads to no file, or does not any more") }
        return try await send(
            try Download(file, requested: .attachment),
            request,
            context.connection,
            by: context.origin(.link)
        )
    }
}

extension Querying {
    /// The channel that a file is in.
    ///
    /// - Throws: ``IndexError/notOwned`` when it is another user's; ``APIError`` 404 when there is no such file.
    fileprivate func place(ofFile id: Attachment.ID, of user: ActingUser) throws -> OwnedChannel {
        guard let channel = try channel(ofFile: id, ownedBy: user) else { throw APIError.fileNotFound }
        return channel
    }
}

extension APIError {
    fileprivate static func tooManyShares(_ count: Int) -> APIError {
        APIError(.conflict, "The file has \(count) links; end one of them first, or wait until one expires")
    }
}
