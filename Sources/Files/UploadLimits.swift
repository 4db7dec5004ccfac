import Blobs
import HTTP

/// What one upload may take.
package struct UploadLimits: Sendable {
    /// Room for the fields and boundaries around the file, when the declared length is judged.
    private static let formOverhead: Int64 = 1 << 20

    /// The largest file, in bytes.
    package let maxBytes: Int64
    /// How many bytes of the disk stay free: uploads that would go below are refused with 507.
    package let minFreeBytes: Int64

    package init(maxBytes: Int64, minFreeBytes: Int64) {
        self.maxBytes = maxBytes
        self.minFreeBytes = minFreeBytes
    }

    /// Refuses what cannot be stored before a byte of it is read.
    ///
    /// - Throws: ``APIError`` 413 and 507.
    func admit(length: Int64, to blobs: DiskBlobStore) async throws {
        guard length <= maxBytes.addingReportingOverflow(Self.formOverhead).partialValue else {
            throw APIError.fileTooLarge(limit: maxBytes)
        }
        guard try await blobs.freeBytes() - length >= minFreeBytes else { throw APIError.storageFull }
    }
}
