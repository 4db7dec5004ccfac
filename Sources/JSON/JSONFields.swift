import FoundationEssentials

/// Reads the members of a JSON object one by one, collects everything that is wrong, and throws it together.
///
/// Nothing is coerced: `"3600"` is not a number. Members that nobody asks for are ignored, unless
/// ``allowOnly(_:)`` says otherwise. An explicit `null` is refused, and so is U+0000 inside a string. For an invalid member
/// a reader notes the problem and returns a harmless placeholder, which never leaves ``read(_:_:)``.
package struct JSONFields {
    /// One invalid member.
    package struct Problem: Sendable, Equatable {
        /// A word for programs that does not change, such as `invalid_type`.
        package let code: String
        /// A sentence for users, without its subject: "must be a string".
        package let message: String
        /// The names that lead to the member from the outermost object. An element of an array is named by its number.
        package let path: [String]
    }

    private let members: JSONObject
    private let path: [String]
    /// The one member that the reader wants as it is written (``JSONValue/parse(_:writtenAt:)``); nil when it is not
    /// there.
    package let written: String?
    private var problems: [Problem] = []
    private var refusal: String?

    private init(members: JSONObject, path: [String], written: String?) {
        self.members = members
        self.path = path
        self.written = written
    }

    /// Makes a value from the members of `value`, with `body`.
    ///
    /// - Throws: ``JSONError/notAnObject``, ``JSONError/invalid(_:)`` with all invalid members, or else
    ///   ``JSONError/refused(_:)``.
    package static func read<Value>(
        _ value: JSONValue,
        written: String? = nil,
        _ body: (inout JSONFields) -> Value
    ) throws(JSONError) -> Value {
        guard case .object(let members) = value else { throw .notAnObject }
        var fields = JSONFields(members: members, path: [], written: written)
        let result = body(&fields)
        guard fields.problems.isEmpty else { throw .invalid(fields.problems) }
        if let refusal = fields.refusal { throw .refused(refusal) }
        return result
    }

    /// The names of all members, in the order of their code points.
    package var names: [String] { members.sorted.map(\.key.text) }

    package func has(_ name: String) -> Bool { members[name] != nil }

    /// Whether the member is an array, for members that may be of several types.
    package func hasArray(_ name: String) -> Bool {
        if case .array? = members[name] { true } else { false }
    }

    /// A string that must be there.
    ///
    /// - Parameter length: in characters (Unicode scalars).
    package mutating func string(_ name: String, length: ClosedRange<Int> = 0...Int.max) -> String {
        guard members[name] != nil else {
            report(name, code: "required", "is required")
            return ""
        }
        return optionalString(name, length: length) ?? ""
    }

    /// A string that may be left out.
    ///
    /// - Parameters:
    ///   - length: in characters (Unicode scalars).
    ///   - nullable: whether null is the same as leaving it out.
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

    /// How long a URL may be, in Unicode code points.
    package static let urlLength = 1...2048

    /// An absolute http or https URL. Null is the same as leaving it out.
    ///
    /// - Parameter path: paths of this server that begin like this are allowed too.
    package mutating func optionalURL(_ name: String, orBelow path: String? = nil) -> String? {
        guard let text = optionalString(name, length: Self.urlLength, nullable: true) else { return nil }
        if let path, text.hasPrefix(path) { return text }
        let url = text.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? URL(string: text) : nil
        if !["http", "https"].contains(url?.scheme?.lowercased()) || (url?.host() ?? "").isEmpty {
            report(name, code: "invalid_string", "must be an absolute http or https URL")
        }
        return text
    }

    /// A whole number of 64 bits. 3.0 and "3" are not whole numbers.
    package mutating func optionalInteger(_ name: String, nullable: Bool = false) -> Int64? {
        guard let value = members[name] else { return nil }
        if nullable, value == .null { return nil }
        guard case .integer(let integer) = value else {
            report(name, code: "invalid_type", "must be a whole number")
            return nil
        }
        return integer
    }

    /// true or false; 1 and "true" are neither.
    package mutating func optionalBool(_ name: String) -> Bool? {
        guard let value = members[name] else { return nil }
        guard case .bool(let bool) = value else {
            report(name, code: "invalid_type", "must be true or false")
            return nil
        }
        return bool
    }

    /// One of the raw values of `Choice`, which may be left out.
    package mutating func optionalChoice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String,
        _: Choice.Type = Choice.self
    ) -> Choice? {
        guard let text = optionalString(name) else { return nil }
        let choice = Choice(rawValue: text)
        if choice == nil {
            let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            report(name, code: "invalid_enum_value", "must be one of \(names)")
        }
        return choice
    }

    /// One of the raw values of `Choice`, which must be there.
    package mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String,
        _: Choice.Type = Choice.self
    ) -> Choice {
        if members[name] == nil { report(name, code: "required", "is required") }
        return optionalChoice(name) ?? Choice.allCases[Choice.allCases.startIndex]
    }

    /// An object whose members belong to the sender. They are kept exactly.
    ///
    /// - Parameter nullable: whether null is the same as leaving it out.
    package mutating func optionalObject(_ name: String, nullable: Bool = false) -> JSONValue? {
        guard let value = members[name] else { return nil }
        if nullable, value == .null { return nil }
        guard case .object = value else {
            report(name, code: "invalid_type", "must be an object")
            return nil
        }
        if value.containsNUL { report(name, code: "invalid_string", "must not contain the character U+0000") }
        return value
    }

    /// An array of strings that must be there.
    ///
    /// - Parameter count: how many elements there may be.
    package mutating func strings(_ name: String, count: ClosedRange<Int>) -> [String] {
        if !has(name) { report(name, code: "required", "is required") }
        return optionalStrings(name, count: count) ?? []
    }

    /// An array of strings that may be left out.
    ///
    /// - Parameter count: how many elements there may be.
    package mutating func optionalStrings(_ name: String, count: ClosedRange<Int>) -> [String]? {
        guard let value = members[name] else { return nil }
        guard case .array(let elements) = value else {
            report(name, code: "invalid_type", "must be an array of strings")
            return nil
        }
        let strings = elements.compactMap { if case .string(let string) = $0 { string } else { nil } }
        if strings.count != elements.count {
            report(name, code: "invalid_type", "must be an array of strings")
        } else if strings.count < count.lowerBound {
            report(name, code: "too_small", "must have at least \(count.lowerBound) elements")
        } else if strings.count > count.upperBound {
            report(name, code: "too_big", "must have at most \(count.upperBound) elements")
        }
        return strings
    }

    /// An object of names and strings, such as headers.
    ///
    /// - Parameters:
    ///   - count: how many members there may be.
    ///   - nullable: whether null is the same as leaving it out.
    package mutating func optionalStringMap(
        _ name: String,
        count: ClosedRange<Int>,
        nullable: Bool = false
    ) -> [String: String]? {
        guard case .object(let members)? = optionalObject(name, nullable: nullable) else { return nil }
        var strings: [String: String] = [:]
        for case (let key, .string(let string)) in members { strings[key] = string }
        if strings.count != members.count {
            report(name, code: "invalid_type", "must be an object of strings")
        } else if !count.contains(strings.count) {
            report(name, code: "too_big", "must have \(count.lowerBound) to \(count.upperBound) members")
        }
        return strings
    }

    /// An object with a schema of its own, which `read` reads. Its problems are reported with their full path.
    ///
    /// - Parameter nullable: whether null is the same as leaving it out.
    package mutating func optionalFields<Value>(
        _ name: String,
        nullable: Bool = false,
        _ read: (inout JSONFields) -> Value
    ) -> Value? {
        guard let value = members[name] else { return nil }
        if nullable, value == .null { return nil }
        guard case .object(let inner) = value else {
            report(name, code: "invalid_type", "must be an object")
            return nil
        }
        var fields = JSONFields(members: inner, path: path + [name], written: written)
        let result = read(&fields)
        problems += fields.problems
        refusal = refusal ?? fields.refusal
        return result
    }

    /// An array of objects with a schema of their own, which `read` reads. Paths contain the number of the element.
    ///
    /// - Parameter count: how many elements there may be. For any other number `read` is not called.
    package mutating func optionalArray<Value>(
        _ name: String,
        count: ClosedRange<Int>,
        _ read: (inout JSONFields) -> Value
    ) -> [Value]? {
        guard let value = members[name] else { return nil }
        guard case .array(let elements) = value else {
            report(name, code: "invalid_type", "must be an array of objects")
            return nil
        }
        guard count.contains(elements.count) else {
            let code = elements.count < count.lowerBound ? "too_small" : "too_big"
            report(name, code: code, "must have \(count.lowerBound) to \(count.upperBound) elements")
            return nil
        }
        let numbered = elements.enumerated().map { (String($0.offset), $0.element) }
        let elementsByNumber = JSONObject(Dictionary(uniqueKeysWithValues: numbered))
        var fields = JSONFields(members: elementsByNumber, path: path + [name], written: written)
        let values = numbered.compactMap { number, _ in fields.optionalFields(number, read) }
        problems += fields.problems
        return values
    }

    /// Notes a problem of a member that only the caller can see, such as a value that depends on another one.
    ///
    /// - Parameters:
    ///   - code: a word for programs that does not change.
    ///   - problem: a sentence without its subject, such as "must be a string".
    package mutating func report(_ name: String, code: String, _ problem: String) {
        problems.append(Problem(code: code, message: problem, path: path + [name]))
    }

    /// Reports every member but these. For objects that grant rights: there a mistyped name, if ignored, would grant more
    /// than was meant.
    package mutating func allowOnly(_ names: String...) {
        for name in self.names where !names.contains(name) {
            report(name, code: "unrecognized_key", "is unknown here; it may have \(names.joined(separator: ", "))")
        }
    }

    /// Refuses the whole object if every member is valid. The sentence says what to send instead; the first one counts.
    package mutating func refuse(_ sentence: String) {
        refusal = refusal ?? sentence
    }
}

extension JSONValue {
    /// Whether any of its strings or names contains U+0000, which no text in the database may hold.
    package var containsNUL: Bool {
        switch self {
        case .string(let string): string.unicodeScalars.contains("\0")
        case .array(let elements): elements.contains(where: \.containsNUL)
        case .object(let members): members.contains { $0.key.unicodeScalars.contains("\0") || $0.value.containsNUL }
        case .null, .bool, .integer, .number: false
        }
    }
}
