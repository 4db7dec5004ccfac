/// What the connection knows of its requests: a pure record of parts read and written, which says what to do next.
///
/// Requests may be pipelined: parts of the next request can arrive while this answer is being written. All counts are
/// for the whole life of the connection.
struct Exchange: Sendable {
    /// What the head of a request says of the connection.
    struct Manner: Sendable, Equatable {
        /// HTTP/1.0: no chunks, no interim answers, and the connection stays open only if the client asks for it.
        var isOld = false
        /// False when the client wants the connection closed after the answer.
        var keepsAlive = true
        var expectsContinue = false
        /// The answer has no body, whatever its head says.
        var isHead = false
    }

    /// How the head of an answer is to be written.
    struct Framing: Sendable, Equatable {
        /// HTTP/1.0, so that the end of an answer without a length is the end of the connection.
        var isOld = false
        /// The client is to be told that the connection closes, and it does once the answer is written.
        var closes = false
        /// The client is to be told that the connection stays, which one of HTTP/1.0 does not expect.
        var confirmsKeepAlive = false
    }

    /// The requests that are not yet answered in full, oldest first.
    private var unanswered: [Manner] = []
    private var endsRead = 0
    private var responsesWritten = 0
    private var responseBegun = false
    private var bodyBegun = false
    private var expectsContinue = false
    private var closing = false

    mutating func readHead(_ manner: Manner) {
        unanswered.append(manner)
        bodyBegun = false
        expectsContinue = manner.expectsContinue && !manner.isOld
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

    /// Whether an interim answer (1xx) may be sent now.
    var takesInterimAnswer: Bool { !responseBegun && unanswered.first?.isOld == false }

    /// Whether an answer is being written.
    var isAnswering: Bool { responseBegun }

    /// The head of the answer is about to be written.
    ///
    /// When the request is still arriving, the rest of it would have to be read to reach the next one, so the
    /// connection closes instead.
    /// - Parameter hasLength: whether the client can tell where the answer ends without chunks.
    mutating func beginResponse(hasLength: Bool) -> Framing {
        responseBegun = true
        let manner = unanswered.first ?? Manner()
        let endsWithConnection = manner.isOld && !hasLength && !manner.isHead
        closing = closing || !bodyIsComplete || !manner.keepsAlive || endsWithConnection
        return Framing(isOld: manner.isOld, closes: closing, confirmsKeepAlive: manner.isOld && !closing)
    }

    /// The answer has been written. True when the connection must now be closed.
    mutating func endResponse() -> Bool {
        responseBegun = false
        responsesWritten += 1
        if !unanswered.isEmpty { unanswered.removeFirst() }
        return closing
    }

    private var bodyIsComplete: Bool { endsRead > responsesWritten }
}
