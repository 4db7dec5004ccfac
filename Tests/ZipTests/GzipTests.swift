import CZlib
import NIOCore
import Testing
import Zip

@Suite("Gzip")
struct GzipTests {
    @Test("what is compressed is a gzip file of the same bytes", arguments: [0, 1, 300_000])
    func roundTrip(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let file = gzip(ByteBuffer(bytes: bytes))
        #expect(Array(file.readableBytesView.prefix(2)) == [0x1F, 0x8B])
        #expect(Self.gunzip(file, room: count + 1) == bytes)
    }

    /// By zlib's own reader, which also compares length and checksum.
    private static func gunzip(_ file: ByteBuffer, room: Int) -> [UInt8]? {
        var stream = z_stream()
        guard inflateInit2_(&stream, MAX_WBITS + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { return nil }
        defer { inflateEnd(&stream) }
        var (given, found) = (Array(file.readableBytesView), [UInt8](repeating: 0, count: room))
        let status = given.withUnsafeMutableBufferPointer { input in
            found.withUnsafeMutableBufferPointer { output in
                (stream.next_in, stream.avail_in) = (input.baseAddress, UInt32(input.count))
                (stream.next_out, stream.avail_out) = (output.baseAddress, UInt32(output.count))
                return inflate(&stream, Z_FINISH)
            }
        }
        return status == Z_STREAM_END ? Array(found.prefix(Int(stream.total_out))) : nil
    }
}
