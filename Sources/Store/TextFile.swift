import Blobs
import Index
import NIOCore

/// A text that is to be stored as a file.
package struct TextFile: Sendable {
    package let content: String
    package let filename: String
    package let declaredType: String?

    /// A text without a name is `content.md`. Without a type it goes by its name, and is Markdown when there is none, or
    /// no extension to go by.
    package init(content: String, filename: String?, declaredType: String?) {
        self.content = content
        self.filename = filename ?? "content.md"
        self.declaredType = declaredType ?? (filename?.contains(".") == true ? nil : "text/markdown")
    }
}

extension FileStore {
    /// Adds one text to a channel of the caller's, unattached, once under its key (``Intake/add(_:in:by:once:_:)``).
    package func add(
        _ text: TextFile,
        in channelID: Agent.ID,
        by principal: Principal,
        once key: UploadKey? = nil
    ) async throws -> AddedFile {
        try await receiving([text]) { intake, files in
            try await intake.add(files[0], in: channelID, by: principal, once: key)
        }
    }

    /// Adds texts to a channel together with whatever `body` stores: both or neither. See ``Intake/add(_:in:by:_:)``.
    /// If `body` does not call `attach`, the texts are not stored.
    ///
    /// - Throws: ``StoreError``; ``BlobError`` and ``IndexError``; what `body` throws.
    package func add<Value: Sendable>(
        _ texts: [TextFile],
        in channelID: Agent.ID,
        by principal: Principal,
        _ body: @escaping @Sendable (Transaction, ActingUser, OwnedChannel, Intake.Attach) throws -> Value
    ) async throws -> Value {
        try await receiving(texts) { intake, files in try await intake.add(files, in: channelID, by: principal, body) }
    }

    private func receiving<Value: Sendable>(
        _ texts: [TextFile],
        _ body: (Intake, [ReceivedFile]) async throws -> Value
    ) async throws -> Value {
        for text in texts where text.content.utf8.count > limits.maxFileBytes {
            throw StoreError.fileTooLarge(limit: limits.maxFileBytes)
        }
        try await admit(length: texts.reduce(0) { $0 + Int64($1.content.utf8.count) })
        return try await receiving { intake in
            var files: [ReceivedFile] = []
            for text in texts { files.append(try await intake.receive(text)) }
            return try await body(intake, files)
        }
    }
}

extension Intake {
    fileprivate func receive(_ text: TextFile) async throws -> ReceivedFile {
        let spool = try await makeSpool()
        try await spool.append(ByteBuffer(string: text.content))
        return ReceivedFile(try await spool.finish(), filename: text.filename, declaredType: text.declaredType)
    }
}
