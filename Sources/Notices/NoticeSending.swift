import API

/// One request to another server. All are POST.
package struct NoticeRequest: Sendable {
    package let target: WebhookTarget
    package let headers: [String: String]
    package let body: [UInt8]
}

/// Sends requests to push services and to ntfy. `Delivery` does it, under the rules of webhooks.
package protocol NoticeSending: Sendable {
    /// Sends once, and returns the status, which is 2xx.
    ///
    /// - Throws: ``AttemptFailure``, also when the task is cancelled.
    func send(_ request: NoticeRequest) async throws -> Int
}

/// Sends mail. `App` has it when the operator has set up a server for mail.
package protocol NoticeMailing: Sendable {
    /// - Parameters:
    ///   - threadID: the same for all mails about one message.
    ///   - settled: whether it says what became of a question that an earlier mail told of.
    /// - Throws: ``AttemptFailure``; any other error is not tried again.
    func send(to address: String, subject: String, text: String, threadID: String, settled: Bool) async throws
}
