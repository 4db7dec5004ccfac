/// Why an S3 service did not do what it was asked. Besides, a request whose task is cancelled throws
/// `CancellationError`.
package enum S3Error: Error, Sendable, Equatable {
    /// The service answered with an error. `code` is S3's name for it, empty when there was none.
    case refused(status: Int, code: String, message: String)
    /// The service could not be reached, hung up, or was silent for too long.
    case unreachable(String)
    /// What came is not what an S3 service answers, or fewer or other bytes than it announced.
    case unexpected(String)
    /// The file to be sent could not be read.
    case unreadable(BlobError)

    /// Whether the same request may succeed a moment later. All of ours may be repeated: keys are used once.
    package var isTransient: Bool {
        switch self {
        case .refused(let status, let code, _):
            status == 429 || status >= 500 && status != 501 || ["RequestTimeout", "SlowDown"].contains(code)
        case .unreachable: true
        case .unexpected, .unreadable: false
        }
    }

    /// Whether there is no such object.
    package var isAbsence: Bool {
        guard case .refused(404, let code, _) = self else { return false }
        return code != "NoSuchBucket"
    }
}

extension S3Error: CustomStringConvertible {
    /// For the operator. It shows no credentials.
    package var description: String {
        switch self {
        case .refused(let status, let code, let message):
            "The object store answered \(status)" + (code.isEmpty ? "" : " \(code)")
                + (message.isEmpty ? "." : ": \(message.prefix(300))")
        case .unreachable(let reason): "The object store cannot be reached: \(reason)."
        case .unexpected(let what): "The object store answered what no S3 service does: \(what)."
        case .unreadable(let error): "A file to be sent to the object store cannot be read: \(error.logDescription)"
        }
    }
}
