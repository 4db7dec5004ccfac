import FoundationEssentials
import HTTPTypes
import Hummingbird

/// Which rows of a list a client wants: newest first, those older than the cursor.
package struct PageRequest: Sendable, Equatable {
    package static let defaultLimit = 50
    package static let maxLimit = 100
    /// The most rows of a list that may be asked for without `limit` and `cursor`.
    package static let maxUnpaged = 1000

    package let limit: Int
    /// The id of the last row the client has seen. The row itself may be gone.
    package let before: String?

    package init(limit: Int, before: String?) {
        self.limit = limit
        self.before = before
    }

    /// Reads `limit` (more than 100 is lowered to 100) and `cursor`.
    ///
    /// - Throws: ``APIError`` 400 when `limit` is not a positive integer or the cursor is not one we gave out.
    package init(_ request: Request, defaultLimit: Int = defaultLimit) throws(APIError) {
        limit = try request.query("limit").map { text throws(APIError) in try Self.limit(text) } ?? defaultLimit
        before = try Self.cursor(try request.query("cursor"))
    }

    private static func limit(_ text: String) throws(APIError) -> Int {
        // Digits too many for Int are still a positive integer.
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), text.contains(where: { $0 != "0" })
        else { throw .invalid("limit", "must be a positive integer") }
        return min(Int(text) ?? maxLimit, maxLimit)
    }

    private static func cursor(_ text: String?) throws(APIError) -> String? {
        guard let text else { return nil }
        guard UUID(uuidString: text) != nil else {
            throw .invalid("cursor", "must be the nextCursor of an earlier page")
        }
        return text.lowercased()
    }
}
