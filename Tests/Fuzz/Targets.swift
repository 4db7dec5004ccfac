import Glibc

/// What must hold for every input, whatever its bytes are: each target by its name, which is also that of its folder in
/// `corpus`. `scripts/fuzz` runs one under libFuzzer; ``CorpusTests`` runs all on what was kept.
let fuzzTargets: [String: @Sendable ([UInt8]) throws -> Void] = [
    "archives": fuzzArchives, "conditions": fuzzConditions, "cookies": fuzzCookies, "facts": fuzzFacts,
    "json": fuzzJSON, "lines": fuzzLines, "markdown": fuzzMarkdown, "multipart": fuzzMultipart, "names": fuzzNames,
    "queries": fuzzQueries, "ranges": fuzzRanges, "types": fuzzTypes, "webhooks": fuzzWebhooks,
]

/// What libFuzzer calls. An error ends the process, which is how libFuzzer learns of it.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    try! chosen(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}

private let chosen: @Sendable ([UInt8]) throws -> Void = {
    let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = fuzzTargets[name] else { fatalError("Set FUZZ_TARGET to one of \(fuzzTargets.keys.sorted())") }
    return target
}()

/// A property that did not hold.
struct Broken: Error, CustomStringConvertible {
    let description: String
}

func hold(_ condition: Bool, _ what: @autoclosure () -> Any = "", line: Int = #line, file: String = #fileID) throws {
    if !condition { throw Broken(description: "\(file):\(line): \(what())") }
}

/// Takes the bytes of an input from its front. Behind its end there are zeros.
struct Input {
    var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    /// From 0 to `limit`.
    mutating func number(upTo limit: Int) -> Int { Int(byte()) % (limit + 1) }

    /// A number of 32 bits.
    mutating func large() -> Int { (0..<4).reduce(0) { number, _ in number << 8 | Int(byte()) } }

    mutating func bytes(_ count: Int) -> [UInt8] {
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    /// The rest as text.
    var text: String { String(decoding: rest, as: UTF8.self) }
}
