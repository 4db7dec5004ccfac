import API
import Blobs
import HTTP
import HTTPTypes
import Hummingbird
import Index
import NIOCore
import Store

/// Uploads that are cut off and go on: tus 1.0 with creation, creation-with-upload, checksum, expiration and termination
/// (docs/api.md, "Uploads", Resumable).
extension FilesModule {
    func tusOptions(_ request: Request, _ context: some CallerContext) async throws -> Response {
        let headers: HTTPFields = [
            .tusResumable: Tus.version, .tusVersion: Tus.version, .tusMaxSize: "\(store.limits.maxFileBytes)",
            .tusExtension: "creation,creation-with-upload,checksum,expiration,termination",
            .tusChecksumAlgorithm: "sha256,sha1",
        ]
        return Response(status: .noContent, headers: headers)
    }

    /// Begins an upload, with its first bytes if there is a body.
    func tusBegin(_ request: Request, _ context: some CallerContext) async throws -> Response {
        try await Tus.answer(to: request) {
            try request.refuseCodedBody()
            guard request.headers[.uploadConcat] == nil else {
                throw APIError.invalid("Upload-Concat", "is not understood here: send the file as one upload")
            }
            let length = try request.uploadLength()
            let metadata = try TusMetadata(request.headers[.uploadMetadata] ?? "")
            let named = try request.optionalChannel() ?? metadata.channelID
            guard let channelID = named ?? context.defaultChannel else {
                throw APIError.invalid("channel", Agent.ID.isRequired, code: "required")
            }
            let upload = PartialUpload(
                id: .make(),
                userID: context.userID,
                channelID: channelID,
                filename: metadata.filename,
                declaredType: metadata.filetype,
                length: length,
                createdAt: .now(),
                expiresAt: .now() + PartialUpload.lifetime
            )
            let bodyLength = try request.tusBodyLength(upTo: length)
            try await store.begin(upload, by: context.principal, most: Limits.openUploads)
            var state = TusState(upload)
            if bodyLength != 0 || length == 0 { state = try await tusFirst(request, context, of: upload) }
            var response = Response(status: .created, headers: state.headers)
            response.headers[.location] = "\(Tus.path(of: request))/\(upload.id.rawValue)"
            return response
        }
    }

    /// Takes the bytes that come with the beginning. When that fails nobody learns of the upload, so it ends.
    private func tusFirst(
        _ request: Request,
        _ context: some CallerContext,
        of upload: PartialUpload
    ) async throws -> TusState {
        let turn = try store.turn(at: upload.id)
        defer { turn.end() }
        do {
            return try await receive(request, context, into: upload, turn)
        } catch {
            let store = store
            _ = try? await Task { try await store.abandon(turn) }.value
            throw error
        }
    }

    /// Says how far an upload is, and for a day which file it has become.
    func tusHead(_ request: Request, _ context: some CallerContext) async throws -> Response {
        try await Tus.answer(to: request) {
            let id = PartialUpload.ID(rawValue: try context.pathParameter("id"))
            guard let upload = try await store.partialUpload(id, by: context.principal) else { throw APIError.noUpload }
            var response = Response(status: .ok, headers: TusState(upload).headers)
            response.headers[.uploadLength] = "\(upload.length)"
            response.headers[.cacheControl] = "no-store"
            return response
        }
    }

    /// Takes the next bytes. With the last ones the upload becomes a file.
    func tusPatch(_ request: Request, _ context: some CallerContext) async throws -> Response {
        try await Tus.answer(to: request) {
            guard request.headers[.contentType] == Tus.bodyType else {
                throw APIError(.unsupportedMediaType, "Send the bytes with Content-Type: \(Tus.bodyType)")
            }
            try request.refuseCodedBody()
            let turn = try store.turn(at: PartialUpload.ID(rawValue: try context.pathParameter("id")))
            defer { turn.end() }
            let found = try await store.partialUpload(turn, by: context.principal)
            guard let upload = found else { throw APIError.noUpload }
            guard request.count(in: .uploadOffset) == upload.received else {
                throw StoreError.uploadHasMovedOn(to: upload.received)
            }
            let bodyLength = try request.tusBodyLength(upTo: upload.length - upload.received)
            // A client that missed the last answer asks again with nothing.
            guard upload.attachmentID == nil else {
                guard bodyLength == 0 else { throw APIError.beyondLength(0) }
                return Response(status: .noContent, headers: TusState(upload).headers)
            }
            let state = try await receive(request, context, into: upload, turn)
            return Response(status: .noContent, headers: state.headers)
        }
    }

    /// Gives an upload up. The file that it may have become stays.
    func tusDelete(_ request: Request, _ context: some CallerContext) async throws -> Response {
        try await Tus.answer(to: request) {
            let turn = try store.turn(at: PartialUpload.ID(rawValue: try context.pathParameter("id")))
            defer { turn.end() }
            guard try await store.forget(turn, by: context.principal) else { throw APIError.noUpload }
            return Response(status: .noContent)
        }
    }

    /// For clients that can send nothing but GET and POST.
    func tusOverride(_ request: Request, _ context: some CallerContext) async throws -> Response {
        switch request.headers[.methodOverride] {
        case "PATCH": try await tusPatch(request, context)
        case "DELETE": try await tusDelete(request, context)
        case "HEAD": try await tusHead(request, context)
        default: throw APIError.invalid("X-HTTP-Method-Override", "must be PATCH, DELETE or HEAD here")
        }
    }
}
