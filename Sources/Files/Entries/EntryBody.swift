import Archives
import Blobs
import Hummingbird
import NIOCore
import NIOPosix

/// Sends an entry of an archive as the body of an answer. It is unpacked as fast as the client takes it, on a thread of
/// the pool, 256 KiB at a time.
struct EntryBody: Sendable {
    private static let sampleBytes = 65_536
    private static let chunkBytes = 262_144

    private let bytes: EntryBytes
    private let reader: BlobReader
    private let threads: NIOThreadPool

    /// - Parameter reader: of the archive; it is closed when the body is over.
    init(_ bytes: EntryBytes, _ reader: BlobReader, _ threads: NIOThreadPool) {
        (self.bytes, self.reader, self.threads) = (bytes, reader, threads)
    }

    /// The beginning, by which the type is known, and whether it is all. Blocks its thread.
    func sample() throws -> (ByteBuffer, isWhole: Bool) {
        (try Self.next(Self.sampleBytes, of: bytes), bytes.size <= Self.sampleBytes)
    }

    /// The sample and what follows. Should the rest be damaged, it breaks off, so that nobody takes it for the entry.
    func sending(after sample: ByteBuffer, isWhole: Bool) -> ResponseBody {
        if isWhole {
            reader.close()
            return ResponseBody(byteBuffer: sample)
        }
        return ResponseBody(contentLength: Int(bytes.size)) { [bytes, reader, threads] writer in
            defer { reader.close() }
            var part = sample
            while part.readableBytes > 0 {
                try await writer.write(part)
                part = try await threads.runIfActive { try Self.next(Self.chunkBytes, of: bytes) }
            }
            try await writer.finish(nil)
        }
    }

    private static func next(_ count: Int, of bytes: EntryBytes) throws -> ByteBuffer {
        var part = ByteBuffer()
        try part.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { room in
            try bytes.read(into: UnsafeMutableRawBufferPointer(rebasing: room[..<count]))
        }
        return part
    }
}
