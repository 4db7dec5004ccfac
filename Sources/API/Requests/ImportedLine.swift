import HTTP
import HTTPTypes
import Index
import JSON

/// A line of a file for `placet import`: a channel or a key of another server, which keeps its id or its secret.
package struct ImportedLine: Sendable {
    package enum Content: Sendable {
        case channel(Agent.ID, AgentDraft, Webhook?)
        /// A key by the SHA-256 of its text.
        case key(hash: [UInt8], label: String, prefix: String)
    }

    package let content: Content
    /// The email of the user to whom it is to belong; nil for the first owner.
    package let user: String?
    /// In the file, from 1.
    package let number: Int

    /// Reads all lines but the empty ones.
    ///
    /// - Throws: ``APIError`` 400 that names the line.
    package static func all(in text: String) throws -> [ImportedLine] {
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let filled = lines.enumerated().filter { !$0.element.allSatisfy { $0 <= UInt8(ascii: " ") } }
        guard Limits.importedLines.contains(filled.count) else {
            let most = Limits.importedLines.upperBound
            throw APIError(.badRequest, "The file has \(filled.count) lines; send 1 to \(most) at a time")
        }
        return try filled.map { try ImportedLine(Array($0.element), number: $0.offset + 1) }
    }

    private init(_ bytes: [UInt8], number: Int) throws {
        do {
            self = try JSONFields.read(try JSONValue(parsing: bytes)) { ImportedLine(&$0, number: number) }
        } catch {
            throw APIError.line(number, Self.sentence(error))
        }
    }

    private init(_ fields: inout JSONFields, number: Int) {
        self.number = number
        user = fields.optionalString("user", length: Limits.signInEmail)
        content =
            switch fields.choice("type", Kind.self) {
            case .channel:
                .channel(fields.keptID(), AgentDraft(&fields), fields.optionalFields("webhook") { $0.webhook() })
            case .key: fields.importedKey()
            }
    }

    private enum Kind: String, CaseIterable { case channel, key }

    private static func sentence(_ error: JSONError) -> String {
        switch error {
        case .malformed(let fault): "not valid JSON: \(fault.reason) (column \(fault.column))"
        case .notAnObject: "must be a JSON object"
        case .tooDeep, .invalid, .refused, .cancelled: APIError(error).message
        }
    }
}

extension APIError {
    /// 400 for a line of an imported file.
    package static func line(_ number: Int, _ problem: String) -> APIError {
        APIError(.badRequest, "Line \(number): \(problem); nothing was imported")
    }
}

extension JSONFields {
    /// A key, which opens everything and never expires: a line that says otherwise must not make one.
    fileprivate mutating func importedKey() -> ImportedLine.Content {
        allowOnly("type", "user", "sha256", "label", "prefix")
        return .key(hash: sha256(), label: label(), prefix: keyPrefix())
    }

    /// The id of a channel. It stands in paths and queries, so it must be written there as it is.
    fileprivate mutating func keptID() -> Agent.ID {
        let text = string("id", length: Limits.id)
        if !text.isUnreserved || [".", ".."].contains(text) {
            report("id", code: "invalid_string", "must consist of letters, digits and -._~")
        }
        return Agent.ID(rawValue: text)
    }

    /// 64 hexadecimal digits, as 32 bytes.
    fileprivate mutating func sha256() -> [UInt8] {
        let text = string("sha256")
        let digits = text.compactMap(\.hexDigitValue).map(UInt8.init)
        guard digits.count == 64, text.utf8.count == 64 else {
            if has("sha256") { report("sha256", code: "invalid_string", "must be 64 hexadecimal digits") }
            return []
        }
        return stride(from: 0, to: 64, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    /// The beginning of the key, as lists show it; of every key we know at least how it begins.
    fileprivate mutating func keyPrefix() -> String {
        let known = Secret.Kind.apiKey.rawValue
        let text = optionalString("prefix", length: Limits.id) ?? known
        if !text.hasPrefix(known) || !text.isUnreserved {
            report("prefix", code: "invalid_string", "must be the beginning of the key, such as \(known)1a2b3c4d")
        }
        return String(text.prefix(Secret.shownCharacters))
    }
}

extension String {
    /// Whether it is written in a URL as it is (RFC 3986 section 2.3).
    fileprivate var isUnreserved: Bool { wholeMatch(of: /[A-Za-z0-9._~-]*/) != nil }
}
