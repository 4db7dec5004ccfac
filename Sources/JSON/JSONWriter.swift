/// Writes JSON (RFC 8259) in UTF-8: on one line, without white space, members in the order of their names.
package struct JSONWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ value: JSONValue) {
        switch value {
        case .null: write(raw: "null")
        case .bool(let value): write(raw: value ? "true" : "false")
        case .integer(let value): write(raw: "\(value)")
        case .number(let value): write(raw: value.literal)
        case .string(let text): write(string: text)
        case .array(let elements): array(elements) { $0.write($1) }
        case .object(let object):
            self.object {
                for (name, value) in object.sorted {
                    $0.start(name.text)
                    $0.write(value)
                }
            }
        }
    }

    /// JSON that is already written.
    mutating func write(raw text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    mutating func append(_ character: Unicode.Scalar) {
        bytes.append(UInt8(ascii: character))
    }

    mutating func append(contentsOf text: UnsafeBufferPointer<UInt8>) {
        bytes.append(contentsOf: text)
    }

    mutating func array<Element>(
        _ elements: [Element],
        _ write: (inout JSONWriter, Element) throws -> Void
    ) rethrows {
        append("[")
        for element in elements {
            separate()
            try write(&self, element)
        }
        append("]")
    }

    /// Begins a member of any name.
    mutating func start(_ name: String) {
        separate()
        write(string: name)
        append(":")
    }

    /// The comma before each member and element but the first.
    mutating func separate() {
        if bytes.last != UInt8(ascii: "{"), bytes.last != UInt8(ascii: "[") { append(",") }
    }

    // MARK: Strings

    /// What needs no escape is taken over in one piece.
    mutating func write(string: String) {
        var string = string
        append("\"")
        string.withUTF8 { text in
            var (start, position) = (0, 0)
            while position < text.count {
                let byte = text[position]
                if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                    bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<position]))
                    escape(byte)
                    start = position + 1
                }
                position += 1
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<position]))
        }
        append("\"")
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): write(raw: #"\""#)
        case UInt8(ascii: "\\"): write(raw: #"\\"#)
        case 0x08: write(raw: #"\b"#)
        case 0x09: write(raw: #"\t"#)
        case 0x0A: write(raw: #"\n"#)
        case 0x0C: write(raw: #"\f"#)
        case 0x0D: write(raw: #"\r"#)
        default: write(raw: (byte < 0x10 ? #"\u000"# : #"\u00"#) + String(byte, radix: 16))
        }
    }
}
