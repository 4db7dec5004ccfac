/// Why a JSON text was not taken.
package enum JSONError: Error, Equatable {
    /// It is not JSON in UTF-8 (RFC 8259).
    case malformed
    /// It nests deeper than ``JSONValue/maxDepth`` levels.
    case tooDeep
    /// It is JSON, but not an object.
    case notAnObject
    /// These members did not pass; there is at least one.
    case invalid([JSONFields.Problem])
    /// Every member passed, and together they make no sense; a sentence that says what to send instead.
    case refused(String)
}
