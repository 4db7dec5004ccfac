import NIOCore

/// Reads a `multipart/form-data` body piece by piece, and reports what it finds (RFC 7578 over RFC 2046 section 5.1).
///
/// A pure state machine: `append` bytes, take events until `nextEvent` returns nil, repeat, then `finish`.
///
///     preamble ──line──▶ headers ──blank line──▶ body ──line──▶ headers …
///        └──────────closing delimiter──▶ closed ◀──closing delimiter──┘
///                                          └─ .finished ─▶ epilogue
///
/// - Part data are slices of the appended buffers, unless the part has a transfer encoding, which is undone. Nothing
///   else is copied, and nothing is held back except a possible start of a delimiter, which is kept as a number.
///   Memory does not grow with the size of the body.
/// - A part with an empty filename and no bytes is a file input that was left empty: it has no filename in its event.
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
        /// After the headers of a part with an empty filename, until it is known whether there are bytes.
        case unnamed(PartHeaders)
        case failed(MultipartError)
    }

    private let limits: Limits
    private var state = State.preamble
    private var delimiters: DelimiterScanner
    private var headers: HeaderBlock
    private var decoder = TransferDecoder(.identity)
    /// What follows the event that was given out last, when both were found at once.
    private var following: Event?
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
        case .preamble, .headers, .unnamed, .body, .closed: waiting.append(bytes)
        }
    }

    /// Returns the next event, or nil when it needs more bytes to decide.
    ///
    /// Throws any error but those of the boundary and `.truncated`, and throws it again on every later call.
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
        case .preamble, .headers, .unnamed, .body, .closed: throw .truncated
        }
    }

    /// How many bytes of the body are held at the moment; for tests of the memory bound.
    package var retainedBytes: Int {
        waiting.reduce(input.readableBytes + delimiters.undecidedBytes + headers.byteCount) { $0 + $1.readableBytes }
    }

    /// Works through `input` until there is an event or nothing is left.
    private mutating func advance() throws(MultipartError) -> Event? {
        if let event = following.take() { return event }
        while true {
            switch state {
            case .preamble:
                guard let found = delimiters.next(from: &input) else { return nil }
                if case .delimiter(let isClosing) = found { leavePart(isClosing) }
            case .headers:
                guard let part = try headers.read(from: &input) else { return nil }
                try enterPart(part)
                if case .body = state { return .partBegan(part) }
            case .unnamed(let part):
                guard let event = try readBody() else { return nil }
                following = event
                return begin(part, before: event)
            case .body:
                return try readBody()
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

    private mutating func enterPart(_ part: PartHeaders) throws(MultipartError) {
        partCount += 1
        guard partCount <= limits.maxParts else { throw .tooManyParts(limit: limits.maxParts) }
        guard part.transferCoding != .unknown else { throw .unknownTransferEncoding }
        decoder = TransferDecoder(part.transferCoding)
        state = part.filename == "" ? .unnamed(part) : .body
        delimiters.beginAfterLineEnd()
    }

    /// The event that begins a part with an empty filename, now that the one after it is known.
    private mutating func begin(_ part: PartHeaders, before event: Event) -> Event {
        var part = part
        if event == .partEnded { part.filename = nil } else { state = .body }
        return .partBegan(part)
    }

    /// The next decoded data of a part, or its end.
    private mutating func readBody() throws(MultipartError) -> Event? {
        while true {
            guard !decoder.isBroken else { throw .malformedTransferEncoding }
            switch delimiters.next(from: &input) {
            case nil: return nil
            case .data(let bytes):
                let data = decoder.decode(bytes)
                if data.readableBytes > 0 { return .partData(data) }
            case .delimiter(let isClosing):
                guard decoder.isWhole else { throw .malformedTransferEncoding }
                leavePart(isClosing)
                return .partEnded
            }
        }
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
