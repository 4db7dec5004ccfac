/// Writes JSON (RFC 8259) in UTF-8: on one line, without white space, members in the order of their names.
///
/// It has its memory to itself: an array would ask with each of the many short pieces whether it is shared.
package struct JSONWriter: ~Copyable {
    private var memory: UnsafeMutableBufferPointer<UInt8>
    private var count = 0

    init() {
        memory = .allocate(capacity: 1024)
    }

    deinit { memory.deallocate() }

    /// What was written.
    var bytes: [UInt8] { Array(memory[..<count]) }

    // MARK: Bytes

    @inline(__always)
    private mutating func makeRoom(for more: Int) {
        if memory.count - count < more { grow(by: more) }
    }

    @inline(never)
    private mutating func grow(by more: Int) {
        let larger = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(2 * memory.count, count + more))
        _ = larger.update(fromContentsOf: memory[..<count])
        memory.deallocate()
        memory = larger
    }

    mutating func append(_ character: Unicode.Scalar) {
        makeRoom(for: 1)
        memory[count] = UInt8(ascii: character)
        count += 1
    }

    mutating func append(contentsOf text: UnsafeBufferPointer<UInt8>) {
        makeRoom(for: text.count)
        guard let source = text.baseAddress, let start = memory.baseAddress else { return }
        (start + count).update(from: source, count: text.count)
        count += text.count
    }

    /// The beginning of a member whose name needs no escape. One look for room serves all of it: long lists have
    /// thousands of members.
    mutating func append(plainName name: UnsafeBufferPointer<UInt8>) {
        makeRoom(for: name.count + 4)
        guard let source = name.baseAddress, let start = memory.baseAddress else { return }
        var end = start + count
        if !isAtStart {
            end.pointee = UInt8(ascii: ",")
            end += 1
        }
        end.pointee = UInt8(ascii: "\"")
        (end + 1).update(from: source, count: name.count)
        end += name.count + 1
        end.pointee = UInt8(ascii: "\"")
        (end + 1).pointee = UInt8(ascii: ":")
        count = end + 2 - start
    }

    // MARK: Values

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
        var text = text
        text.withUTF8 { append(contentsOf: $0) }
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

    /// Whether nothing stands in the innermost object or array yet.
    private var isAtStart: Bool {
        guard count > 0 else { return true }
        return memory[count - 1] == UInt8(ascii: "{") || memory[count - 1] == UInt8(ascii: "[")
    }

    /// The comma before each member and element but the first.
    mutating func separate() {
        if !isAtStart { append(",") }
    }

    // MARK: Strings

    /// What needs no escape is taken over in one piece.
    mutating func write(string: String) {
        var string = string
        append("\"")
        string.withUTF8 { text in
            // Without an early end, so that the compiler looks at many bytes at a time.
            var escapes = 0 as UInt8
            for byte in text { escapes |= Self.needsEscape(byte) ? 1 : 0 }
            if escapes == 0 { append(contentsOf: text) } else { append(escaping: text) }
        }
        append("\"")
    }

    private mutating func append(escaping text: UnsafeBufferPointer<UInt8>) {
        var rest = text[...]
        while let end = rest.firstIndex(where: Self.needsEscape) {
            append(contentsOf: UnsafeBufferPointer(rebasing: rest[..<end]))
            escape(rest[end])
            rest = rest[(end + 1)...]
        }
        append(contentsOf: UnsafeBufferPointer(rebasing: rest))
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
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
