import Blobs
import HTTP
import Index
import MediaType
import NIOCore

/// A text to be stored as a file.
package struct NewText: Sendable {
    package let content: String
    package let filename: String
    package let declaredType: String

    package init(content: String, filename: String, declaredType: String) {
        self.content = content
        self.filename = filename
        self.declaredType = declaredType
    }
}

/// Stores texts that came inside JSON as files.
package struct TextFiles: Sendable {
    let intake: Intake
    let limits: UploadLimits

    /// Stores texts as files of a channel together with whatever `body` stores, or nothing of both. `body` attaches all of
    /// them by calling `attach` with the id of a message it has stored; when it does not, they are not stored. It may run
    /// more than once.
    ///
    /// - Throws: ``APIError`` 403, 413 and 507; errors of the store; what `body` throws.
    package func store<Value: Sendable>(
        _ texts: [NewText],
        in channelID: String,
        of userID: String,
        _ body: @escaping @Sendable (Transaction, _ attach: (_ messageID: String) throws -> Void) throws -> Value
    ) async throws -> Value {
        try await intake.store(try await receive(texts), in: channelID, of: userID) { tx, files in
            try body(tx) { messageID in _ = try files.insert(tx, messageID: messageID) }
        }
    }

    /// Takes texts into the spool; whoever has the result must store it.
    func receive(_ texts: [NewText]) async throws -> [ReceivedFile] {
        for text in texts where text.content.utf8.count > limits.maxBytes {
            throw APIError.fileTooLarge(limit: limits.maxBytes)
        }
        let length = texts.reduce(0) { $0 + Int64($1.content.utf8.count) }
        if !texts.isEmpty { try await limits.admit(length: length, to: intake.blobs) }
        var files: [ReceivedFile] = []
        do {
            for text in texts {
                let name = FileName.sanitized(text.filename)
                files.append(
                    ReceivedFile(bytes: try await spool(text.content), filename: name, declaredType: text.declaredType)
                )
            }
            return files
        } catch {
            for file in files { await intake.blobs.discard(file.bytes) }
            throw error
        }
    }

    private func spool(_ text: String) async throws -> SpooledBlob {
        let spool = try await intake.blobs.makeSpool(sampleBytes: MediaTypeDetector.sampleBytes)
        do {
            try await spool.append(ByteBuffer(string: text))
            return try await spool.finish()
        } catch {
            await spool.discard()
            throw error
        }
    }
}
