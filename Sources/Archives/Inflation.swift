import CZlib

/// What deflated bytes are when they are unpacked. Holds some 100 KiB.
final class Inflation: ByteSource {
    enum Frame {
        /// As in a zip archive (RFC 1951).
        case none
        /// One member after another, as gzip concatenates them (RFC 1952). What follows the last is not looked at.
        case gzip
    }

    private static let pieceBytes = 65_536
    /// So many bytes that unpack to nothing are read on end. An honest packer writes none.
    private static let mostIdleBytes = 1 << 20

    private let source: any ByteSource
    private let frame: Frame
    /// What may be unpacked; nil when whoever reads knows how much he wants.
    var budget: Budget?
    // zlib keeps the address of its state.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceBytes, alignment: 64)
    private lazy var skipped = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceBytes, alignment: 64)
    private var hasSkipped = false
    private var isMemberOver = false
    private var idleBytes = 0

    init(_ source: any ByteSource, _ frame: Frame, budget: Budget? = nil) {
        (self.source, self.frame, self.budget) = (source, frame, budget)
        stream.initialize(to: z_stream())
        let window = frame == .gzip ? MAX_WBITS + 16 : -MAX_WBITS
        let status = inflateInit2_(stream, window, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        // It can fail only for lack of memory.
        precondition(status == Z_OK, "zlib: \(status)")
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        input.deallocate()
        if hasSkipped { skipped.deallocate() }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard !buffer.isEmpty else { return 0 }
        while try !isMemberOver || beginsAnother() {
            stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(buffer.count)
            let hasInput = try stream.pointee.avail_in > 0 || readInput()
            switch inflate(stream, Z_NO_FLUSH) {
            case Z_OK: break
            case Z_STREAM_END: isMemberOver = true
            case Z_BUF_ERROR where hasInput: break
            case Z_BUF_ERROR: throw ArchiveError.cut
            default: throw ArchiveError.damaged("The compressed bytes are damaged")
            }
            let count = buffer.count - Int(stream.pointee.avail_out)
            try budget?.spend(count)
            if count > 0 {
                idleBytes = 0
                return count
            }
        }
        return 0
    }

    func skip(_ count: Int64) throws {
        hasSkipped = true
        var left = count
        while left > 0 {
            let most = Int(min(left, Int64(skipped.count)))
            let read = try read(into: UnsafeMutableRawBufferPointer(rebasing: skipped[..<most]))
            if read == 0 { throw ArchiveError.cut }
            left -= Int64(read)
        }
    }

    /// False at the end of the source.
    private func readInput() throws -> Bool {
        let count = try source.read(into: input)
        stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(count)
        idleBytes += count
        if idleBytes > Self.mostIdleBytes { throw ArchiveError.damaged("The compressed bytes unpack to nothing") }
        return count > 0
    }

    private func beginsAnother() throws -> Bool {
        guard frame == .gzip, try stream.pointee.avail_in > 0 || readInput(), stream.pointee.next_in.pointee == 0x1F
        else { return false }
        inflateReset(stream)
        isMemberOver = false
        return true
    }
}

/// How much may be unpacked, and how long it may take.
final class Budget {
    private var bytes: Int
    private let isOver: () -> Bool

    init(bytes: Int, until isOver: @escaping () -> Bool) {
        (self.bytes, self.isOver) = (bytes, isOver)
    }

    /// - Throws: ``ArchiveError/tooManyBytes``, ``ArchiveError/outOfTime``.
    func spend(_ count: Int) throws(ArchiveError) {
        bytes -= count
        if bytes < 0 { throw .tooManyBytes }
        if isOver() { throw .outOfTime }
    }
}
