import API
import Crypto
import FoundationEssentials
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON
import Multipart
import NIOCore
import Store

/// Uploads: a file in a new message, a file stored for later, and text stored as a file (docs/api.md, "Uploads").
extension FilesModule {
    /// Stores the file as the attachment of a new message: both, or neither.
    ///
    /// The message is the agent's or the user's, as the caller is. A user's message also goes to the webhook.
    func upload(_ request: Request, _ context: some CallerContext) async throws -> Response {
        // The id is made out here, because the transaction may run twice and must store the same message.
        let (principal, sender, messageID) = (context.principal, context.senderType, Message.ID.make())
        let file = try await receiving(request, context) { form, intake, name in
            // A repeat says the same.
            let text = SHA256.hash(data: Data((form.text ?? "").utf8))
            let key = name.map { UploadKey(name: $0, senderType: sender, effect: "upload \(text)") }
            return try await intake.add(form.file, in: form.channelID, by: principal, once: key) {
                tx,
                user,
                channel,
                attach in
                let message = Message(
                    id: messageID,
                    channelID: channel.id,
                    senderType: sender,
                    senderID: sender == .agent ? channel.id.rawValue : user.id.rawValue,
                    text: form.text,
                    createdAt: tx.now
                )
                try tx.insert(message, in: channel)
                return try attach(message.id)[0]
            }
        }
        return try .created(AttachmentJSON(file.attachment), isRepeat: file.isRepeat)
    }

    /// Stores the file without a message. Unless a message takes it within a day, it is deleted.
    func storeFile(_ request: Request, _ context: some CallerContext) async throws -> Response {
        let file = try await receiving(request, context) { form, intake, name in
            let key = name.map { UploadKey(name: $0, senderType: context.senderType, effect: "store") }
            return try await intake.add(form.file, in: form.channelID, by: context.principal, once: key)
        }
        return try .created(AttachmentJSON(file.attachment), isRepeat: file.isRepeat)
    }

    /// Stores a text from a JSON body as a file. Digest headers are ignored, because the bytes stored are not those
    /// sent.
    func storeText(_ request: Request, _ context: AgentContext) async throws -> Response {
        let name = try request.idempotencyKey()
        let channel = context.defaultChannel
        let (channelID, draft) = try await request.read(context) { fields in
            (fields.channelID(default: channel), TextDraft(&fields))
        }
        let text = TextFile(content: draft.content, filename: draft.filename, declaredType: draft.mimeType)
        let key = name.map { UploadKey(name: $0, senderType: context.senderType, effect: "store") }
        let file = try await store.add(text, in: channelID, by: context.principal, once: key)
        return try .created(AttachmentJSON(file.attachment), isRepeat: file.isRepeat)
    }

    /// Checks the head of the request, then reads the body as it arrives, and lets `body` add the file.
    ///
    /// Form, digests, idempotency key, declared length, free space and quotas are judged before the client is told to
    /// go on (`100 Continue`), so that a refused upload need not be sent. When this throws, no bytes are left, except as
    /// ``FileStore/receiving(_:)`` says.
    ///
    /// - Throws: ``MultipartError`` without a proper form; ``APIError`` 400 for a malformed digest or key; ``StoreError``
    ///   when the file is too large, the disk too full or a quota reached; what `body` throws.
    private func receiving(
        _ request: Request,
        _ context: some CallerContext,
        _ body: (UploadForm, Intake, _ key: String?) async throws -> AddedFile
    ) async throws -> AddedFile {
        try request.refuseCodedBody()
        let key = try request.idempotencyKey()
        let boundary = try MultipartBoundary(contentType: request.headers[.contentType] ?? "")
        let digests = try ExpectedDigests(request.headers)
        // A body of undeclared length is judged while it arrives.
        try await store.admit(length: request.declaredLength ?? 0)
        return try await store.receiving { intake in
            try await intake.reserve(length: request.declaredLength ?? 0, for: context.principal, key: key)
            try await context.connection.acceptBody()
            var reader = UploadFormReader(
                boundary: boundary,
                digests: digests,
                default: context.defaultChannel,
                intake: intake
            )
            for try await bytes in request.body { try await reader.consume(bytes) }
            return try await body(try await reader.finish(), intake, key)
        }
    }
}
