import CRegex

/// What lines are searched for. Searching takes time in proportion to the text, whatever the pattern.
package final class LinePattern {
    /// Why a text is no pattern, as RE2 says it.
    package struct Problem: Error, Equatable {
        package let reason: String
    }

    /// What a regular expression may take, in bytes. It also bounds how slow one can be: some 10,000 steps for a byte.
    private static let memory = 1 << 20

    private let regex: OpaquePointer

    /// Whether lines must end in LF alone, so that `$` is their end.
    let knowsEnds: Bool

    /// - Parameters:
    ///   - pattern: not empty, and without line ends.
    ///   - isRegex: whether it is a regular expression, of the syntax of RE2, or a text.
    package init(_ pattern: String, isRegex: Bool, ignoresCase: Bool) throws(Problem) {
        knowsEnds = isRegex
        var pattern = pattern
        var reason = [CChar](repeating: 0, count: 256)
        let made = pattern.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { bytes in
                regex_make(bytes.baseAddress, bytes.count, !isRegex, ignoresCase, Self.memory, &reason, reason.count)
            }
        }
        guard let made else {
            let bytes = reason.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
            // What makes ^ and $ the ends of lines is ours.
            throw Problem(
                reason: String(decoding: bytes, as: UTF8.self).replacing("(?m)", with: "", maxReplacements: 1)
            )
        }
        regex = made
    }

    deinit { regex_free(regex) }

    /// Which of these lines it is in, the first being 0.
    ///
    /// - Parameter bytes: UTF-8 with LF as line ends.
    func lines(in bytes: UnsafeRawBufferPointer, limit: Int) -> [Int] {
        var (lines, line, counted, at) = ([Int](), 0, 0, 0)
        while lines.count < limit, at < bytes.count, let hit = find(in: bytes, from: at) {
            // Behind the last line end there is no line.
            if hit == bytes.count, LineCoding.bytes.lastEnd(in: bytes) == hit - 1 { break }
            line += LineCoding.bytes.countEnds(UnsafeRawBufferPointer(rebasing: bytes[counted..<hit]))
            lines.append(line)
            counted = hit
            let rest = UnsafeRawBufferPointer(rebasing: bytes[hit...])
            guard let end = LineCoding.bytes.firstEnd(in: rest) else { break }
            at = hit + end + 1
        }
        return lines
    }

    private func find(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        var hit = 0
        let chars = base.assumingMemoryBound(to: CChar.self)
        return regex_find(regex, chars, bytes.count, start, &hit) ? hit : nil
    }
}
