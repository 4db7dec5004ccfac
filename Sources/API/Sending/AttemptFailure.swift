/// Why an attempt to send something to another server failed, in a sentence for the log and for users.
package struct AttemptFailure: Error, Equatable {
    package let reason: String
    /// The status of the receiver's answer, if there was one.
    package var status: Int?
    /// Whether trying again would not help.
    package var isFinal: Bool
    /// How long the receiver asks to be left alone.
    package var retryAfter: Duration?

    package init(_ reason: String, status: Int? = nil, isFinal: Bool = false, retryAfter: Duration? = nil) {
        self.reason = reason
        self.status = status
        self.isFinal = isFinal
        self.retryAfter = retryAfter
    }
}
