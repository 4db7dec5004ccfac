/// What the connection knows of the requests on it: a pure record of parts read and written, asked what to do next.
///
/// Requests may be pipelined: parts of the next request can be read while the answer to this one is being written. All
/// the counts are of the whole life of the connection.
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

    /// The handler wants the body. True once, when the client waits for `100 Continue` and has not begun to send
    /// (RFC 9110 section 10.1.1).
    mutating func acceptBody() -> Bool {
        // Complete means that the wish, if any, is the next request's.
        guard expectsContinue, !bodyBegun, !bodyIsComplete else { return false }
        expectsContinue = false
        return true
    }

    /// The head of the answer is about to be written. True when the request is still arriving: what is left of it would
    /// have to be read to the end to reach the next request, so the connection closes instead.
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
