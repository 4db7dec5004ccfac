/// How many pages a PDF has (ISO 32000-1), as its first bytes say or its tables of objects lead to. In newer files
/// these are packed: then it is not known here.
package struct PageCount {
    /// A table of objects: where its parts are, and what its trailer says.
    private struct Table {
        var parts: [(objects: Range<Int>, offset: Int64)] = []
        var trailer = PDFText([])
    }

    private static let mostObjectBytes = 16_384
    private static let mostTables = 64

    private let file: MediaFile
    /// The newest first.
    private var tables: [Table] = []

    /// Nil when it is not known.
    package static func pages(of file: MediaFile) throws -> Int? {
        let head = PDFText(try file.bytes(1024, at: 0).bytes)
        guard head.bytes.starts(with: "%PDF-".utf8) else { return nil }
        // A linear file that was added to is longer than it says (annex F.3.3).
        if head.place(behind: "/Linearized") != nil, head.number(behind: "/L") == Int(file.size) {
            return head.number(behind: "/N")
        }
        return try PageCount(file).rootPages()
    }

    private init(_ file: MediaFile) throws {
        self.file = file
        let tail = PDFText(try file.bytes(1024, at: max(0, file.size - 1024)).bytes)
        var place = tail.lastNumber(behind: "startxref")
        while let offset = place, tables.count < Self.mostTables, let table = try table(at: Int64(offset)) {
            tables.append(table)
            place = table.trailer.number(behind: "/Prev")
        }
    }

    /// Section 7.7.3.3: the root of the tree of pages says how many leaves it has.
    private func rootPages() throws -> Int? {
        guard let root = tables.first?.trailer.number(behind: "/Root"), let catalog = try object(root),
            let tree = catalog.number(behind: "/Pages"), let node = try object(tree)
        else { return nil }
        return node.number(behind: "/Count")
    }

    /// Section 7.5.4: parts of 20 bytes for each object, and then the trailer.
    private func table(at offset: Int64) throws -> Table? {
        guard try file.bytes(4, at: offset).has("xref") else { return nil }
        var (table, offset) = (Table(), offset + 4)
        for _ in 0..<MediaFile.mostSteps {
            let text = PDFText(try file.bytes(64, at: offset).bytes)
            if let place = text.place(behindFirst: "trailer") {
                let trailer = PDFText(try file.bytes(Self.mostObjectBytes, at: offset + Int64(place)).bytes)
                table.trailer = trailer.upTo("startxref")
                return table
            }
            guard let (first, afterFirst) = text.number(at: 0), let (count, end) = text.number(at: afterFirst),
                let start = text.bytes[end...].firstIndex(where: { $0 > 0x20 })
            else { return nil }
            let objects = first..<first + count
            table.parts.append((objects, offset + Int64(start)))
            offset += Int64(start) + 20 * Int64(count)
        }
        return nil
    }

    /// An object that is not packed.
    private func object(_ number: Int) throws -> PDFText? {
        for part in tables.lazy.flatMap(\.parts) where part.objects.contains(number) {
            let entry = PDFText(
                try file.bytes(20, at: part.offset + 20 * Int64(number - part.objects.lowerBound)).bytes
            )
            guard entry.bytes.count == 20, entry.bytes[17] == UInt8(ascii: "n"), let (offset, _) = entry.number(at: 0)
            else { continue }
            let text = PDFText(try file.bytes(Self.mostObjectBytes, at: Int64(offset)).bytes)
            guard text.number(at: 0)?.0 == number else { return nil }
            return text.upTo("endobj")
        }
        return nil
    }
}

/// A piece of a PDF in which names and numbers are found.
private struct PDFText {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func place(behind word: String) -> Int? { bytes.firstRange(of: Array(word.utf8))?.upperBound }

    /// The same for a word before which there is white space alone.
    func place(behindFirst word: String) -> Int? {
        let start = bytes.firstIndex { $0 > 0x20 } ?? 0
        return bytes[start...].starts(with: word.utf8) ? start + word.utf8.count : nil
    }

    /// The number that follows a word, which ends there.
    func number(behind word: String) -> Int? {
        bytes.ranges(of: Array(word.utf8)).lazy.compactMap { number(at: $0.upperBound)?.0 }.first
    }

    func upTo(_ word: String) -> PDFText { PDFText(Array(bytes[..<(place(behind: word) ?? bytes.count)])) }

    func lastNumber(behind word: String) -> Int? {
        bytes.ranges(of: Array(word.utf8)).last.flatMap { number(at: $0.upperBound)?.0 }
    }

    /// The number that begins there, but for white space, and where it ends; at most ten digits.
    func number(at place: Int) -> (Int, Int)? {
        guard let start = bytes[place...].firstIndex(where: { $0 > 0x20 }) else { return nil }
        let digits = bytes[start...].prefix { (0x30...0x39).contains($0) }
        guard (1...10).contains(digits.count) else { return nil }
        return (digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }, digits.endIndex)
    }
}
