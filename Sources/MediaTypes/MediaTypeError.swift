/// Why the type of some bytes cannot be found. Both are faults of the installation, not of the upload.
package enum MediaTypeError: Error, Sendable, Equatable {
    /// libmagic could not load its database (is `libmagic-mgc` installed?). The reason is libmagic's own text.
    case databaseUnavailable(reason: String)
    /// libmagic gave up on a sample, for example because memory ran out. The reason is libmagic's own text.
    case detectionFailed(reason: String)
}
