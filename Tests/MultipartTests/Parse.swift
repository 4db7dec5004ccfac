import NIOCore

@testable import Multipart

/// What a parse gave, with adjacent data joined, so that parses of differently cut bodies can be compared.
enum Outcome: Equatable {
    case began(PartHeaders)
    case data([UInt8])
    case ended
    case finished
    case failed(MultipartError)

    static func text(_ string: String) -> Outcome { .data(Array(string.utf8)) }
}

/// Parses pieces of a body one after the other; an error is the last outcome.
func parse(
    _ pieces: some Sequence<ArraySlice<UInt8>>,
    boundary: MultipartBoundary,
    limits: MultipartParser.Limits = .init(),
    onRetained: (Int) -> Void = { _ in }
) -> [Outcome] {
    var parser = MultipartParser(boundary: boundary, limits: limits)
    var outcomes: [Outcome] = []
    do throws(MultipartError) {
        for piece in pieces {
            parser.append(ByteBuffer(bytes: piece))
            while let event = try parser.nextEvent() { outcomes.add(event) }
            onRetained(parser.retainedBytes)
        }
        try parser.finish()
    } catch {
        outcomes.append(.failed(error))
    }
    return outcomes
}

/// Parses a whole body in one piece.
func parse(_ body: String, boundary: String = "b", limits: MultipartParser.Limits = .init()) throws -> [Outcome] {
    let boundary = try MultipartBoundary(contentType: "multipart/form-data; boundary=\(boundary)")
    return parse([Array(body.utf8)[...]], boundary: boundary, limits: limits)
}

extension [Outcome] {
    mutating func add(_ event: MultipartParser.Event) {
        switch event {
        case .partBegan(let headers): append(.began(headers))
        case .partEnded: append(.ended)
        case .finished: append(.finished)
        case .partData(let buffer):
            var joined: [UInt8] = []
            if case .data(let before) = last {
                removeLast()
                joined = before
            }
            joined += buffer.readableBytesView
            append(.data(joined))
        }
    }
}

extension [UInt8] {
    /// The body cut at the given places, which must be in order.
    func cut(at places: Int...) -> [ArraySlice<UInt8>] {
        zip([0] + places, places + [count]).map { self[$0..<$1] }
    }

    /// The body one byte at a time.
    var bytewise: [ArraySlice<UInt8>] { indices.map { self[$0...$0] } }
}
