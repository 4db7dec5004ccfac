import Blobs

/// A spooled blob, and what its sender calls it. It lasts as long as the ``Intake`` it came in by.
package struct ReceivedFile: Sendable {
    package let bytes: SpooledBlob
    /// Safe to show and to send back, whatever the sender wrote.
    package let filename: String
    /// What the sender says the bytes are: a `Content-Type` value, not checked.
    package let declaredType: String?

    package init(_ bytes: SpooledBlob, filename: String, declaredType: String?) {
        self.bytes = bytes
        self.filename = FileName.sanitized(filename)
        self.declaredType = declaredType
    }
}
