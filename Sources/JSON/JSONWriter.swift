/// Writes JSON (RFC 8259) in UTF-8: on one line, without white space, members in the order of their names.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ value: JSONValue) {
        switch value {
        case .null: write(raw: "null")
        case .bool(let value): write(raw: value ? "true" : "false")
        case .integer(let value): write(raw: "\(value)")
        case .number(let value): write(raw: value.literal)
        case .string(let text): write(string: text)
        case .array(let elements): list("[", elements, "]") { $0.write($1) }
        case .object(let object):
            list("{", object.sorted, "}") { writer, member in
                writer.write(name: member.key.text)
                writer.write(member.value)
            }
        }
    }

    /// JSON that is already written.
    mutating func write(raw text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    mutating func write(name: String) {
        write(string: name)
        bytes.append(UInt8(ascii: ":"))
    }

    mutating func list<Element>(
        _ opening: Unicode.Scalar,
        _ elements: [Element],
        _ closing: Unicode.Scalar,
        _ write: (inout JSONWriter, Element) throws -> Void
    ) rethrows {
        bytes.append(UInt8(ascii: opening))
        var isFirst = true
        for element in elements {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            try write(&self, element)
        }
        bytes.append(UInt8(ascii: closing))
    }

    // MARK: Strings

    /// What needs no escape is taken over in one piece.
    mutating func write(string: String) {
        var string = string
        bytes.append(UInt8(ascii: "\""))
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
        bytes.append(UInt8(ascii: "\""))
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
