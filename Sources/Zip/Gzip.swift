import CZlib
import NIOCore

/// The bytes as a gzip file (RFC 1952), as small as zlib makes them. Takes some 30 ms for each MiB: for what is
/// compressed once and sent often.
package func gzip(_ bytes: ByteBuffer) -> ByteBuffer {
    var stream = z_stream()
    // 16 more than the window asks for gzip's frame. The call can fail only for lack of memory.
    let size = Int32(MemoryLayout<z_stream>.size)
    let status = deflateInit2_(
        &stream,
        Z_BEST_COMPRESSION,
        Z_DEFLATED,
        MAX_WBITS + 16,
        8,
        Z_DEFAULT_STRATEGY,
        ZLIB_VERSION,
        size
    )
    precondition(status == Z_OK, "zlib: \(status)")
    defer { deflateEnd(&stream) }
    var compressed = ByteBuffer()
    bytes.withUnsafeReadableBytes { given in
        let start = given.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.next_in = UnsafeMutablePointer(mutating: start)
        stream.avail_in = UInt32(given.count)
        let bound = Int(deflateBound(&stream, UInt(given.count)))
        compressed.writeWithUnsafeMutableBytes(minimumWritableBytes: bound) { room in
            stream.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.avail_out = UInt32(room.count)
            let status = deflate(&stream, Z_FINISH)
            precondition(status == Z_STREAM_END, "zlib: \(status)")
            return room.count - Int(stream.avail_out)
        }
    }
    return compressed
}
