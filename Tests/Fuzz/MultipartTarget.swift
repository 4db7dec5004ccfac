import NIOCore

@testable import Multipart

//     byte 0     boundary (low two bits), kind of check (next two)
//     byte 1     number n of cut sizes, 0...15
//     n bytes    sizes of the pieces the body is cut into, used in turn
//     the rest   a body, the data of a file, header lines, or a Content-Type

private let boundaries = ["b", "----WebKitFormBoundary7MA4YWxkTrZu0gW", "---", String(repeating: "x", count: 70)]
private let limits = MultipartParser.Limits(maxHeaderBytes: 512, maxParts: 5)
/// Delimiter of 74 bytes, padding of 128, CR; or one byte more than the headers may have.
private let maxRetainedBytes = max(74 + 128 + 1, limits.maxHeaderBytes + 1)

func fuzzMultipart(_ input: [UInt8]) throws {
    guard input.count >= 2 else { return }
    let cutCount = Int(input[1] & 15)
    let cuts = input.dropFirst(2).prefix(cutCount).map(Int.init)
    let rest = Array(input.dropFirst(2 + cutCount))
    let boundary = boundaries[Int(input[0] & 3)]
    switch input[0] >> 2 & 3 {
    case 0: try checkCutting(rest, boundary, cuts)
    case 1: try checkCutting(Array("--\(boundary)\r\n".utf8) + rest, boundary, cuts)
    case 2: try checkRoundTrip(of: rest, boundary, cuts)
    default: checkContentType(rest)
    }
}

/// A body means the same in one piece and in many.
private func checkCutting(_ body: [UInt8], _ boundary: String, _ cuts: [Int]) throws {
    try hold(try parse(body, boundary, cuts: []) == parse(body, boundary, cuts: cuts))
}

/// What is sent as a file is what arrives, unless it holds a delimiter line.
private func checkRoundTrip(of data: [UInt8], _ boundary: String, _ cuts: [Int]) throws {
    let delimiter = Array("\r\n--\(boundary)".utf8)
    let framed = Array("\r\n".utf8) + data + Array("\r\n".utf8)
    guard !framed.indices.contains(where: { framed[$0...].beginsWithDelimiterLine(delimiter) }) else { return }
    let body = Array("--\(boundary)\r\n\r\n".utf8) + data + delimiter + Array("--".utf8)
    let found = try parse(body, boundary, cuts: cuts)
    try hold(found.error == nil && found.data == [data] && found.isFinished)
}

/// Any Content-Type is read or refused, and what is read can be used.
private func checkContentType(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    for contentType in [text, "multipart/form-data;" + text] {
        guard let boundary = try? MultipartBoundary(contentType: contentType) else { continue }
        var parser = MultipartParser(boundary: boundary)
        parser.append(ByteBuffer(bytes: bytes))
        while (try? parser.nextEvent()) ?? nil != nil {}
    }
}

private struct Found: Equatable {
    var headers: [PartHeaders] = []
    var data: [[UInt8]] = []
    var endedParts = 0
    var isFinished = false
    var error: MultipartError?
}

private func parse(_ body: [UInt8], _ boundary: String, cuts: [Int]) throws -> Found {
    var found = Found()
    do {
        let boundary = try MultipartBoundary(contentType: "multipart/form-data; boundary=\(boundary)")
        var parser = MultipartParser(boundary: boundary, limits: limits)
        for piece in body.cut(into: cuts) {
            parser.append(ByteBuffer(bytes: piece))
            while let event = try parser.nextEvent() { try found.add(event) }
            try hold(parser.retainedBytes <= maxRetainedBytes)
        }
        try parser.finish()
    } catch let error as MultipartError {
        found.error = error
    }
    return found
}

extension Found {
    /// Notes an event, and checks that it may come at this place.
    fileprivate mutating func add(_ event: MultipartParser.Event) throws {
        try hold(!isFinished)
        switch event {
        case .partBegan(let part):
            try hold(endedParts == headers.count)
            headers.append(part)
            data.append([])
        case .partData(let bytes):
            try hold(endedParts == headers.count - 1 && bytes.readableBytes > 0)
            data[data.count - 1] += bytes.readableBytesView
        case .partEnded:
            try hold(endedParts == headers.count - 1)
            endedParts += 1
        case .finished:
            try hold(endedParts == headers.count)
            isFinished = true
        }
    }
}

extension [UInt8] {
    /// Pieces of the given sizes, used in turn; without any size but zero, one piece.
    fileprivate func cut(into sizes: [Int]) -> [ArraySlice<UInt8>] {
        guard sizes.contains(where: { $0 > 0 }) else { return [self[...]] }
        var pieces: [ArraySlice<UInt8>] = []
        var start = 0
        while start < count {
            let end = Swift.min(start + sizes[pieces.count % sizes.count], count)
            pieces.append(self[start..<end])
            start = end
        }
        return pieces
    }
}

extension ArraySlice<UInt8> {
    /// Says what a delimiter line is a second time, plainly, for comparison with the parser.
    fileprivate func beginsWithDelimiterLine(_ delimiter: [UInt8]) -> Bool {
        guard starts(with: delimiter) else { return false }
        let rest = dropFirst(delimiter.count)
        let padding = rest.prefix { $0 == 32 || $0 == 9 }.count
        return rest.starts(with: [45, 45]) || padding <= 128 && rest.dropFirst(padding).starts(with: [13, 10])
    }
}
