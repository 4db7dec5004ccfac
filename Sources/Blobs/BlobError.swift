import Glibc

/// Everything that comes out of this module as an error.
///
/// `description` is a sentence that may be shown to a client: it names no path, no key and no errno. `logDescription`
/// is for the operator.
package enum BlobError: Error, Sendable, Equatable {
    /// The disk or the quota is full (ENOSPC, EDQUOT); what was being written is gone again.
    case storageFull
    /// Another process, or another store in this one, has the storage folder open; its process id if it left one.
    case locked(pid: Int32?)
    /// There are no bytes under this key: never published, or removed.
    case notFound(BlobKey)
    /// A publish found its fresh key taken. Invariant 3 says it cannot happen; nothing was overwritten.
    case keyTaken(BlobKey)
    /// The folder has a `STORE` file but no `blobs/`: a mount is missing, or a restore is half done.
    case missingLayout
    /// The `STORE` file is not one that this version writes.
    case foreignLayout
    /// The store, spool or reader was used after `close`, `finish` or `discard`, or the thread pool is shut down.
    case closed
    /// A system call failed in another way.
    case io(operation: String, errno: Int32)

    init(operation: String, errno code: Int32) {
        self = code == ENOSPC || code == EDQUOT ? .storageFull : .io(operation: operation, errno: code)
    }
}

extension BlobError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .storageFull: "The storage is full."
        case .locked: "The storage is in use by another process."
        case .notFound: "The stored bytes were not found."
        case .keyTaken: "The bytes could not be stored under a new key."
        case .missingLayout: "The storage folder is incomplete."
        case .foreignLayout: "The storage folder was made by another program or version."
        case .closed: "The storage is closed."
        case .io: "The storage could not be read or written."
        }
    }

    /// The same with what an operator needs: key, process id, system call and its error.
    package var logDescription: String {
        switch self {
        case .locked(let pid?): "\(description) Its process id is \(pid)."
        case .notFound(let key), .keyTaken(let key): "\(description) Key: \(key)."
        case .missingLayout: "\(description) There is a STORE file, but no blobs folder."
        case .foreignLayout: "\(description) The STORE file cannot be understood."
        case .io(let operation, let code): "\(description) \(operation): \(String(cString: strerror(code))) (\(code))."
        case .storageFull, .locked(nil), .closed: description
        }
    }
}
