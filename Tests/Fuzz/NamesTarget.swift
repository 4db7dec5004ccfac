import MediaTypes

@testable import Files
@testable import Multipart
@testable import Store

/// A name that a client sent, in UTF-8 or not.
func fuzzNames(_ bytes: [UInt8]) throws {
    let name = FileName.sanitized(String(decoding: bytes, as: UTF8.self))
    try checkSafe(name)
    let header = ContentDisposition.header(.attachment, filename: name)
    try checkHeader(header)
    // What we write is what a reader of such headers, as we are for forms, takes for the name.
    let value = Array(header.utf8)[...]
    let read = PartHeaders(fields: [HeaderField(name: "content-disposition", value: Array(value))])
    try hold(read.filename.map { Array($0.utf8) } == Array(name.utf8), header)
}

/// It names a file in a folder, whatever system saves it, and shows as it is.
private func checkSafe(_ name: String) throws {
    try hold(!name.isEmpty && name.utf8.count <= FileName.maxBytes, name)
    try hold(![".", ".."].contains(name) && !name.utf8.contains { "/\\".utf8.contains($0) }, name)
    try hold(
        name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control && !$0.properties.isBidiControl }
    )
    try hold(Array(FileName.sanitized(name).utf8) == Array(name.utf8), name)
}

/// One line of ASCII, in which the quotes are ours alone.
private func checkHeader(_ header: String) throws {
    try hold(header.utf8.allSatisfy { (0x20..<0x7F).contains($0) }, header)
    let parts = header.split(separator: "\"", omittingEmptySubsequences: false)
    try hold(parts.count == 3 && !parts[1].contains { "\\%".contains($0) }, header)
    try hold(parts[2].hasPrefix("; filename*=UTF-8''"), header)
    try hold(!parts[2].dropFirst(2).contains { " ;,".contains($0) }, header)
}
