import NIOCore

/// Reads a `multipart/form-data` body piece by piece, and reports what it finds (RFC 7578 over RFC 2046 section 5.1).
///
/// A pure state machine: `append` bytes, take events until `nextEvent` returns nil, repeat, then `finish`.
///
///     preamble ──line──▶ headers ──blank line──▶ body ──line──▶ headers …
///        └──────────closing delimiter──▶ closed ◀──closing delimiter──┘
///                                          └─ .finished ─▶ epilogue
///
/// - Part data are slices of the appended buffers. Nothing is copied, and nothing is held back except a possible start
///   of a   delimiter, which is kept as a number. Memory does not grow with the size of the body.
/// - However a body is cut into buffers, it gives the same events, the same joined data and the same error.
/// - Time is linear in the number of bytes, even when they come one at a time.
package struct MultipartParser: Sendable {
    /// The limits on one body.
    package struct Limits: Sendable {
        /// The most bytes of header lines that one part may have, including line ends and the blank line.
        package var maxHeaderBytes: Int
        /// The most parts that a body may have.
        package var maxParts: Int

        /// The defaults are 16 KiB of headers per part and 128 parts.
        package init(maxHeaderBytes: Int = 16_384, maxParts: Int = 128) {
            self.maxHeaderBytes = maxHeaderBytes
            self.maxParts = maxParts
        }
    }

    /// What was found. A body is `(partBegan partData* partEnded)* finished`.
    package enum Event: Equatable, Sendable {
        /// The header lines of the next part are complete.
        case partBegan(PartHeaders)
        /// The next bytes of the current part, never empty. Where they are cut has no meaning.
        case partData(ByteBuffer)
        /// The current part is complete.
        case partEnded
        /// The closing delimiter has been read. The rest of the body is ignored.
        case finished
    }

    private enum State {
        case preamble, headers, body, closed, epilogue
        case failed(MultipartError)
    }

    private let limits: Limits
    private var state = State.preamble
    private var delimiters: DelimiterScanner
    private var headers: HeaderBlock
    private var partCount = 0
    private var input = ByteBuffer()
    private var waiting = CircularBuffer<ByteBuffer>()

    /// A parser for one body with this boundary.
    package init(boundary: MultipartBoundary, limits: Limits = Limits()) {
        self.limits = limits
        delimiters = DelimiterScanner(boundary: boundary)
        headers = HeaderBlock(maxBytes: limits.maxHeaderBytes)
    }

    /// Hands over the next bytes of the body, in any number.
    ///
    /// Take the events before appending more: waiting buffers are kept whole.
    package mutating func append(_ bytes: ByteBuffer) {
        switch state {
        case .epilogue, .failed: break
        case .preamble, .headers, .body, .closed: waiting.append(bytes)
        }
    }

    /// Returns the next event, or nil when it needs more bytes to decide.
    ///
    /// Throws `.malformedHeader`, `.headersTooLarge` or `.tooManyParts`, and throws it again on every later call.
    package mutating func nextEvent() throws(MultipartError) -> Event? {
        do {
            repeat {
                if let event = try advance() { return event }
            } while takeNextBuffer()
            return nil
        } catch {
            state = .failed(error)
            dropInput()
            throw error
        }
    }

    /// Tells the parser that the body has ended. Call it after `nextEvent` has returned nil.
    ///
    /// Throws `.truncated` unless the closing delimiter has been read, or the error that `nextEvent` threw.
    package mutating func finish() throws(MultipartError) {
        switch state {
        case .epilogue: return
        case .failed(let error): throw error
        case .preamble, .headers, .body, .closed: throw .truncated
        }
    }

    /// How many bytes of the body are held at the moment; for tests of the memory bound.
    package var retainedBytes: Int {
        waiting.reduce(input.readableBytes + delimiters.undecidedBytes + headers.byteCount) { $0 + $1.readableBytes }
    }

    /// Works through `input` until there is an event or nothing is left.
    private mutating func advance() throws(MultipartError) -> Event? {
        while true {
            switch state {
            case .preamble:
                guard let found = delimiters.next(from: &input) else { return nil }
                if case .delimiter(let isClosing) = found { leavePart(isClosing) }
            case .headers:
                guard let part = try headers.read(from: &input) else { return nil }
                return try enterPart(part)
            case .body:
                guard let found = delimiters.next(from: &input) else { return nil }
                guard case .delimiter(let isClosing) = found else { return found.data.map(Event.partData) }
                leavePart(isClosing)
                return .partEnded
            case .closed:
                state = .epilogue
                dropInput()
                return .finished
            case .epilogue:
                return nil
            case .failed(let error):
                throw error
            }
        }
    }

    private mutating func enterPart(_ part: PartHeaders) throws(MultipartError) -> Event {
        partCount += 1
        guard partCount <= limits.maxParts else { throw .tooManyParts(limit: limits.maxParts) }
        state = .body
        delimiters.beginAfterLineEnd()
        return .partBegan(part)
    }

    private mutating func leavePart(_ isClosing: Bool) {
        state = isClosing ? .closed : .headers
    }

    private mutating func takeNextBuffer() -> Bool {
        // Drops the used buffer too, so that its owner can reuse the memory.
        input = waiting.popFirst() ?? ByteBuffer()
        return input.readableBytes > 0 || !waiting.isEmpty
    }

    private mutating func dropInput() {
        input = ByteBuffer()
        waiting.removeAll()
    }
}
