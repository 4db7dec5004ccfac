import CZlib
import NIOCore
import Testing
import Zip

@Suite("The parts of an archive")
struct ZipWriterTests {
    private static func entry(_ name: String, size: Int64, _ method: ZipEntry.Method = .stored) -> ZipEntry {
        ZipEntry(name: name, size: size, crc32: 0x1234_5678, modified: 1_795_000_000, method: method)
    }

    /// The bytes that are written around the files, and how many bytes the whole would have.
    private static func write(_ entries: [ZipEntry]) async -> (parts: ByteBuffer, length: Int64) {
        var (zip, parts, length) = (ZipWriter(), ByteBuffer(), Int64(0))
        for entry in entries {
            parts.writeImmutableBuffer(zip.begin(entry))
            parts.writeImmutableBuffer(zip.end(compressedSize: entry.size))
            length += entry.size
        }
        await zip.finish { part in parts.writeImmutableBuffer(part) }
        return (parts, length + Int64(parts.readableBytes))
    }

    @Test("The length of stored entries is known before the first byte, on both sides of every limit of Zip64")
    func length() async {
        let limit = Int64(UInt32.max)
        let sizes: [[Int64]] = [
            [], [0], [1, 2, 3], [limit - 1], [limit], [limit + 1, 5], [limit - 200, 100, 7],
            [limit / 2, limit / 2, 9, 9],
            [limit - 1, limit - 1, limit * 3, 0], Array(repeating: 3, count: 65_534),
            Array(repeating: 3, count: 65_536),
        ]
        for sizes in sizes {
            let entries = sizes.enumerated().map { Self.entry("ü\($0)", size: $1) }
            let written = await Self.write(entries)
            #expect(ZipWriter.length(ofStored: entries) == written.length)
        }
    }

    @Test("A stored entry has its numbers before its bytes and nothing after them")
    func stored() {
        var zip = ZipWriter()
        let header = zip.begin(Self.entry("a", size: 5))
        #expect(header.getInteger(at: 0, endianness: .little, as: UInt32.self) == 0x0403_4b50)
        #expect(header.getInteger(at: 6, endianness: .little, as: UInt16.self) == 1 << 11)
        #expect(header.getInteger(at: 14, endianness: .little, as: UInt32.self) == 0x1234_5678)
        #expect(header.getInteger(at: 18, endianness: .little, as: UInt32.self) == 5)
        #expect(zip.end(compressedSize: 5).readableBytes == 0)
    }

    @Test("A deflated entry says that its numbers follow, in 64 bits when it is large")
    func descriptor() {
        var zip = ZipWriter()
        let header = zip.begin(Self.entry("a", size: 5, .deflated))
        #expect(header.getInteger(at: 6, endianness: .little, as: UInt16.self) == 1 << 11 | 1 << 3)
        #expect(zip.end(compressedSize: 4).readableBytes == 16)
        _ = zip.begin(Self.entry("b", size: Int64(UInt32.max) - 100, .deflated))
        #expect(zip.end(compressedSize: 9).readableBytes == 24)
    }

    @Test("What is deflated comes back as it was, however it was cut, entry after entry")
    func deflating() {
        let deflater = Deflater()
        for length in [0, 1, 1000, 100_000] {
            let random = (0..<length).map { _ in UInt8.random(in: 0...255) }
            for bytes in [random, Array(repeating: 7, count: length), random.map { $0 & 3 }] {
                var (compressed, rest) = (ByteBuffer(), bytes[...])
                while !rest.isEmpty {
                    let piece = rest.prefix(Int.random(in: 1...30_000))
                    rest = rest.dropFirst(piece.count)
                    compressed.writeImmutableBuffer(deflater.deflate(ByteBuffer(bytes: piece), isLast: false))
                }
                compressed.writeImmutableBuffer(deflater.deflate(ByteBuffer(), isLast: true))
                #expect(Self.inflate(Array(buffer: compressed), to: length) == bytes)
            }
        }
    }

    private static func inflate(_ compressed: [UInt8], to length: Int) -> [UInt8]? {
        var (stream, compressed) = (z_stream(), compressed)
        var bytes = [UInt8](repeating: 0, count: length + 1)
        inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        defer { inflateEnd(&stream) }
        return compressed.withUnsafeMutableBufferPointer { given in
            bytes.withUnsafeMutableBufferPointer { room in
                (stream.next_in, stream.avail_in) = (given.baseAddress, UInt32(given.count))
                (stream.next_out, stream.avail_out) = (room.baseAddress, UInt32(room.count))
                guard CZlib.inflate(&stream, Z_FINISH) == Z_STREAM_END, stream.avail_in == 0 else { return nil }
                return Array(room.prefix(Int(stream.total_out)))
            }
        }
    }
}
