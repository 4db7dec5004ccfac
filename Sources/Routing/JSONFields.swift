import FoundationEssentials
import HTTPTypes

/// The members of a JSON object in a request, read one by one; what is wrong is collected and thrown together.
///
/// No coercion: `"3600"` is not a number. Members nobody asks for are ignored. An explicit `null` is refused, and so
/// is U+0000 inside a string (contract section 1). Readers return a harmless placeholder for a member that is wrong;
/// call ``check()`` before using any of them.
package struct JSONFields {
    private let members: [String: JSONValue]
    private var problems: [APIError.Field] = []

    package init(_ value: JSONValue) throws(APIError) {
        guard case .object(let members) = value else {
            throw APIError(.badRequest, "The body must be a JSON object")
        }
        self.members = members
    }

    /// - Throws: ``APIError`` 400 naming every member that did not pass.
    package func check() throws(APIError) {
        guard let first = problems.first else { return }
        let message = "\(first.path.joined(separator: ".")): \(first.message)"
        throw APIError(.badRequest, message, fields: problems)
    }

    package mutating func string(_ name: String, length: ClosedRange<Int> = 0...Int.max) -> String {
        guard members[name] != nil else {
            report(name, code: "required", "is required")
            return ""
        }
        return optionalString(name, length: length) ?? ""
    }

    /// - Parameter length: in characters (Unicode scalars).
    package mutating func optionalString(
        _ name: String,
        length: ClosedRange<Int> = 0...Int.max,
        nullable: Bool = false
    ) -> String? {
        guard let value = members[name] else { return nil }
        if nullable, value == .null { return nil }
        guard case .string(let string) = value else {
            report(name, code: "invalid_type", "must be a string")
            return nil
        }
        let count = string.unicodeScalars.count
        if count < length.lowerBound {
            report(name, code: "too_small", "must have at least \(length.lowerBound) character(s)")
        } else if count > length.upperBound {
            report(name, code: "too_big", "must have at most \(length.upperBound) characters")
        } else if string.unicodeScalars.contains("\0") {
            report(name, code: "invalid_string", "must not contain the character U+0000")
        }
        return string
    }

    /// An absolute http or https URL; null is the same as leaving it out (contract section 1).
    package mutating func optionalURL(_ name: String) -> String? {
        guard let text = optionalString(name, length: 1...2048, nullable: true) else { return nil }
        let url = text.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? URL(string: text) : nil
        if !["http", "https"].contains(url?.scheme?.lowercased()) || (url?.host() ?? "").isEmpty {
            report(name, code: "invalid_string", "must be an absolute http or https URL")
        }
        return text
    }

    package mutating func report(_ name: String, code: String, _ problem: String) {
        problems.append(APIError.Field(code: code, message: problem, path: [name]))
    }
}
