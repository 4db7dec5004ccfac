import NIOCore

/// Reads a `multipart/form-data` body piece by piece and tells what it found (RFC 7578 over RFC 2046 section 5.1).
///
/// A pure state machine: `append` bytes, take events until `nextEvent` answers nil, repeat, then `finish`.
///
///     preamble ──line──▶ headers ──blank line──▶ body ──line──▶ headers …
///        └──────────closing delimiter──▶ closed ◀──closing delimiter──┘
///                                          └─ .finished ─▶ epilogue
///
/// - Part data are slices of the appended buffers; nothing is copied and nothing is held back except what may be the
///   start of a delimiter, which is kept as a number. Memory does not grow with the size of the body.
/// - The same body gives the same events, joined data and error for every way of cutting it into buffers.
/// - Time is linear in the number of bytes, also when they come one at a time.
package struct MultipartParser: Sendable {
    /// What a body may ask of us.
    package struct Limits: Sendable {
        /// The most bytes of header lines one part may have, line ends and the blank line included.
        package var maxHeaderBytes: Int
        /// The most parts a body may have.
        package var maxParts: Int

        /// Makes limits; the defaults are 16 KiB of headers per part and 128 parts.
        package init(maxHeaderBytes: Int = 16_384, maxParts: Int = 128) {
            self.maxHeaderBytes = maxHeaderBytes
            self.maxParts = maxParts
        }
    }

    /// What was found; a body is `(partBegan partData* partEnded)* finished`.
    package enum Event: Equatable, Sendable {
        /// The header lines of the next part are complete.
        case partBegan(PartHeaders)
        /// The next bytes of the current part, never empty; where they are cut means nothing.
        case partData(ByteBuffer)
        /// The current part is complete.
        case partEnded
        /// The closing delimiter was read; what follows is ignored.
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

    /// Makes a parser for one body whose delimiter is `boundary`.
    package init(boundary: MultipartBoundary, limits: Limits = Limits()) {
        self.limits = limits
        delimiters = DelimiterScanner(boundary: boundary)
        headers = HeaderBlock(maxBytes: limits.maxHeaderBytes)
    }

    /// Hands over the next bytes of the body; any size, also none.
    ///
    /// Take the events before appending more: buffers that wait are kept whole.
    package mutating func append(_ bytes: ByteBuffer) {
        switch state {
        case .epilogue, .failed: break
        case .preamble, .headers, .body, .closed: waiting.append(bytes)
        }
    }

    /// Takes the next event, or nil when more bytes are needed to tell.
    ///
    /// Throws `.malformedHeader`, `.headersTooLarge` or `.tooManyParts`, and the same again on every later call.
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

    /// Says that the body has ended; call it after `nextEvent` answered nil.
    ///
    /// Throws `.truncated` unless the closing delimiter was read, or the error `nextEvent` has thrown.
    package mutating func finish() throws(MultipartError) {
        switch state {
        case .epilogue: return
        case .failed(let error): throw error
        case .preamble, .headers, .body, .closed: throw .truncated
        }
    }

    /// How many bytes of the body are kept inside at this moment, for tests of the memory bound.
    package var retainedBytes: Int {
        waiting.reduce(input.readableBytes + delimiters.undecidedBytes + headers.byteCount) { $0 + $1.readableBytes }
    }

    /// Works through `input` until there is an event, or nothing is left of it.
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
        // Lets go of the exhausted buffer as well, so that its owner may use the memory again.
        input = waiting.popFirst() ?? ByteBuffer()
        return input.readableBytes > 0 || !waiting.isEmpty
    }

    private mutating func dropInput() {
        input = ByteBuffer()
        waiting.removeAll()
    }
}
