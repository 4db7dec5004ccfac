/// Bytes that are read one after another.
protocol ByteSource: AnyObject {
    /// Fills a part of a buffer, and says how much: nothing only at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int

    /// Passes over bytes.
    ///
    /// - Throws: ``ArchiveError/damaged(_:)`` when there are not so many.
    func skip(_ count: Int64) throws
}

extension ByteSource {
    /// The next bytes: so many, or all that are left.
    func next(_ count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
            let buffer = UnsafeMutableRawBufferPointer(buffer)
            while done < count {
                let read = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[done...]))
                if read == 0 { return }
                done += read
            }
        }
    }

    /// So many bytes.
    ///
    /// - Throws: ``ArchiveError/damaged(_:)`` when there are not so many.
    func exactly(_ count: Int) throws -> [UInt8] {
        let bytes = try next(count)
        guard bytes.count == count else { throw ArchiveError.cut }
        return bytes
    }
}

extension ArchiveError {
    static let cut = ArchiveError.damaged("The archive ends too early: it was cut")
}

/// A part of the archive as it is.
final class FilePart: ByteSource {
    private let file: Archive.Read
    private var left: Range<Int64>

    init(_ range: Range<Int64>, of file: @escaping Archive.Read) {
        (self.file, left) = (file, range)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = min(buffer.count, left.count)
        guard count > 0 else { return 0 }
        try file(left.lowerBound, UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
        left = left.lowerBound + Int64(count)..<left.upperBound
        return count
    }

    func skip(_ count: Int64) throws {
        guard count <= left.count else { throw ArchiveError.cut }
        left = left.lowerBound + count..<left.upperBound
    }
}
