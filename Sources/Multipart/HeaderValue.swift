/// A header value of the form `token; name=value; name="value"` (RFC 2045 section 5.1, RFC 2183 section 2).
///
/// Reading never fails: it skips pieces that are not parameters, and an unquoted value runs to the next semicolon.
struct HeaderValue {
    /// One parameter: its name in lower case, its value as sent but without quotes and escapes.
    struct Parameter: Equatable {
        let name: String
        let value: [UInt8]
        let isQuoted: Bool
    }

    /// The part before the first semicolon, in lower case.
    let token: String
    /// In the order they were sent, including duplicates.
    let parameters: [Parameter]

    init(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes.trimmed
        token = rest.take { $0 != .semicolon }.trimmed.text.lowercased()
        var parameters: [Parameter] = []
        while !rest.isEmpty {
            rest = rest.drop { $0 == .semicolon || $0.isBlank }
            let name = rest.take { $0 != .equals && $0 != .semicolon }.trimmed.text.lowercased()
            guard rest.first == .equals else { continue }
            rest = rest.dropFirst().drop(while: \.isBlank)
            let isQuoted = rest.first == .quote
            let value = isQuoted ? rest.takeQuoted() : Array(rest.take { $0 != .semicolon }.trimmed)
            parameters.append(Parameter(name: name, value: value, isQuoted: isQuoted))
            rest = rest.drop { $0 != .semicolon }
        }
        self.parameters = parameters
    }

    /// The first parameter with this name, which must be in lower case. Later ones with the same name are ignored.
    subscript(name: String) -> Parameter? {
        parameters.first { $0.name == name }
    }
}

extension ArraySlice<UInt8> {
    /// Removes and returns the bytes before the first one that fails the test.
    fileprivate mutating func take(while test: (UInt8) -> Bool) -> Self {
        let taken = prefix(while: test)
        self = self[taken.endIndex...]
        return taken
    }

    /// Removes a quoted string and returns its content.
    ///
    /// A backslash is an escape only before `"` or `\`. So `C:\dir\file.txt` from old browsers stays whole, and what
    /// curl escapes is still read. Browsers do not escape backslashes at all: one before the very last quote stands for
    /// itself, because otherwise the string would have no end.
    fileprivate mutating func takeQuoted() -> [UInt8] {
        var value: [UInt8] = []
        removeFirst()
        while let byte = popFirst(), byte != .quote {
            let isEscape = byte == .backslash && (first == .backslash || first == .quote && count > 1)
            value.append(isEscape ? removeFirst() : byte)
        }
        return value
    }
}
