import Blobs
import HTTPTypes
import Hummingbird
import Index
import MediaType
import Multipart
import NIOCore
import Routing

/// Uploads: a file inside a new message, a file stored for later, and text stored as a file.
extension FilesModule {
    /// Room for the fields and boundaries around the file, when the declared length is judged.
    private static let formOverhead: Int64 = 1 << 20

    @Sendable
    func upload(_ request: Request, _ context: AgentContext) async throws -> Response {
        let form = try await receive(request, context)
        let message = NewMessage(text: form.text)
        let attachment = try await intake.store(
            form.file,
            in: form.channelID,
            of: context.principal.userID,
            message: message
        )
        return try .json(attachment, status: .created)
    }

    @Sendable
    func store(_ request: Request, _ context: AgentContext) async throws -> Response {
        let form = try await receive(request, context)
        let attachment = try await intake.store(form.file, in: form.channelID, of: context.principal.userID)
        return try .json(attachment, status: .created)
    }

    @Sendable
    func storeText(_ request: Request, _ context: AgentContext) async throws -> Response {
        var fields = try await request.jsonFields(on: context.connection)
        let channelID = fields.string("channelId", length: 1...500)
        let content = fields.string("content", length: 1...Int.max)
        let filename = fields.optionalString("filename", length: 1...4096) ?? "content.md"
        let type = fields.optionalString("mimeType", length: 1...255) ?? "text/markdown"
        try fields.check()
        guard content.utf8.count <= limits.maxBytes else { throw APIError.fileTooLarge(limit: limits.maxBytes) }
        try await admit(length: Int64(content.utf8.count))

        let bytes = try await spool(content)
        let file = ReceivedFile(bytes: bytes, filename: FileName.sanitized(filename), declaredType: type)
        let attachment = try await intake.store(file, in: channelID, of: context.principal.userID)
        return try .json(attachment, status: .created)
    }

    private func spool(_ text: String) async throws -> SpooledBlob {
        let spool = try await blobs.makeSpool(sampleBytes: MediaTypeDetector.sampleBytes)
        do {
            try await spool.append(ByteBuffer(string: text))
            return try await spool.finish()
        } catch {
            await spool.discard()
            throw error
        }
    }

    /// Judges the head, then takes the body in as it comes.
    private func receive(_ request: Request, _ context: AgentContext) async throws -> UploadForm {
        let boundary = try MultipartBoundary(contentType: request.headers[.contentType] ?? "")
        let digests = try ExpectedDigests(request.headers)
        try await admit(length: request.declaredLength ?? 0)
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

    /// Refuses what cannot be stored before a byte of it is read.
    private func admit(length: Int64) async throws {
        guard length <= limits.maxBytes.addingReportingOverflow(Self.formOverhead).partialValue else {
            throw APIError.fileTooLarge(limit: limits.maxBytes)
        }
        guard try await blobs.freeBytes() - length >= limits.minFreeBytes else { throw APIError.storageFull }
    }
}
