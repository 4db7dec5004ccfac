/// Why an attempt to deliver failed, in a sentence for the log and for users, who see it in their list of deliveries.
struct AttemptFailure: Error, Equatable {
    let reason: String
    /// The status of the receiver's answer, if there was one.
    var status: Int?
    /// Whether trying again would not help.
    var isFinal: Bool
    /// How long the receiver asks to be left alone.
    var retryAfter: Duration?

    init(_ reason: String, status: Int? = nil, isFinal: Bool = false, retryAfter: Duration? = nil) {
        self.reason = reason
        self.status = status
        self.isFinal = isFinal
        self.retryAfter = retryAfter
    }
}
