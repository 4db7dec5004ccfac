import API
import Blobs
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON
import MediaType
import Multipart
import NIOCore

/// Uploads: a file inside a new message, a file stored for later, and text stored as a file.
extension FilesModule {
    @Sendable
    func upload(_ request: Request, _ context: AgentContext) async throws -> Response {
        try await upload(request, context, from: .agent)
    }

    @Sendable
    func uploadByPerson(_ request: Request, _ context: HumanContext) async throws -> Response {
        try await upload(request, context, from: .user)
    }

    private func upload(
        _ request: Request,
        _ context: some UserContext,
        from sender: Message.SenderType
    ) async throws -> Response {
        let (form, userID) = (try await receive(request, context), context.userID)
        let message = NewMessage(
            sender: sender,
            senderID: sender == .agent ? form.channelID : userID,
            text: form.text
        )
        let attachment = try await intake.store(form.file, in: form.channelID, of: userID, message: message)
        return try .json(attachment, status: .created)
    }

    @Sendable
    func store(_ request: Request, _ context: some UserContext) async throws -> Response {
        let form = try await receive(request, context)
        let attachment = try await intake.store(form.file, in: form.channelID, of: context.userID)
        return try .json(attachment, status: .created)
    }

    @Sendable
    func storeText(_ request: Request, _ context: AgentContext) async throws -> Response {
        let (channelID, content, filename, type) = try await request.read(context) { fields in
            (
                fields.string("channelId", length: 1...500),
                fields.string("content", length: 1...Int.max),
                fields.optionalString("filename", length: 1...4096) ?? "content.md",
                fields.optionalString("mimeType", length: 1...255) ?? "text/markdown"
            )
        }
        let file = try await texts.receive([NewText(content: content, filename: filename, declaredType: type)])[0]
        let attachment = try await intake.store(file, in: channelID, of: context.principal.userID)
        return try .json(attachment, status: .created)
    }

    /// Judges the head, then takes the body in as it comes.
    private func receive(_ request: Request, _ context: some UserContext) async throws -> UploadForm {
        let boundary = try MultipartBoundary(contentType: request.headers[.contentType] ?? "")
        let digests = try ExpectedDigests(request.headers)
        try await limits.admit(length: request.declaredLength ?? 0, to: blobs)
        try await context.connection.acceptBody()

        var reader = UploadFormReader(
            boundary: boundary,
            digests: digests,
            blobs: blobs,
            limits: limits,
            sampleBytes: MediaTypeDetector.sampleBytes
        )
        do {
            for try await bytes in request.body { try await reader.consume(bytes) }
            return try await reader.finish()
        } catch {
            await reader.discard()
            throw error
        }
    }
}
