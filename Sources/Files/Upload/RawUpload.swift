import API
import Blobs
import HTTP
import HTTPTypes
import Hummingbird
import Index
import Store

/// Uploads whose body is the file, as `curl -T` sends one (docs/api.md, "Uploads", Raw).
extension FilesModule {
    /// What programs call a body whose type nobody told them. It says nothing about the file.
    private static let typeOfNobody = "application/x-www-form-urlencoded"

    /// Stores the body as a file without a message, in the channel that is named or in the key's own.
    ///
    /// - Throws: as ``receive(_:_:by:_:)``; ``APIError`` 400 without a channel.
    func storeRaw(_ request: Request, _ context: AgentContext) async throws -> Response {
        guard let channelID = try request.optionalChannel() ?? context.defaultChannel else {
            throw APIError.invalid("channel", Agent.ID.isRequired, code: "required")
        }
        let target = RawTarget(
            channelID: channelID,
            filename: try request.query("filename"),
            maxBytes: nil,
            key: try request.idempotencyKey()
        )
        let file = try await receive(request, context.connection, by: context.principal, target) { try $3(nil)[0] }
        return try .created(AttachmentJSON(file.attachment), isRepeat: file.isRepeat)
    }

    /// Stores the body as a file by an upload address, which is used up by that and by nothing else.
    ///
    /// - Throws: as ``receive(_:_:by:_:)``; ``APIError`` 404 for an address that is no good any more.
    func storeByToken(_ request: Request, _ context: RootContext) async throws -> Response {
        guard let secret = Secret(try context.parameters.require("token"), .uploadToken),
            let granted = try await index.read({ try $0.grantedUpload(hash: secret.hash, now: .now()) })
        else { throw APIError.noUploadAddress }
        let token = granted.token
        let origin = context.origin(.key, userID: granted.userID, credential: token.keyID.rawValue)
        let target = RawTarget(
            channelID: token.channelID,
            filename: try context.parameters.get("filename").map { _ in try context.pathParameter("filename") }
                ?? token.filename,
            maxBytes: token.maxBytes,
            key: nil
        )
        let principal = Principal.key(hash: granted.keyHash, of: granted.userID, as: origin)
        let file = try await receive(request, context.connection, by: principal, target) { tx, _, _, attach in
            guard try tx.use(token.id) else { throw APIError.noUploadAddress }
            return try attach(nil)[0]
        }
        return try .created(AttachmentJSON(file.attachment), isRepeat: false)
    }

    /// Checks the head of the request, then stores the body as it arrives.
    ///
    /// Channel, digests, declared length, free space and quotas are judged before the client is told to go on
    /// (`100 Continue`).
    ///
    /// - Throws: ``APIError`` 400 for a malformed digest and for a part of a file, 413 beyond the limit of the target,
    ///   422 for another digest; ``IndexError/notOwned``; ``StoreError`` when the file is too large, the disk too full
    ///   or a quota reached; what `body` throws.
    private func receive(
        _ request: Request,
        _ connection: Connection,
        by principal: Principal,
        _ target: RawTarget,
        _ body: @escaping @Sendable (Transaction, ActingUser, OwnedChannel, Intake.Attach) throws -> Attachment
    ) async throws -> AddedFile {
        try request.refuseCodedBody()
        // RFC 9110 section 14.4: taken for the whole file, a part would replace it.
        if request.headers[.contentRange] != nil {
            throw APIError(.badRequest, "Send the whole file, without Content-Range")
        }
        let digests = try ExpectedDigests(request.headers)
        let (length, most) = (request.declaredLength ?? 0, Int64(target.maxBytes ?? .max))
        guard length <= most else { throw APIError.tooLargeForAddress(most) }
        try await store.admit(length: length)
        try await index.read(by: principal) { _ = try $0.channel(target.channelID, ownedBy: $1) }
        return try await store.receiving { intake in
            try await intake.reserve(length: length, for: principal, key: target.key)
            try await intake.reserve(in: target.channelID)
            try await connection.acceptBody()
            let spool = try await intake.makeSpool()
            for try await bytes in request.body {
                guard spool.byteCount + Int64(bytes.readableBytes) <= most else {
                    throw APIError.tooLargeForAddress(most)
                }
                try await intake.append(bytes, to: spool)
            }
            let received = try await spool.finish()
            try digests.verify(file: received.digest.hex, body: nil)
            let type = request.headers[.contentType].flatMap { $0 == Self.typeOfNobody ? nil : $0 }
            let file = ReceivedFile(received, filename: target.filename ?? "", declaredType: type)
            let key = target.key.map { UploadKey(name: $0, senderType: .agent, effect: "store") }
            return try await intake.add(file, in: target.channelID, by: principal, once: key, body)
        }
    }

    // MARK: Addresses

    /// Makes an address that takes one file from whoever has it.
    ///
    /// - Throws: ``IndexError/notOwned``; ``APIError`` 400.
    func makeUploadAddress(_ request: Request, _ context: AgentContext) async throws -> Response {
        let (channel, secret) = (context.defaultChannel, Secret(.uploadToken))
        let draft = try await request.read(context) { UploadAddressDraft(&$0, default: channel) }
        let id = UploadToken.ID.make()
        let token = try await index.write(by: context.principal) { tx, user in
            let token = UploadToken(
                id: id,
                keyID: APIKey.ID(rawValue: context.agent.key),
                channelID: draft.channelID,
                filename: draft.filename,
                maxBytes: draft.maxBytes,
                createdAt: tx.now,
                expiresAt: tx.now + draft.lifetime
            )
            let channel = try tx.channel(draft.channelID, ownedBy: user)
            try tx.insert(token, hash: secret.hash, in: channel, most: Limits.uploadAddresses)
            return token
        }
        // curl puts the name of its file behind a slash.
        let path = "/api/upload/\(secret.text)\(draft.filename == nil ? "/" : "")"
        let url = context.connection.client.origin + path
        return try .created(UploadAddressJSON(token, url: url), isRepeat: false)
    }
}

/// Where a raw body goes.
private struct RawTarget: Sendable {
    let channelID: Agent.ID
    let filename: String?
    let maxBytes: Int?
    /// Under which a repeat stores nothing.
    let key: String?
}

extension APIError {
    fileprivate static let noUploadAddress = APIError(
        .notFound,
        "This upload address is not good any more: it was used, its time is over, or its key has ended. Ask for another"
    )

    fileprivate static func tooLargeForAddress(_ most: Int64) -> APIError {
        APIError(.contentTooLarge, "This upload address takes at most \(most) bytes")
    }
}
