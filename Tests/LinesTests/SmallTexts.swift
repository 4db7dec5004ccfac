@testable import Lines

/// A text in memory, and its index.
struct SmallText {
    let text: LineText
    let index: LineIndex

    /// - Parameter pieces: counted in this many bytes at a time.
    init(_ bytes: [UInt8], charset: String? = nil, pieces: Int = LineText.pieceBytes) throws {
        text = LineText(size: bytes.count, charset: charset) { bytes in
            switch charset {
            case "utf-16le": String(decoding: Self.units(bytes, UInt16.init(littleEndian:)), as: UTF16.self)
            case "utf-16be": String(decoding: Self.units(bytes, UInt16.init(bigEndian:)), as: UTF16.self)
            default: String(decoding: bytes, as: UTF8.self)
            }
        } read: { offset, buffer in
            buffer.copyBytes(from: bytes[offset..<offset + buffer.count])
        }
        var count = LineCount(size: bytes.count, coding: text.coding)
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            bytes[start..<min(start + pieces, bytes.count)].withUnsafeBytes { count.add($0) }
        }
        index = count.index
    }

    init(_ text: String) throws { try self.init(Array(text.utf8)) }

    private static func units(_ bytes: [UInt8], _ order: (UInt16) -> UInt16) -> [UInt16] {
        stride(from: 0, to: bytes.count & ~1, by: 2).map { place in
            bytes.withUnsafeBytes { order($0.loadUnaligned(fromByteOffset: place, as: UInt16.self)) }
        }
    }

    func all() throws -> [String] {
        try text.lines(from: 1, count: index.lineCount + 1, by: index).lines.map(\.text)
    }

    func last(_ count: Int) throws -> LinePage { try text.lastLines(count, lineCount: index.lineCount) }

    func search(
        _ pattern: String,
        isRegex: Bool = false,
        ignoresCase: Bool = false,
        from: Int = 1,
        limit: Int = 1000,
        until isOver: () -> Bool = { false }
    ) throws -> LineHits {
        let pattern = try LinePattern(pattern, isRegex: isRegex, ignoresCase: ignoresCase)
        return try text.hits(of: pattern, from: from, limit: limit, by: index, until: isOver)
    }
}

extension Character {
    /// That often.
    func times(_ count: Int) -> String { String(repeating: self, count: count) }
}
