import Glibc
import NIOCore
import Synchronization

// Together with DiskBlobStore.swift this file guards invariants 1, 2, 3 and 7 (numbered there). The table shows what is
// on disk after each step of a publish. A crash or power loss between two steps leaves nothing worse than garbage that
// will be found:
//
//     step                     incoming/          blobs/ab/     a crash here leaves
//     ------------------------------------------------------------------------------------------------------
//     (spooling)               session.token      -             a spool: swept
//     1  flush                 session.token      -             a spool: swept
//     2  rename                session.key        -             a spool that names its key: swept
//     3  link                  session.key        key           bytes without a row: the sweep finds them by 2
//     4  flush of the name     session.key        key, durable  the same
//     (the index commits)      session.key        key + row     the sweep sees the row and keeps the bytes
//     5  unlink                -                  key + row     the normal state
//
// A file alone is flushed by fdatasync, and its name by fsync of blobs/ab. For several at a time, each step is taken for
// all of them before the next one, and both flushes are a syncfs (`PublishQueue`).
//
// Bytes short enough to wait in memory are written under `session.key` from the start: steps 1 and 2 are then one
// create, write and flush. If the index already has the digest, the disk is never touched. Nothing waits for names in
// `incoming/` to be durable: a file system that loses step 2 but keeps step 3 leaves garbage without an entry, which a
// check of the whole store finds (invariant 2).

/// The file of one spool in `incoming/`, made when there is something to write.
///
/// All methods block: call them on the thread pool, from one task at a time. The mutex is there for the compiler, and
/// keeps the file safe if somebody breaks that rule.
final class IncomingFile: Sendable {
    private struct State: ~Copyable {
        /// Open from the first write until the bytes are durable.
        var descriptor: Descriptor?
        var size: Int64 = 0
        /// Our entries in `incoming/`: none, the spool, or one for each key under which it was published.
        var names: [IncomingName] = []
        /// Whether it was ever linked into `blobs/`.
        var isLinked = false
        /// Why it can no longer be used.
        var failure: BlobError?
    }

    let directory: StoreDirectory
    private let state = Mutex(State())

    init(in directory: StoreDirectory) {
        self.directory = directory
    }

    /// Gives a file in `incoming/` a second name, that of a spool with these bytes.
    init(in directory: StoreDirectory, linking name: String) throws(BlobError) {
        self.directory = directory
        let (spool, incoming) = (IncomingName(session: directory.session), directory.incoming.raw)
        try check("link") { linkat(incoming, name, incoming, spool.description, 0) }
        try state.withLock { (state) throws(BlobError) in
            state.names = [spool]
            state.descriptor = try Descriptor(spool.description, in: incoming, O_RDONLY | O_NOFOLLOW)
        }
        try check("chmod") { fchmodat(incoming, spool.description, 0o440, 0) }
    }

    /// Reads bytes of a file that was linked; none at the end.
    func read(at offset: Int64, count: Int) throws(BlobError) -> ByteBuffer {
        var bytes = [UInt8](repeating: 0, count: count)
        try use { (state) throws(BlobError) in
            guard let raw = state.descriptor?.raw else { throw .closed }
            let read = try check("read") { pread(raw, &bytes, count, off_t(offset)) }
            bytes.removeLast(count - read)
        }
        return ByteBuffer(bytes: bytes)
    }

    /// A spool that was dropped before it was published, for example by a cancelled request, goes with its last user. A
    /// published one stays for the next sweep, because only the index knows whether its row was committed.
    deinit {
        state.withLock { state in
            if !state.isLinked { Self.removeEntries(&state, in: directory) }
        }
    }

    /// Adds bytes at the end. After an error nothing is left on disk, and every later call fails the same way.
    func append(_ bytes: ByteBuffer) throws(BlobError) {
        try use { (state) throws(BlobError) in
            if state.names.isEmpty { try create(IncomingName(session: directory.session), &state) }
            try write(bytes, &state)
        }
        FaultPoint.reached(.spooled)
    }

    /// Takes steps 1 to 4. `content` is the whole content if nothing was appended. May be called again with another
    /// key.
    ///
    /// An error takes back what was made, and every later call fails the same way. Only entries that name a linked key
    /// wait for `discard`, so that a crash before the caller has removed that key forgets nothing. There is no second
    /// try: after a failed flush the kernel may have dropped the pages and marked them clean, and a second flush would
    /// then report success for bytes that are not there.
    func publish(_ content: ByteBuffer?, as key: BlobKey) throws(BlobError) {
        try write(content, for: key)
        try flush()
        try link(as: key)
        try flushName(of: key)
    }

    /// Writes the content, unless it was appended. The next step is a flush.
    func write(_ content: ByteBuffer?, for key: BlobKey) throws(BlobError) {
        try use { (state) throws(BlobError) in
            guard state.names.isEmpty else { return }
            try create(IncomingName(session: directory.session, key: key), &state)
            try write(content ?? ByteBuffer(), &state)
        }
    }

    /// Step 1. Durable bytes no longer need their descriptor.
    ///
    /// - Parameter shared: how a flush of everything has ended; nil when there was none.
    func flush(_ shared: Result<Void, BlobError>? = nil) throws(BlobError) {
        try use { (state) throws(BlobError) in
            guard let raw = state.descriptor?.raw else { return }
            if let shared { try shared.get() } else { try check("fdatasync") { fdatasync(raw) } }
            state.descriptor = nil
            FaultPoint.reached(.flushed)
        }
    }

    /// Steps 2 and 3. The next step is a flush of the name.
    func link(as key: BlobKey) throws(BlobError) {
        try use { (state) throws(BlobError) in
            let name = IncomingName(session: directory.session, key: key)
            try carryKey(name, &state)
            FaultPoint.reached(.named)
            try link(name, as: key)
            FaultPoint.reached(.linked)
            state.isLinked = true
        }
    }

    /// Step 4. Takes the link back when the flush fails.
    ///
    /// - Parameter shared: how a flush of everything has ended; nil when there was none.
    func flushName(of key: BlobKey, _ shared: Result<Void, BlobError>? = nil) throws(BlobError) {
        try use { (_) throws(BlobError) in
            do throws(BlobError) {
                if let shared { try shared.get() } else { try directory.syncDirectory(of: key) }
            } catch {
                _ = try? directory.removeBlob(key)
                throw error
            }
            FaultPoint.reached(.folderFlushed)
        }
    }

    /// Step 5, or the end of an unwanted spool; idempotent.
    func discard() {
        state.withLock { state in
            Self.removeEntries(&state, in: directory)
            state.failure = .closed
        }
        FaultPoint.reached(.unlinked)
    }

    /// Opens the spool to be sent somewhere. It stays where it is.
    func reading() throws(BlobError) -> S3File {
        let name = try state.withLock { (state) throws(BlobError) in
            if let failure = state.failure { throw failure }
            guard let name = state.names.last else { throw .closed }
            return name.description
        }
        let file = try Descriptor(name, in: directory.incoming.raw, O_RDONLY | O_NOFOLLOW)
        return try S3File(sharing: file.raw)
    }

    /// Whether it was ever linked into `blobs/`.
    var isPublished: Bool { state.withLock { $0.isLinked } }

    /// Whether there is anything to unlink.
    var isOnDisk: Bool { state.withLock { !$0.names.isEmpty } }

    private func use(_ body: (inout State) throws(BlobError) -> Void) throws(BlobError) {
        try state.withLock { (state) throws(BlobError) in
            if let failure = state.failure { throw failure }
            do throws(BlobError) {
                try body(&state)
            } catch {
                if !state.isLinked { Self.removeEntries(&state, in: directory) }
                state.failure = error
                throw error
            }
        }
    }

    private static func removeEntries(_ state: inout State, in directory: StoreDirectory) {
        // Best effort: the next start sweeps what cannot be unlinked now.
        for name in state.names { try? directory.removeIncoming(name.description) }
        state.names = []
        state.descriptor = nil
    }
}

extension IncomingFile {
    /// Read-only for everybody from the start: this descriptor is the only one that ever writes (invariant 3).
    private func create(_ name: IncomingName, _ state: inout State) throws(BlobError) {
        let flags = O_WRONLY | O_CREAT | O_EXCL
        state.descriptor = try Descriptor(name.description, in: directory.incoming.raw, flags, mode: 0o440)
        state.names = [name]
    }

    private func write(_ bytes: ByteBuffer, _ state: inout State) throws(BlobError) {
        var written: Result<Void, BlobError> = .success(())
        bytes.withUnsafeReadableBytes { pointer in
            written = Result { () throws(BlobError) in try state.descriptor?.write(pointer, at: state.size) }
        }
        try written.get()
        let end = state.size + Int64(bytes.readableBytes)
        if let raw = state.descriptor?.raw { Self.startWriteback(raw, of: state.size..<end) }
        state.size = end
    }

    /// Makes the kernel start writing every 8 MiB while more bytes arrive, when `added` completes them. Flushing a GiB
    /// then takes about 10 ms instead of 300 to 700, during which everybody else's flush would wait (measured; the
    /// whole upload becomes a tenth faster).
    ///
    /// On Linux POSIX_FADV_DONTNEED does this, and keeps the pages cached because they are being written (measured
    /// too). sync_file_range(2) would say it better, but Swift's Glibc does not offer it. This is only a hint, so the
    /// result is ignored.
    private static func startWriteback(_ descriptor: Int32, of added: Range<Int64>) {
        let window: Int64 = 8_388_608
        let end = added.upperBound / window * window
        guard end > added.lowerBound else { return }
        _ = posix_fadvise(descriptor, off_t(end - window), off_t(window), POSIX_FADV_DONTNEED)
    }

    /// The first key renames the spool. Each further key gets its own entry, so that a crash forgets neither.
    private func carryKey(_ name: IncomingName, _ state: inout State) throws(BlobError) {
        let incoming = directory.incoming.raw
        guard let current = state.names.last, current.description != name.description else { return }
        if current.key == nil {
            try check("rename") { renameat(incoming, current.description, incoming, name.description) }
            state.names = [name]
        } else {
            try check("link") { linkat(incoming, current.description, incoming, name.description, 0) }
            state.names.append(name)
        }
    }

    /// link(2) never replaces, so a taken key stays as it is (invariant 3).
    private func link(_ name: IncomingName, as key: BlobKey) throws(BlobError) {
        let linked = try check("link", unless: EEXIST) {
            linkat(directory.incoming.raw, name.description, directory.blobs.raw, key.description, 0)
        }
        guard linked else { throw .keyTaken(key) }
    }
}
