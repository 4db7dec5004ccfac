/// How a webhook took an event that tells of nothing.
package struct WebhookTestJSON: Encodable, Sendable {
    let delivered: Bool
    @OrNull var status: Int?
    @OrNull var error: String?
    let milliseconds: Int64

    /// - Parameters:
    ///   - status: of the receiver's answer, if it gave one.
    ///   - error: why the event was not delivered; nil when it was.
    package init(status: Int?, error: String?, milliseconds: Int64) {
        delivered = error == nil
        self.status = status
        self.error = error
        self.milliseconds = milliseconds
    }
}
