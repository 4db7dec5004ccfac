import API
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON
import Multipart
import NIOCore
import Store

/// Uploads: a file inside a new message, a file stored for later, and text stored as a file.
extension FilesModule {
    /// The file becomes the attachment of a new message.
    func upload(_ request: Request, _ context: some CallerContext) async throws -> Response {
        let (userID, sender, messageID) = (context.userID, context.senderType, Message.ID.make())
        let attachment = try await receiving(request, context) { form, intake in
            try await intake.add([form.file], in: form.channelID, of: userID) { tx, channel, attach in
                let message = Message(
                    id: messageID,
                    channelID: channel.id,
                    senderType: sender,
                    senderID: sender == .agent ? channel.id.rawValue : userID.rawValue,
                    text: form.text,
                    createdAt: tx.now
                )
                try tx.insert(message, in: channel)
                return try attach(message.id)[0]
            }
        }
        return try .json(AttachmentJSON(attachment), status: .created)
    }

    func storeFile(_ request: Request, _ context: some CallerContext) async throws -> Response {
        let attachment = try await receiving(request, context) { form, intake in
            try await intake.add(form.file, in: form.channelID, of: context.userID)
        }
        return try .json(AttachmentJSON(attachment), status: .created)
    }

    func storeText(_ request: Request, _ context: AgentContext) async throws -> Response {
        let (channelID, draft) = try await request.read(context) { fields in
            (fields.id("channelId", of: Agent.self), TextDraft(&fields))
        }
        let text = TextFile(content: draft.content, filename: draft.filename, declaredType: draft.mimeType)
        let attachment = try await store.add(text, in: channelID, of: context.userID)
        return try .json(AttachmentJSON(attachment), status: .created)
    }

    /// Judges the head, then takes the body in as it comes, and lets `body` add the file.
    private func receiving(
        _ request: Request,
        _ context: some CallerContext,
        _ body: (UploadForm, Intake) async throws -> Attachment
    ) async throws -> Attachment {
        let boundary = try MultipartBoundary(contentType: request.headers[.contentType] ?? "")
        let digests = try ExpectedDigests(request.headers)
        try await store.admit(length: request.declaredLength ?? 0)
        try await context.connection.acceptBody()

        return try await store.receiving { intake in
            var reader = UploadFormReader(boundary: boundary, digests: digests, intake: intake)
            for try await bytes in request.body { try await reader.consume(bytes) }
            return try await body(try await reader.finish(), intake)
        }
    }
}
