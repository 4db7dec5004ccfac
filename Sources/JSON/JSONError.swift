/// Why a JSON text was refused.
package enum JSONError: Error, Equatable {
    /// It is not JSON in UTF-8 (RFC 8259).
    case malformed(Fault)
    /// It nests deeper than ``JSONValue/maxDepth`` levels.
    case tooDeep
    /// It is JSON, but not an object.
    case notAnObject
    /// These members are invalid; there is at least one.
    case invalid([JSONFields.Problem])
    /// The task was cancelled while it parsed: nobody waits for it any more, or its time was over.
    case cancelled
    /// Every member is valid, but together they make no sense. The sentence says what to send instead.
    case refused(String)

    /// Where a text stops being JSON, and why. It never repeats the text, which may hold a password.
    package struct Fault: Sendable, Equatable, CustomStringConvertible {
        /// Both from 1; columns are Unicode code points.
        package let line: Int
        package let column: Int
        /// A clause such as "a comma or } is expected".
        package let reason: String

        /// - Parameter position: of the byte at fault.
        init(at position: Int, of bytes: [UInt8], _ reason: String) {
            let before = bytes.prefix(position)
            line = before.count { $0 == 0x0A } + 1
            // All bytes but the continuations of a character.
            column = before.reversed().prefix { $0 != 0x0A }.count { $0 & 0xC0 != 0x80 } + 1
            self.reason = reason
        }

        package var description: String { "\(reason) (line \(line), column \(column))" }
    }
}
