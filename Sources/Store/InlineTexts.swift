import Blobs
import Index
import MediaTypes
import NIOCore

/// The content of small text files, sent along with their records (`textContent` in docs/api.md).
extension FileStore {
    /// The largest file whose text is sent along, in bytes.
    package static let maxInlineBytes = 65_536

    /// The texts of the files that are Markdown, plain text, HTML or CSV and have at most ``maxInlineBytes``, by
    /// attachment id. Bytes that are not valid in their charset become U+FFFD. Leaves out files that were deleted
    /// meanwhile or cannot be read, and texts of an unknown charset: the message they are in is stored all the same.
    package func texts(of attachments: [Attachment]) async throws -> [Attachment.ID: String] {
        var texts: [Attachment.ID: String] = [:]
        for attachment in attachments where Self.hasText(attachment) {
            let bytes = try await bytes(of: attachment)
            texts[attachment.id] = bytes.flatMap { Charset.text($0, charset: attachment.charset) }
        }
        return texts
    }

    /// Whether the text of a file is sent along.
    package static func hasText(_ attachment: Attachment) -> Bool {
        attachment.size <= maxInlineBytes && MediaType.hasInlineText(type: attachment.mimeType)
    }

    private func bytes(of attachment: Attachment) async throws -> ByteBuffer? {
        let blob = try await index.read { try $0.blob(sha256: attachment.sha256) }
        guard let blob, let key = BlobKey(blob.key) else {
            return nil
        }
        do {
            let reader = try await open(key, size: Int64(blob.size))
            defer { reader.close() }
            return try await reader.read(0..<reader.size)
        } catch  where error is BlobError || error is StoreError {
            return nil
        }
    }
}
