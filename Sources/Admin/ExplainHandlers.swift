import API
import Blobs
import HTTP
import Hummingbird
import Index
import Store

/// Why a content is stored, or when and why it went. It is named by its digest, or by a file that has or had it.
extension AdminModule {
    func explain(_ request: Request, _ context: OwnerContext) async throws -> Response {
        let name = Attachment.ID(rawValue: try context.pathParameter("id"))
        return try answer(
            try await store.index.read(by: context.principal) { reader, _ in try Self.explanation(of: name, reader) }
        )
    }

    /// The operator's twin: no user is signed in.
    func explainLocally(_ request: Request, _ context: RootContext) async throws -> Response {
        let name = Attachment.ID(rawValue: try context.pathParameter("id"))
        return try answer(try await store.index.read { try Self.explanation(of: name, $0) })
    }

    private static func explanation(of name: Attachment.ID, _ reader: Reader) throws -> BlobExplanation {
        let (now, grace) = (Timestamp.now(), FileStore.collectionGrace)
        guard let digest = BlobDigest(hex: name.rawValue) else {
            return try reader.explanation(ofFile: name, at: now, grace: grace)
        }
        return try reader.explanation(ofContent: digest.hex, at: now, grace: grace)
    }

    private func answer(_ explanation: BlobExplanation) throws -> Response {
        try .json(BlobExplanationJSON(explanation, collectsByItself: collectsByItself))
    }
}
