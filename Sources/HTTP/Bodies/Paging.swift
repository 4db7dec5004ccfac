import FoundationEssentials
import HTTPTypes
import Hummingbird

/// Which rows of a list a client wants. The newest come first; a cursor asks for those older than it.
package struct PageRequest: Sendable, Equatable {
    package static let defaultLimit = 50
    package static let maxLimit = 100
    /// How many rows a plain array has at most when `limit` is missing: such a list is small as a rule, and then whole.
    package static let usualArray = 1000

    package let limit: Int
    /// The id of the last row that the client has seen. The row itself may be gone.
    package let before: String?

    package init(limit: Int, before: String?) {
        self.limit = limit
        self.before = before
    }

    /// Reads `limit` and `cursor`. A `limit` over 100 is lowered to 100.
    ///
    /// - Parameter takesAnyID: whether a cursor may be any text, because not all ids of these rows are of our making.
    /// - Throws: ``APIError`` 400 when `limit` is not a positive integer, or the cursor did not come from us.
    package init(
        _ request: some Queried,
        defaultLimit: Int = defaultLimit,
        takesAnyID: Bool = false
    ) throws(APIError) {
        limit = try request.query("limit").map { text throws(APIError) in try Self.limit(text) } ?? defaultLimit
        let cursor = try request.query("cursor")
        before = takesAnyID ? cursor : try Self.cursor(cursor)
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

extension Queried {
    /// The value of a `Link` header that leads to what follows in this list (RFC 8288): the same query with another
    /// `cursor`, or another value of the parameter that says where to go on. It has no path, so it is relative to the URL
    /// that the client asked for, also behind a proxy.
    package func linkToNext(_ place: String, as name: String = "cursor") -> String {
        let given = FormQuery(queryText).without(name)
        let query = (given.map { Self.escaped($0.utf8) } + ["\(name)=\(Self.escaped(place.utf8))"]).joined(
            separator: "&"
        )
        return "<?\(query)>; rel=\"next\""
    }

    /// Percent-encodes what may not stand in a query (RFC 3986 section 3.4).
    private static func escaped(_ text: some Sequence<UInt8>) -> String {
        text.percentEncoded(keeping: "-._~%!$&'()*+,;=:@/?")
    }
}

extension HTTPField.Name {
    package static let link = HTTPField.Name("link")!
}
