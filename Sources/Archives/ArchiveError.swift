/// Why an archive is not read, or not further.
package enum ArchiveError: Error, Equatable {
    /// It is cut, or says what cannot be; a sentence says what.
    case damaged(String)
    /// More would have to be unpacked than is allowed.
    case tooManyBytes
    case outOfTime
}
