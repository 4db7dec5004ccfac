import Glibc

/// Every error that this module throws.
///
/// `description` is a sentence that may be shown to a client: it names no path, no key and no errno. `logDescription`
/// is for the operator.
package enum BlobError: Error, Sendable, Equatable {
    /// The disk or the quota is full (ENOSPC, EDQUOT). What was being written has been removed again.
    case storageFull
    /// Another process, or another store in this process, has the storage folder open. `pid` is nil if it left none.
    case locked(pid: Int32?)
    /// There are no bytes under this key: it was never published, or it has been removed.
    case notFound(BlobKey)
    /// The bytes under this key are not those of its digest.
    case otherBytes(BlobKey)
    /// The bucket could not be asked, or refused. It passes, or the operator has to mend it.
    case unreachable(reason: String)
    /// A publish found its fresh key taken. Invariant 3 says that this cannot happen. Nothing was overwritten.
    case keyTaken(BlobKey)
    /// The folder has a `STORE` file but no `blobs/`: a mount is missing, or a restore is only half done.
    case missingLayout
    /// This version did not write the `STORE` file and cannot read it.
    case foreignLayout
    /// A restore into the folder was begun and not finished.
    case unfinishedRestore
    /// The store, spool or reader was used after `close`, `finish` or `discard`, or the thread pool has been shut down.
    case closed
    /// The process or the system has no descriptor left (EMFILE, ENFILE). It passes when others close theirs.
    case tooManyOpenFiles(operation: String)
    /// A system call failed for any other reason.
    case io(operation: String, errno: Int32)

    init(operation: String, errno code: Int32) {
        self =
            switch code {
            case ENOSPC, EDQUOT: .storageFull
            case EMFILE, ENFILE: .tooManyOpenFiles(operation: operation)
            default: .io(operation: operation, errno: code)
            }
    }

    /// Whether a file could not be read because of what it is on the disk, so that the next try fails too. What is
    /// wrong with rights, memory or a mount passes, and says nothing about the bytes.
    package var isUnreadable: Bool {
        guard case .io(_, let code) = self else { return false }
        // The disk or its file system is damaged; a folder or a link is where the file should be.
        return [EIO, EUCLEAN, EISDIR, ELOOP].contains(code)
    }
}

extension BlobError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .storageFull: "The storage is full."
        case .locked: "The storage is in use by another process."
        case .notFound: "The stored bytes were not found."
        case .otherBytes: "The stored bytes are damaged."
        case .unreachable: "The object store cannot be used at the moment."
        case .keyTaken: "The bytes could not be stored under a new key."
        case .missingLayout: "The storage folder is incomplete."
        case .foreignLayout: "The storage folder was made by another program or version."
        case .unfinishedRestore: "A restore into the storage folder is not finished. Run the same placet restore again."
        case .closed: "The storage is closed."
        case .tooManyOpenFiles: "The server has too many files and connections open."
        case .io: "The storage could not be read or written."
        }
    }

    /// `description` plus what an operator needs: key, process id, system call and its error.
    package var logDescription: String {
        switch self {
        case .locked(let pid?): "\(description) Its process id is \(pid)."
        case .notFound(let key), .keyTaken(let key), .otherBytes(let key): "\(description) Key: \(key)."
        case .missingLayout: "\(description) There is a STORE file, but no blobs folder."
        case .foreignLayout: "\(description) The STORE file cannot be understood."
        case .unreachable(let reason): "\(description) \(reason)"
        case .io(let operation, let code): "\(description) \(operation): \(String(cString: strerror(code))) (\(code))."
        case .tooManyOpenFiles(let operation): "Too many open files (ulimit -n): \(operation)."
        case .storageFull, .locked(nil), .unfinishedRestore, .closed: description
        }
    }
}
