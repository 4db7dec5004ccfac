import CZlib
import NIOCore
import Synchronization

/// Compresses the entries of an archive, one after the other (RFC 1951, without zlib's frame).
///
/// Holds some 270 KiB. Takes a few ms for each 256 KiB, so belongs on a thread of a pool.
package final class Deflater: Sendable {
    /// The fastest level: measured on logs it gives up a fifth of the size for three times the speed (docs/performance.md).
    private static let level: Int32 = 1

    /// zlib's state. Sendable because only the mutex below hands it out.
    private struct Stream: @unchecked Sendable {
        let pointer: UnsafeMutablePointer<z_stream>
    }

    private let stream: Mutex<Stream>

    package init() {
        let pointer = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        pointer.initialize(to: z_stream())
        // A negative window is zlib's word for "no frame". It fails only for want of memory.
        let size = Int32(MemoryLayout<z_stream>.size)
        let status = deflateInit2_(
            pointer,
            Self.level,
            Z_DEFLATED,
            -MAX_WBITS,
            8,
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            size
        )
        precondition(status == Z_OK, "zlib: \(status)")
        stream = Mutex(Stream(pointer: pointer))
    }

    deinit {
        stream.withLock { stream in
            deflateEnd(stream.pointer)
            stream.pointer.deallocate()
        }
    }

    /// The compressed form of the next bytes of an entry, as far as it is known yet; after the last ones all of it, and
    /// the next call begins another entry.
    package func deflate(_ bytes: ByteBuffer, isLast: Bool) -> ByteBuffer {
        stream.withLock { stream in
            var compressed = ByteBuffer()
            compressed.reserveCapacity(bytes.readableBytes / 2 + 64)
            bytes.withUnsafeReadableBytes { given in
                let start = given.baseAddress?.assumingMemoryBound(to: UInt8.self)
                stream.pointer.pointee.next_in = UnsafeMutablePointer(mutating: start)
                stream.pointer.pointee.avail_in = UInt32(given.count)
                var roomWasLeft = false
                while !roomWasLeft {
                    compressed.writeWithUnsafeMutableBytes(minimumWritableBytes: 4096) { room in
                        stream.pointer.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
                        stream.pointer.pointee.avail_out = UInt32(room.count)
                        CZlib.deflate(stream.pointer, isLast ? Z_FINISH : Z_NO_FLUSH)
                        roomWasLeft = stream.pointer.pointee.avail_out > 0
                        return room.count - Int(stream.pointer.pointee.avail_out)
                    }
                }
            }
            if isLast { deflateReset(stream.pointer) }
            return compressed
        }
    }
}
