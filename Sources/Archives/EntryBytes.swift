import CZlib
import Synchronization

/// The bytes of one entry, unpacked as they are asked for. They are as many as the archive says, and have its checksum
/// if it has one: the last of them are not given before that is known.
///
/// Safe from any thread; one call runs at a time, and may wait for the disk.
package final class EntryBytes: Sendable {
    /// What is read, and how far. Sendable because only the mutex below hands it out.
    private struct State: @unchecked Sendable {
        let source: any ByteSource
        var left: Int64
        var crc32: UInt = 0
    }

    package let size: Int64
    private let crc32: UInt32?
    private let state: Mutex<State>

    init(_ source: any ByteSource, of entry: ArchiveEntry) {
        size = entry.size
        crc32 = entry.crc32
        state = Mutex(State(source: source, left: entry.size))
    }

    /// Fills a buffer with the next bytes: all of it unless the end comes first.
    ///
    /// - Returns: how many bytes there were.
    /// - Throws: ``ArchiveError/damaged(_:)`` when they are not those that the archive promises; what reading throws.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        try state.withLock { state in
            let count = Int(min(Int64(buffer.count), state.left))
            var done = 0
            while done < count {
                let free = UnsafeMutableRawBufferPointer(rebasing: buffer[done..<count])
                let read = try state.source.read(into: free)
                if read == 0 { throw ArchiveError.damaged("The entry has fewer bytes than the archive says") }
                state.crc32 = crc32_z(state.crc32, free.baseAddress?.assumingMemoryBound(to: UInt8.self), read)
                done += read
            }
            state.left -= Int64(count)
            if count > 0, state.left == 0 { try check(state) }
            return count
        }
    }

    private func check(_ state: State) throws {
        guard let crc32 else { return }
        if UInt32(state.crc32) != crc32 { throw ArchiveError.damaged("The entry does not have its checksum") }
        var one: UInt8 = 0
        let more = try withUnsafeMutableBytes(of: &one) { try state.source.read(into: $0) }
        if more > 0 { throw ArchiveError.damaged("The entry has more bytes than the archive says") }
    }
}
