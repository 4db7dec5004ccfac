import Blobs

/// A spooled blob, and what its sender calls it. Lasts as long as the ``Intake`` it came through.
package struct ReceivedFile: Sendable {
    package let bytes: SpooledBlob
    /// Safe to show and to send back, whatever the sender wrote.
    package let filename: String
    /// What the sender says the bytes are: the value of a `Content-Type`, unchecked.
    package let declaredType: String?

    package init(_ bytes: SpooledBlob, filename: String, declaredType: String?) {
        self.bytes = bytes
        self.filename = FileName.sanitized(filename)
        self.declaredType = declaredType
    }
}
