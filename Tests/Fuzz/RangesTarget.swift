import API

@testable import Files

//     byte 0     kind of check (lowest bit), size of the file
//     the rest   a `Range` header, or numbers that one is made of
func fuzzRanges(_ bytes: [UInt8]) throws {
    var input = Input(bytes)
    let kind = input.byte()
    if kind & 1 == 1 { return try checkAgainstSets(&input, size: Int64(kind >> 1) % 50) }
    let size = [0, 1, 10, 1 << 20, Int64.max][Int(kind >> 1) % 5]
    try checkParts(of: input.text, size: size)
    try checkParts(of: "bytes=" + input.text, size: size)
}

/// Whatever was asked: few parts, none empty, all within the file, none twice; and asked for again they are the same.
private func checkParts(of header: String, size: Int64) throws {
    guard case .parts(let parts) = ByteRangeRequest(header: header, size: size) else { return }
    try hold((1...Limits.ranges).contains(parts.count))
    try hold(parts.allSatisfy { !$0.isEmpty && $0.lowerBound >= 0 && $0.upperBound <= size }, parts)
    let sorted = parts.sorted { $0.lowerBound < $1.lowerBound }
    try hold(zip(sorted, sorted.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound }, parts)
    let again = parts.map { "\($0.lowerBound)-\($0.upperBound - 1)" }.joined(separator: " ,\t")
    try hold(ByteRangeRequest(header: "Bytes=" + again, size: size) == .parts(parts), again)
}

/// The same as by sets of bytes.
private func checkAgainstSets(_ input: inout Input, size: Int64) throws {
    var (items, asked, isRange) = ([String](), [Set<Int64>](), true)
    for _ in 0..<input.number(upTo: 10) {
        let (kind, a, b) = (input.number(upTo: 2), Int64(input.number(upTo: 60)), Int64(input.number(upTo: 60)))
        items.append(["\(a)-\(b)", "\(a)-", "-\(a)"][kind])
        isRange = isRange && (kind != 0 || a <= b)
        asked.append(Set((0..<size).filter { [a <= $0 && $0 <= b, a <= $0, $0 >= size - a][kind] }))
    }
    let answer = ByteRangeRequest(header: "bytes=" + items.joined(separator: ", "), size: size)
    guard isRange, !items.isEmpty else { return try hold(answer == .whole, items) }
    let inside = asked.filter { !$0.isEmpty }
    let overlap = inside.reduce(0) { $0 + $1.count } > inside.reduce(Set()) { $0.union($1) }.count
    switch answer {
    case .whole:
        try hold(items.count > Limits.ranges || overlap || size == 0 && items.contains { $0.hasPrefix("-") }, items)
    case .unsatisfiable: try hold(inside.isEmpty, items)
    case .parts(let parts): try hold(!overlap && parts.map { Set($0) } == inside, items)
    }
}
