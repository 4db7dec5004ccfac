import API
import Blobs
import HTTP
import HTTPTypes
import Hummingbird
import Index
import NIOCore
import Store

extension FilesModule {
    /// Appends the body, and makes a file of the upload when that was all.
    ///
    /// What arrived stays when the connection breaks or the file cannot be stored, unless a checksum was to prove it.
    func receive(
        _ request: Request,
        _ context: some CallerContext,
        into upload: PartialUpload,
        _ turn: UploadTurn
    ) async throws -> TusState {
        let principal = context.principal
        var checksum = try TusChecksum(request.headers[.uploadChecksum])
        try await store.admit(length: request.declaredLength ?? 0)
        // With a checksum all of the body is one part.
        let hasAll = checksum == nil && Int(request.declaredLength ?? Int64(upload.length)) == upload.length
        guard let writer = try await store.open(upload, turn, by: principal, hasAll: hasAll) else {
            throw APIError.noUpload
        }
        try await context.connection.acceptBody()
        do {
            try await append(request.body, to: writer, of: upload, &checksum, by: principal)
            guard checksum?.matches() ?? true else { throw APIError.checksumMismatch }
            let state = try await noteOrFinish(writer, of: upload, by: principal)
            await writer.end()
            return state
        } catch {
            // After an error of the disk or the bucket nothing is sure. The client may have gone, and with it this task
            // be cancelled.
            if checksum == nil, !(error is APIError || error is BlobError) {
                let store = store
                _ = try? await Task { try await store.note(writer, of: upload, by: principal) }.value
            }
            await writer.end()
            throw error
        }
    }

    private func append(
        _ body: RequestBody,
        to writer: UploadWriter,
        of upload: PartialUpload,
        _ checksum: inout TusChecksum?,
        by principal: Principal
    ) async throws {
        var looked = upload.received
        for try await bytes in body {
            guard writer.byteCount + bytes.readableBytes <= upload.length else {
                throw APIError.beyondLength(upload.length)
            }
            checksum?.update(bytes)
            try await writer.append(bytes)
            guard writer.byteCount - looked >= FileStore.noteInterval else { continue }
            looked = writer.byteCount
            if checksum == nil { _ = try await note(writer, of: upload, by: principal) }
            // The length may not have been declared, and others write to the same disk.
            try await store.admit(length: 0)
        }
    }

    private func noteOrFinish(
        _ writer: UploadWriter,
        of upload: PartialUpload,
        by principal: Principal
    ) async throws -> TusState {
        guard writer.byteCount == upload.length else {
            return TusState(received: try await note(writer, of: upload, by: principal))
        }
        return TusState(received: upload.length, file: try await store.finish(upload, writer, by: principal).id)
    }

    private func note(
        _ writer: UploadWriter,
        of upload: PartialUpload,
        by principal: Principal
    ) async throws -> Int {
        guard let received = try await store.note(writer, of: upload, by: principal) else { throw APIError.noUpload }
        return received
    }
}
