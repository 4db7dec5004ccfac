/// What the connection knows of its requests: a pure record of parts read and written, which says what to do next.
///
/// Requests may be pipelined: parts of the next request can arrive while this answer is being written. All counts are
/// for the whole life of the connection.
struct Exchange: Sendable {
    private var endsRead = 0
    private var responsesWritten = 0
    private var bodyBegun = false
    private var expectsContinue = false
    private var closing = false

    mutating func readHead(expectsContinue: Bool) {
        bodyBegun = false
        self.expectsContinue = expectsContinue
    }

    mutating func readBody() { bodyBegun = true }

    mutating func readEnd() { endsRead += 1 }

    /// The handler wants the body. True once, if the client waits for `100 Continue` and has not begun to send (RFC
    /// 9110 section 10.1.1).
    mutating func acceptBody() -> Bool {
        // If this request is complete, a wish to continue belongs to the next request.
        guard expectsContinue, !bodyBegun, !bodyIsComplete else { return false }
        expectsContinue = false
        return true
    }

    /// The head of the answer is about to be written. True when the request is still arriving.
    ///
    /// The rest of that request would have to be read to reach the next one, so the connection closes instead.
    mutating func beginResponse() -> Bool {
        closing = closing || !bodyIsComplete
        return closing
    }

    /// The answer has been written. True when the connection must now be closed.
    mutating func endResponse() -> Bool {
        responsesWritten += 1
        return closing
    }

    private var bodyIsComplete: Bool { endsRead > responsesWritten }
}
