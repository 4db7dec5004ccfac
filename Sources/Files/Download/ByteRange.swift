import API
import HTTP

/// What a `Range` header asks for, once the size of the file is known (RFC 9110 section 14).
enum ByteRangeRequest: Equatable, Sendable {
    /// No range, or one that is ignored: send everything.
    case whole
    /// The ranges to send, in the order of the request: up to ``Limits/ranges`` that do not overlap.
    case parts([Range<Int64>])
    /// Well-formed, but no byte of it is in the file.
    case unsatisfiable

    /// - Parameters:
    ///   - header: the value of `Range`; nil without one.
    ///   - size: of the file, in bytes.
    init(header: String?, size: Int64) {
        guard let header, let asked = Self.parse(header) else {
            self = .whole
            return
        }
        if size == 0, asked.contains(where: \.isSatisfiedByNothing) {
            self = .whole  // Satisfiable by the letter, but 206 cannot say "no bytes". 200 can.
            return
        }
        // Many ranges, or overlapping ones, are a way to make a server work hard (RFC 9110 section 17.15).
        let inside = asked.compactMap { $0.resolved(size: size) }
        if inside.isEmpty {
            self = .unsatisfiable
        } else if asked.count > Limits.ranges || Self.overlap(inside) {
            self = .whole
        } else {
            self = .parts(inside)
        }
    }

    private enum Spec {
        /// `first-last` or `first-`. Both ends count.
        case from(Int64, through: Int64?)
        /// `-count`: the end of the file.
        case last(Int64)

        /// Whether it asks for the end, which even an empty file has (RFC 9110 section 14.1.2).
        var isSatisfiedByNothing: Bool {
            if case .last(let count) = self { count > 0 } else { false }
        }

        /// The bytes in a file of `size` bytes; nil when there are none.
        func resolved(size: Int64) -> Range<Int64>? {
            switch self {
            case .from(let first, let last):
                guard first < size else { return nil }
                return first..<(min(last ?? size - 1, size - 1) + 1)
            case .last(let count):
                guard count > 0, size > 0 else { return nil }
                return max(0, size - count)..<size
            }
        }
    }

    /// The ranges of a header; nil when it is malformed, or its unit is not bytes.
    private static func parse(_ header: String) -> [Spec]? {
        let halves = header.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2, halves[0].lowercased() == "bytes" else { return nil }
        var specs: [Spec] = []
        for item in halves[1].split(separator: ",") {
            guard let spec = spec(item.trimmed) else { return nil }
            specs.append(spec)
        }
        return specs.isEmpty ? nil : specs
    }

    private static func spec(_ text: Substring) -> Spec? {
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard ends.count == 2 else { return nil }
        if ends[0].isEmpty { return position(ends[1]).map { .last($0) } }
        guard let first = position(ends[0]) else { return nil }
        if ends[1].isEmpty { return .from(first, through: nil) }
        guard let last = position(ends[1]), first <= last else { return nil }
        return .from(first, through: last)
    }

    /// Digits only. A number too large for Int64 is a position behind the end of every file.
    private static func position(_ digits: Substring) -> Int64? {
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(digits) ?? Int64.max - 1
    }

    private static func overlap(_ ranges: [Range<Int64>]) -> Bool {
        let sorted = ranges.sorted { $0.lowerBound < $1.lowerBound }
        return zip(sorted, sorted.dropFirst()).contains { $0.overlaps($1) }
    }
}
