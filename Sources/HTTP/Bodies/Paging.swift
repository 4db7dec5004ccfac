import FoundationEssentials
import HTTPTypes
import Hummingbird

/// Which rows of a list a client wants. The newest come first; a cursor asks for those older than it.
package struct PageRequest: Sendable, Equatable {
    package static let defaultLimit = 50
    package static let maxLimit = 100
    /// The most rows of a list that a client gets without `limit` and `cursor`.
    package static let maxUnpaged = 1000

    package let limit: Int
    /// The id of the last row that the client has seen. The row itself may be gone.
    package let before: String?

    package init(limit: Int, before: String?) {
        self.limit = limit
        self.before = before
    }

    /// Reads `limit` and `cursor`. A `limit` over 100 is lowered to 100.
    ///
    /// - Throws: ``APIError`` 400 when `limit` is not a positive integer, or the cursor did not come from us.
    package init(_ request: Request, defaultLimit: Int = defaultLimit) throws(APIError) {
        limit = try request.query("limit").map { text throws(APIError) in try Self.limit(text) } ?? defaultLimit
        before = try Self.cursor(try request.query("cursor"))
    }

    private static func limit(_ text: String) throws(APIError) -> Int {
        // A number with too many digits for Int is still a positive integer.
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

extension Request {
    /// Whether `limit` or `cursor` is given. A route whose answer is an array gives a page then.
    package var asksForPage: Bool { ["limit", "cursor"].contains { hasQuery($0) } }
}
