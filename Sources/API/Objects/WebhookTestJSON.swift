/// How a receiver took a test event, which is about no message.
package struct WebhookTestJSON: Encodable, Sendable {
    let delivered: Bool
    @OrNull var status: Int?
    @OrNull var error: String?
    let milliseconds: Int64

    /// - Parameters:
    ///   - status: the receiver's status code, if it answered.
    ///   - error: why the event was not delivered; nil when it was.
    package init(status: Int?, error: String?, milliseconds: Int64) {
        delivered = error == nil
        self.status = status
        self.error = error
        self.milliseconds = milliseconds
    }
}
