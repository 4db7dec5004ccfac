import API
import Blobs
import HTTP
import HTTPTypes
import Hummingbird
import Index
import NIOCore
import Store

extension FilesModule {
    /// How many bytes of one request may arrive before they are noted, so that no crash costs more, and before the free
    /// space is looked at again.
    private static let noteInterval = 32 << 20

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
        guard let file = try await store.open(upload, turn, by: principal) else { throw APIError.noUpload }
        try await context.connection.acceptBody()
        do {
            try await append(request.body, to: file, of: upload, &checksum, by: principal)
            guard checksum?.matches() ?? true else { throw APIError.checksumMismatch }
            return try await noteOrFinish(file, of: upload, by: principal)
        } catch let error where checksum == nil && !(error is APIError || error is BlobError) {
            // After an error of the disk nothing is sure. The client may have gone, and with it this task be cancelled.
            let store = store
            _ = try? await Task { try await store.note(file, of: upload, by: principal) }.value
            throw error
        }
    }

    private func append(
        _ body: RequestBody,
        to file: PartialFile,
        of upload: PartialUpload,
        _ checksum: inout TusChecksum?,
        by principal: Principal
    ) async throws {
        var looked = upload.received
        for try await bytes in body {
            guard Int(file.byteCount) + bytes.readableBytes <= upload.length else {
                throw APIError.beyondLength(upload.length)
            }
            checksum?.update(bytes)
            try await file.append(bytes)
            guard Int(file.byteCount) - looked >= Self.noteInterval else { continue }
            looked = Int(file.byteCount)
            if checksum == nil, try await store.note(file, of: upload, by: principal) == nil { throw APIError.noUpload }
            // The length may not have been declared, and others write to the same disk.
            try await store.admit(length: 0)
        }
    }

    private func noteOrFinish(
        _ file: PartialFile,
        of upload: PartialUpload,
        by principal: Principal
    ) async throws -> TusState {
        guard file.byteCount == upload.length else {
            guard let received = try await store.note(file, of: upload, by: principal) else { throw APIError.noUpload }
            return TusState(received: received)
        }
        _ = try await file.sync()
        return TusState(received: upload.length, file: try await store.finish(upload, by: principal).id)
    }
}
