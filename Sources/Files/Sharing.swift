import API
import HTTP
import HTTPTypes
import Hummingbird
import Index
import MediaType

/// Links that let whoever has one download a file, for an hour: made, listed, ended and followed.
///
/// A link is a random token, stored as its SHA-256: it opens the one file and nothing else, and dies with it.
extension FilesModule {
    private static let lifetime = Duration.seconds(3600)

    /// Makes a link. By GET, as docs/api.md has it: what another site could cause by that is a link that it cannot read.
    func share(_ request: Request, _ context: HumanContext) async throws -> Response {
        let file = try await storedFile(context).attachment
        // The link could not be told: the answer to HEAD has no body.
        if request.method == .head { return Response(status: .ok, headers: [.cacheControl: "no-store"]) }
        let (token, id) = (Secret(.share), Identifier.make())
        try await index.write { tx in
            guard try tx.shares(attachmentID: file.id, now: tx.now).count < Limits.shares else {
                throw APIError.tooManyShares(Limits.shares)
            }
            let share = Share(id: id, attachmentId: file.id, createdAt: tx.now, expiresAt: tx.now + Self.lifetime)
            do {
                try tx.insert(share, hash: token.hash)
            } catch IndexError.missingReference {
                throw APIError.fileNotFound
            }
        }
        let link = ShareLinkJSON(
            url: "\(request.origin)/api/share/\(token.text)",
            expiresIn: Int(Self.lifetime.components.seconds)
        )
        var response = try Response.json(link)
        response.headers[.cacheControl] = "no-store"
        return response
    }

    func listShares(_ request: Request, _ context: HumanContext) async throws -> Response {
        let file = try await storedFile(context).attachment
        let shares = try await index.read { try $0.shares(attachmentID: file.id, now: .now()) }
        return try .json(shares.map { ShareJSON($0) })
    }

    /// The link is dead at once; a download that has begun goes on.
    func endShare(_ request: Request, _ context: HumanContext) async throws -> Response {
        let (file, id) = (try await storedFile(context).attachment, try context.parameters.require("shareId"))
        guard try await index.write({ tx in try tx.endShare(id: id, attachmentID: file.id) }) else {
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

extension APIError {
    fileprivate static func tooManyShares(_ count: Int) -> APIError {
        APIError(.conflict, "The file has \(count) links; end one of them first, or wait until one expires")
    }
}
