import Hummingbird

/// What has a query: a request, and what a read takes of one.
package protocol Queried {
    /// What stands behind the question mark, as it was sent; empty when there is none.
    var queryText: String { get }
}

extension Request: Queried {
    package var queryText: String { uri.query ?? "" }
}

/// What a GET asks for, by its path and its query alone.
package struct ReadParameters: Queried, Sendable {
    /// What stands in the path for the parameter `id` of the route; empty where it has none.
    package let id: String
    package let queryText: String

    init(id: String, queryText: String) {
        (self.id, self.queryText) = (id, queryText)
    }

    package init(_ request: Request, _ context: some RequestContext) {
        self.init(id: context.parameters.get("id") ?? "", queryText: request.queryText)
    }
}

extension Queried {
    /// A query parameter, form-decoded; nil when it is missing. The first of several counts.
    ///
    /// - Throws: ``APIError`` 400 when it is not UTF-8, or contains U+0000, at which C libraries would cut the text.
    package func query(_ name: String) throws(APIError) -> String? {
        guard let bytes = FormQuery(queryText).bytes(of: name) else { return nil }
        guard let value = String(validating: bytes, as: UTF8.self) else {
            throw .invalid(name, "is not UTF-8", code: "invalid_string")
        }
        guard !value.unicodeScalars.contains("\0") else { throw .invalidCharacter(in: name) }
        return value
    }

    /// A query parameter that is a whole number; nil when it is missing. One over the range is lowered to its end.
    ///
    /// - Throws: ``APIError`` 400 for anything else.
    package func number(_ name: String, in range: ClosedRange<Int>) throws(APIError) -> Int? {
        guard let text = try query(name) else { return nil }
        let isNumber = !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        // A number with too many digits for Int is over any range.
        let number = isNumber ? Int(text) ?? Int.max : -1
        guard number >= range.lowerBound else {
            throw .invalid(name, "must be a whole number from \(range.lowerBound) on")
        }
        return min(number, range.upperBound)
    }

    /// A query parameter that is `true` or `false`; nil when it is missing.
    ///
    /// - Throws: ``APIError`` 400 for anything else.
    package func flag(_ name: String) throws(APIError) -> Bool? {
        guard let text = try query(name) else { return nil }
        guard let flag = Bool(text) else { throw .invalid(name, "must be true or false") }
        return flag
    }
}
