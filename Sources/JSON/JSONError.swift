/// Why a JSON text was refused.
package enum JSONError: Error, Equatable {
    /// It is not JSON in UTF-8 (RFC 8259).
    case malformed
    /// It nests deeper than ``JSONValue/maxDepth`` levels.
    case tooDeep
    /// It is JSON, but not an object.
    case notAnObject
    /// These members are invalid; there is at least one.
    case invalid([JSONFields.Problem])
    /// Every member is valid, but together they make no sense. The sentence says what to send instead.
    case refused(String)
}
