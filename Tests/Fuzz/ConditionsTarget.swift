import Glibc
import HTTP
import HTTPTypes

@testable import Files

//     byte 0     kind of check
//     4 bytes    a time
//     the rest   a date, or a list of tags
func fuzzConditions(_ bytes: [UInt8]) throws {
    var input = Input(bytes)
    let (kind, number) = (input.byte() & 3, input.large())
    // The field makes blanks of what no header may have.
    let text = HTTPField(name: .ifMatch, value: input.text).value
    switch kind {
    case 0: try checkDate(text)
    case 1: try checkTime(number - 1 << 31)
    case 2: try checkTags(text)
    default: try checkDates(Preconditions(etag: "\"e\"", lastModified: HTTPDate(seconds: number)), text)
    }
}

/// What is read is written so that it is read again as the same.
private func checkDate(_ text: String) throws {
    guard let date = HTTPDate(text), date.seconds > -30_000_000_000 else { return }
    try hold(HTTPDate(date.text) == date, date.text)
}

/// All three formats mean the same; the one with two digits has no other century than ours and the last.
private func checkTime(_ seconds: Int) throws {
    let date = HTTPDate(seconds: seconds)
    var (time, parts) = (time_t(seconds), tm())
    gmtime_r(&time, &parts)
    for format in ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"] {
        if format.contains("%y"), !(70..<170).contains(parts.tm_year) { continue }
        let text = String(unsafeUninitializedCapacity: 64) { buffer in
            buffer.withMemoryRebound(to: CChar.self) { strftime($0.baseAddress, $0.count, format, &parts) }
        }
        try hold(HTTPDate(text) == date, text)
    }
}

/// `If-Match` and `If-None-Match` are opposites for strong tags; a weak one matches only when it need not be the same
/// bytes.
private func checkTags(_ list: String) throws {
    let version = Preconditions(etag: "\"e\"", lastModified: HTTPDate(seconds: 0))
    let (strong, weak) = (version.evaluate([.ifMatch: list]), version.evaluate([.ifNoneMatch: list]))
    try hold(strong != .notModified && weak != .failed)
    if strong == .proceed { try hold(weak == .notModified, list) }
    if weak == .notModified, !list.contains("W/") { try hold(strong == .proceed, list) }
    let named = list.utf8.split(separator: UInt8(ascii: ",")).map { item in
        String(decoding: item.filter { $0 != 0x20 && $0 != 0x09 }, as: UTF8.self)
    }
    if weak == .notModified { try hold(named.contains { ["*", "\"e\"", "W/\"e\""].contains($0) }, list) }
    if version.allowsRange([.ifRange: list]) { try hold(list == version.etag || HTTPDate(list)?.seconds == 0, list) }
}

/// A version is newer than a date or it is not.
private func checkDates(_ version: Preconditions, _ text: String) throws {
    let (changed, unchanged) = (
        version.evaluate([.ifModifiedSince: text]), version.evaluate([.ifUnmodifiedSince: text])
    )
    guard HTTPDate(text) != nil else { return try hold(changed == .proceed && unchanged == .proceed, text) }
    try hold((changed == .notModified) == (unchanged == .proceed), text)
    // A tag wins over any date.
    try hold(version.evaluate([.ifNoneMatch: "\"e\"", .ifModifiedSince: text]) == .notModified)
    try hold(version.evaluate([.ifMatch: "\"f\"", .ifUnmodifiedSince: text]) == .failed)
}
