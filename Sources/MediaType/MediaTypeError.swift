/// Why the type of some bytes cannot be told; both are faults of the installation, not of the upload.
package enum MediaTypeError: Error, Sendable, Equatable {
    /// libmagic could not load its database (is `libmagic-mgc` installed?); the reason is libmagic's own.
    case databaseUnavailable(reason: String)
    /// libmagic gave up on a sample, as it does when memory runs out; the reason is libmagic's own.
    case detectionFailed(reason: String)
}
