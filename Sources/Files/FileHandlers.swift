import API
import HTTP
import Hummingbird
import Index

/// Reading and deleting the records of files.
extension FilesModule {
    /// The files of a channel, or of all channels of the key's user, newest first. Users have ``listForUser(_:_:)``.
    ///
    /// - Throws: ``IndexError/notOwned``.
    func list(_ asked: ReadParameters) throws -> Read<[ListedFile]> {
        let channelID = try asked.optionalChannel()
        let page = try PageRequest(asked, defaultLimit: PageRequest.usualArray)
        return Read { reader, user in
            let channels = try reader.channels(channelID, ownedBy: user)
            return try reader.files(in: channels, before: page.cursor(), limit: page.limit + 1)
        } show: { files in
            try JSONAnswer(
                array: PageJSON(files, limit: page.limit, id: \.attachment.id) { AttachmentJSON($0.attachment) },
                of: asked
            )
        }
    }

    /// The record of a file, and with `facts` what its bytes say.
    ///
    /// - Throws: ``APIError`` 400 for another value of `facts`; as ``storedFile(_:)``.
    func read(_ request: Request, _ context: some CallerContext) async throws -> Response {
        let file = try await storedFile(context)
        guard try request.flag("facts") == true else { return try .json(AttachmentJSON(file.attachment)) }
        let facts = try await context.inTurn { try await self.facts(of: file) }
        return try .json(AttachmentJSON(file.attachment, facts: facts))
    }

    /// The same, for a request without `facts`.
    func readyRecord(_ request: ReadyRequest) -> ReadyAnswer? {
        guard request.parameters.queryText.isEmpty else { return nil }
        return request.answer(reading: index) { asked in
            Read(find(asked.id(of: Attachment.self))) { try JSONAnswer(AttachmentJSON($0.attachment)) }
        }
    }

    /// Differs from ``deleteForUser(_:_:)`` in the words of its answer, which the published API fixes for each.
    func delete(_ request: Request, _ context: AgentContext) async throws -> Response {
        try await deleteFile(context)
        return try .json(["deleted": true])
    }

    /// Deletes a record, which frees its name at once. The bytes stay while another file has them, and are collected
    /// later (docs/api.md, "Downloads", Deleting).
    ///
    /// - Throws: as ``storedFile(_:)``; 404 too when another request was first.
    func deleteFile(_ context: some CallerContext) async throws {
        let id = try await storedFile(context).attachment.id
        let questions = try await questions(of: [id], context)
        let isDeleted = try await index.write(by: context.principal, for: .upkeep) { tx, user in
            try tx.deleteAttachment(id, ownedBy: user, knowing: questions)
        }
        guard isDeleted else { throw APIError.fileNotFound }
    }

    /// What the messages of files ask. It is read and hashed before the unit that changes it, because it may be large.
    func questions(
        of ids: [Attachment.ID],
        _ context: some CallerContext
    ) async throws -> [Message.ID: AskedQuestion] {
        let principal = context.principal
        return try await context.inTurnIfLarge {
            try await index.read(by: principal) { reader, user in try reader.questions(ofFiles: ids, ownedBy: user) }
        }
    }

    /// The file that the path names, provided that it is in a channel of the caller's.
    ///
    /// - Throws: ``IndexError/notOwned`` when the channel is another user's; ``APIError`` 404 when there is no such
    ///   file.
    nonisolated(nonsending) func storedFile(_ context: some CallerContext) async throws -> StoredFile {
        try await index.read(by: context.principal, find(context.id(of: Attachment.self)))
    }

    private func find(_ id: Attachment.ID) -> @Sendable (Reader, ActingUser) throws -> StoredFile {
        { reader, user in
            guard let file = try reader.file(id, ownedBy: user) else { throw APIError.fileNotFound }
            return file
        }
    }
}
