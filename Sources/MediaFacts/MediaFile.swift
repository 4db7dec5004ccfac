/// The bytes of a file, of which some are looked at.
///
/// For one task. What reading throws is passed on.
package struct MediaFile {
    /// Fills a buffer with the bytes from an offset on, which are there.
    package typealias Read = (_ offset: Int64, _ buffer: UnsafeMutableRawBufferPointer) throws -> Void

    /// How many boxes, chunks or markers are passed over before what is looked for. A file may have millions.
    static let mostSteps = 1000

    let size: Int64
    private let read: Read

    package init(size: Int64, read: @escaping Read) {
        (self.size, self.read) = (size, read)
    }

    /// So many bytes from an offset on, or as many as there are.
    func bytes(_ count: Int, at offset: Int64) throws -> Part {
        guard (0..<size).contains(offset) else { return Part([]) }
        let count = Int(min(Int64(count), size - offset))
        let bytes = try [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
            try read(offset, UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<count])))
            done = count
        }
        return Part(bytes)
    }

    /// Bytes in which numbers are read.
    struct Part {
        let bytes: [UInt8]

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        /// The high byte first; nil when it is not all there.
        func big(_ count: Int, at offset: Int) -> Int? { number(bytes.dropFirst(offset).prefix(count), count) }
        /// The low byte first.
        func little(_ count: Int, at offset: Int) -> Int? {
            number(bytes.dropFirst(offset).prefix(count).reversed(), count)
        }

        func has(_ text: String, at offset: Int = 0) -> Bool { bytes.dropFirst(offset).starts(with: text.utf8) }

        private func number(_ digits: some Collection<UInt8>, _ count: Int) -> Int? {
            guard digits.count == count else { return nil }
            return Int(exactly: digits.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        }
    }
}
