import NIOCore

@testable import MediaTypes

//     byte 0     what the client declares; byte 1: the name of the file
//     the rest   the bytes of a file
func fuzzTypes(_ bytes: [UInt8]) throws {
    var input = Input(bytes)
    let declared = declarations[input.number(upTo: declarations.count - 1)]
    let name = names[input.number(upTo: names.count - 1)]
    let sample = ByteBuffer(bytes: input.rest)
    let hinted = try detector.detect(sample: sample, isWhole: true, declaredType: declared, filename: name)
    let plain = try detector.detect(sample: sample, isWhole: true, declaredType: nil, filename: "")
    let text = try detector.detect(sample: sample, isWhole: true, declaredType: "text/plain", filename: "a.txt")
    for found in [hinted, plain, text] { try checkType(found) }
    // A hint never makes a file active: its bytes do, or they do once they are taken for text.
    if ActiveTypes.contains(hinted.type) {
        try hold([plain, text].contains { ActiveTypes.contains($0.type) }, "\(hinted) \(plain) \(text)")
    }
    try checkText(Array(input.rest), declared)
}

private let detector = try! MediaTypeDetector()
private let declarations = [
    nil, "text/plain", "text/html", "image/svg+xml", "application/octet-stream", "text/plain; charset=utf-7",
    "text/plain; charset=windows-1258", "text/csv; charset=big5", "application/pdf", "message/rfc822", "image/png",
    "text/plain; charset=shift_jis", "application/xhtml+xml",
]
private let names = ["", "a.txt", "a.html", "a.svg", "a.md", "a.log", "a.eml", "a.ps", "a.zip", "a.docx", "a.mp4"]

/// It can stand in a header, and a browser that shows it runs nothing.
private func checkType(_ found: MediaType) throws {
    try hold(MediaType.normalisedDeclaredType(found.type) == found.type, found)
    try hold(found.charset.map(Charset.isServed) ?? true, found)
    for asked in [nil, ServingPolicy.Disposition.inline] {
        let policy = ServingPolicy(type: found.type, charset: found.charset, requested: asked)
        try hold(policy.contentType.utf8.allSatisfy { (0x20..<0x7F).contains($0) }, policy)
        try hold(policy.contentSecurityPolicy.hasPrefix("default-src 'none'"), policy)
        try hold(policy.contentSecurityPolicy.hasSuffix("sandbox"), policy)
        if asked == nil, ActiveTypes.contains(found.type) { try hold(policy.disposition == .attachment, policy) }
    }
}

/// A text of ours has no U+0000, and what is ASCII is itself in every charset.
private func checkText(_ bytes: [UInt8], _ declared: String?) throws {
    let charset = MediaType.declaredCharset(declared).flatMap(Charset.named)
    let text = Charset.text(ByteBuffer(bytes: bytes), charset: charset)
    try hold(text?.utf8.contains(0) != true)
    let letters = bytes.map { $0 & 0x7F }.filter { (0x20..<0x7F).contains($0) && $0 != 0x5C && $0 != 0x7E }
    let read = Charset.text(ByteBuffer(bytes: letters), charset: charset)
    try hold(read.map { Array($0.utf8) } == letters, "\(charset ?? "") \(letters)")
}
