import Glibc
import NIOPosix

/// Makes a system call, again if a signal interrupts it. A negative result becomes a `BlobError` named `operation`.
@discardableResult
func check<Result: FixedWidthInteger & SignedInteger>(
    _ operation: String,
    _ call: () -> Result
) throws(BlobError) -> Result {
    while true {
        let result = call()
        if result >= 0 { return result }
        let code = errno
        if code != EINTR { throw BlobError(operation: operation, errno: code) }
    }
}

/// Makes a system call that may fail in one expected way, and returns whether it succeeded.
func check(_ operation: String, unless expected: Int32, _ call: () -> Int32) throws(BlobError) -> Bool {
    do throws(BlobError) {
        try check(operation, call)
        return true
    } catch .io(operation, expected) {
        return false
    }
}

/// An open file or directory, closed when it goes out of scope. Everything is opened with close-on-exec.
struct Descriptor: ~Copyable, Sendable {
    let raw: Int32

    init(_ name: String, in directory: Int32, _ flags: Int32, mode: mode_t = 0) throws(BlobError) {
        raw = try check("open") { openat(directory, name, flags | O_CLOEXEC, mode) }
    }

    init(owning raw: Int32) { self.raw = raw }

    deinit { close(raw) }

    /// Hands the descriptor to another owner.
    consuming func release() -> Int32 {
        let raw = raw
        discard self
        return raw
    }

    /// Writes all of `bytes` at `offset`.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(BlobError) {
        var done = 0
        while done < bytes.count {
            done += try check("write") {
                pwrite(raw, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset) + done)
            }
        }
    }

    /// Reads at most `limit` bytes from the start; for the small files of the layout.
    func text(limit: Int = 256) throws(BlobError) -> String {
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = try check("read") { pread(raw, &bytes, limit, 0) }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    /// Waits until the file, or the names in the directory, survive power loss.
    func sync() throws(BlobError) {
        try check("fsync") { fsync(raw) }
    }

    /// Whether there is a file of that length.
    static func exists(_ name: String, in directory: Int32, size: Int64) throws(BlobError) -> Bool {
        var status = Glibc.stat()
        let found = try check("stat", unless: ENOENT) { fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) }
        return found && Int64(status.st_size) == size
    }

    /// The names in a directory, in no particular order, without those that start with a dot.
    static func names(in directory: Int32, _ path: String) throws(BlobError) -> [String] {
        let descriptor = try check("open") { openat(directory, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard let stream = fdopendir(descriptor) else {
            defer { close(descriptor) }
            throw BlobError(operation: "fdopendir", errno: errno)
        }
        defer { closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                String(cString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
            }
            if !name.hasPrefix(".") { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw BlobError(operation: "readdir", errno: errno) }
        return names
    }
}

extension NIOThreadPool {
    /// Runs blocking work on the pool.
    ///
    /// Unlike `runIfActive` it ignores task cancellation: a cancelled request must still be able to clean up, and a
    /// publish that has begun is better finished than abandoned half-way.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(BlobError) -> Value
    ) async throws(BlobError) -> Value {
        let result: Result<Value, BlobError> = await withCheckedContinuation { continuation in
            submit { state in
                guard case .active = state else { return continuation.resume(returning: .failure(.closed)) }
                continuation.resume(returning: Result(catching: body))
            }
        }
        return try result.get()
    }
}
