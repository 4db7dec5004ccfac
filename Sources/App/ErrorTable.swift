import API
import Blobs
import HTTP
import HTTPTypes
import Index
import Multipart
import Store

/// What the errors of the store and the shelves mean to a client. Nil for those that only a defect or a broken disk
/// explains: `ErrorMiddleware` answers 500 and logs them.
///
/// It stands here because only `App` sees all the modules that throw. The status codes are part of the wire
/// (docs/api.md); 507 is RFC 4918 section 11.5.
func translate(_ error: any Error) -> APIError? {
    switch error {
    case let error as MultipartError:
        APIError(error == .notMultipart ? .unsupportedMediaType : .badRequest, error.description)
    case let error as StoreError:
        translate(error)
    case IndexError.notOwned:
        .notYourAgent
    case IndexError.noSuchAgent:
        .agentNotFound
    case IndexError.invalidKey:
        .invalidAPIKey
    case IndexError.notSignedIn:
        .notSignedIn
    case IndexError.passwordMustChange:
        .passwordMustChange
    case IndexError.ownersOnly:
        .ownersOnly
    case IndexError.passwordNeeded:
        .passwordNeeded
    case IndexError.frozen(let id):
        APIError(
            .conflict,
            "The question in message \(id) is answered or has expired, so its text and files stay as they are; "
                + "send a new message, or delete this one"
        )
    case BlobError.storageFull, IndexError.full:
        APIError(.insufficientStorage, "The storage is full; nothing was stored")
    case let error as IndexError where error == .fullAtCommit:
        APIError(.insufficientStorage, "The storage is full; look whether the file was stored before sending it again")
    case IndexError.reserveReached:
        .almostFull
    case IndexError.filesReplaced:
        APIError(
            .serviceUnavailable,
            "The index was removed or replaced while the server runs; the operator has to restore it and restart",
            cause: "index.sqlite, or the -wal or -shm beside it, is not the file that was opened"
        )
    case IndexError.busy:
        APIError(
            .serviceUnavailable,
            "The index cannot be written at the moment, and nothing was stored; send the request again in a few seconds",
            headers: [.retryAfter: "5"],
            cause: "another program has the write lock of the index"
        )
    case IndexError.moved(let place):
        APIError(
            .serviceUnavailable,
            "This store was moved, and nothing was stored; the operator has to start the server with its new settings",
            headers: [.retryAfter: "30"],
            cause: "the store was moved: it is now at \(place)"
        )
    case IndexError.readOnly:
        APIError(.serviceUnavailable, "The storage cannot be written at the moment")
    case IndexError.unavailable:
        APIError(
            .serviceUnavailable,
            "The database cannot be reached at the moment; nothing was stored, send the request again in a few seconds",
            headers: [.retryAfter: "5"],
            cause: "PostgreSQL cannot be reached, or ended the connection, or took too long"
        )
    case IndexError.unknownOutcome:
        APIError(
            .serviceUnavailable,
            "The connection to the database was lost; look whether it was stored before sending it again",
            headers: [.retryAfter: "5"],
            cause: "the connection to PostgreSQL was lost at a commit, and it could not be asked what became of it"
        )
    case BlobError.closed, IndexError.closed:
        APIError(.serviceUnavailable, "The server is stopping; send the request again")
    case BlobError.unreachable(let reason):
        APIError(
            .serviceUnavailable,
            "The object store with the files cannot be used at the moment, and nothing was stored or changed; "
                + "send the request again in a few seconds",
            headers: [.retryAfter: "5"],
            cause: reason
        )
    case let error as BlobError:
        translate(error)
    case let error as IndexError where error.isCannotOpen:
        tooManyOpenFiles("SQLite cannot open its files, most likely for too many open files (ulimit -n): \(error)")
    default:
        nil
    }
}

extension APIError {
    /// The figures are those of the caller's own channel or user. How much all users have is not told to one of them.
    fileprivate init(quota refusal: QuotaRefusal) {
        let (whose, remedy) =
            switch refusal.whose {
            case .channel: ("This channel's quota", "delete files in it, or have its quota raised")
            case .user: ("The quota of all your channels", "delete files, or ask an owner to raise it")
            case .all: ("The quota of this server", "it has to be raised by the operator, or files be deleted")
            }
        let figures = [
            "used": refusal.used, "reserved": refusal.reserved, "limit": refusal.limit, "needed": refusal.needed,
        ]
        self.init(
            .insufficientStorage,
            "\(whose) is used up, and nothing was stored; \(remedy)",
            figures: refusal.whose == .all ? [:] : figures
        )
    }

    fileprivate static let almostFull = APIError(
        .insufficientStorage,
        "There is not enough space left, and nothing was stored; delete what is not needed any more"
    )
}

private func translate(_ error: BlobError) -> APIError? {
    guard case .tooManyOpenFiles = error else { return nil }
    return tooManyOpenFiles(error.logDescription)
}

private func tooManyOpenFiles(_ cause: String) -> APIError {
    let message = "The server has too many files and connections open; send the request again in a few seconds"
    return APIError(.serviceUnavailable, message, headers: [.retryAfter: "5"], cause: cause)
}

extension IndexError {
    /// SQLITE_CANTOPEN and its extended codes.
    fileprivate var isCannotOpen: Bool {
        if case .failure(let code) = self { code & 0xff == 14 } else { false }
    }
}

private func whyNoUndo(of run: CollectionRun) -> String {
    if run.undoneAt != nil { return "This run has been undone, and nothing of it is left to be brought back" }
    guard run.undoUntil != nil else {
        return "This run was asked for without grace, so its bytes went at once and nothing can be brought back"
    }
    return "The time to undo this run is over: its bytes are gone"
}

/// Damage is the operator's concern. The client learns only that the server failed.
private func translate(_ error: StoreError) -> APIError? {
    switch error {
    case .fileTooLarge(let limit):
        APIError(.contentTooLarge, "The file is larger than the limit of \(limit) bytes; nothing was stored")
    case .noSpaceLeft:
        .almostFull
    case .quotaReached(let refusal):
        APIError(quota: refusal)
    case .keyUsedOtherwise:
        APIError(
            .unprocessableContent,
            "This Idempotency-Key was used for another upload; nothing was stored. Send each upload with a key of its own"
        )
    case .deletedSince:
        APIError(
            .conflict,
            "The file stored with this Idempotency-Key has been deleted; nothing was stored. To store it again, use another key"
        )
    case .tooManyUploads(let most):
        APIError(
            .conflict,
            "You have \(most) uploads that are not complete, and may have no more; complete some or give them up (DELETE)"
        )
    case .uploadHasMovedOn(let received):
        APIError(
            .conflict,
            "Upload-Offset must be \(received), which is how much is here; go on from there",
            headers: [HTTPField.Name("Upload-Offset")!: "\(received)"]
        )
    case .uploadIsBusy:
        APIError(
            HTTPResponse.Status(code: 423, reasonPhrase: "Locked"),
            "Another request writes to this upload; ask with HEAD how far it is, and go on from there"
        )
    case .uploadHasEnded:
        APIError(.notFound, "This upload has ended; ask with HEAD what became of it, or begin another")
    case .planHasChanged:
        APIError(
            .conflict,
            "The plan has changed since, or another has applied it; nothing was removed. Make a new plan"
        )
    case .collectionUnderWay:
        APIError(
            .conflict,
            "A collection or an undo is under way, and this request changed nothing; wait until it has ended"
        )
    case .runIsOver:
        APIError(
            .conflict,
            "This run does not go on: it was undone, or is too old, or was begun in another way. Nothing was removed. "
                + "Send the request without \"run\""
        )
    case .noSuchRun:
        APIError(.notFound, "There is no such run of the collector; the last \(CollectionRun.kept) are kept")
    case .cannotUndo(let run):
        APIError(.conflict, whyNoUndo(of: run))
    case .takesMost(let bytes, let stored):
        APIError(
            .conflict,
            "This would take \(bytes) of \(stored) stored bytes, so nothing was removed. Make a plan and read it, then "
                + "apply it by its id (placet gc plan, placet gc apply)"
        )
    case .indexIsMissing:
        APIError(
            .conflict,
            "The index has no contents, but the storage folder has files, so nothing was removed. Restore the index that "
                + "belongs to them"
        )
    case .damagedRecord, .damagedFile, .bucketOfAnother, .bucketIsClaimed, .bucketIsNotOurs, .bytesAreOnDisk,
        .bytesAreInBucket, .indexIsElsewhere:
        nil
    }
}
