/// Why an attempt to deliver failed, in a sentence for the log and the index.
struct AttemptFailure: Error, Equatable {
    let reason: String
    /// Of the receiver's answer, if it gave one.
    var status: Int?
    /// Trying again would not help.
    var isFinal: Bool

    init(_ reason: String, status: Int? = nil, isFinal: Bool = false) {
        self.reason = reason
        self.status = status
        self.isFinal = isFinal
    }
}
