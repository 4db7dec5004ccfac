import Blobs

/// What the store accepts.
package struct StoreLimits: Sendable {
    /// The largest file, in bytes.
    package let maxFileBytes: Int64
    /// How many bytes of the disk stay free. Files that would leave less are refused.
    package let minFreeBytes: Int64
    package let quotas: Quotas
    /// How long a file may wait for a message before the collector takes it.
    package let unattachedLifetime: Duration

    /// For files that wait for a message, unless the operator says otherwise.
    package static let usualLifetime = Duration.seconds(7 * 24 * 60 * 60)

    package init(
        maxFileBytes: Int64,
        minFreeBytes: Int64,
        quotas: Quotas = .none,
        unattachedLifetime: Duration = Self.usualLifetime
    ) {
        self.maxFileBytes = maxFileBytes
        self.minFreeBytes = minFreeBytes
        self.quotas = quotas
        self.unattachedLifetime = unattachedLifetime
    }
}

extension FileStore {
    /// Room in a request body for what surrounds the files, in bytes: the fields and boundaries of a form.
    static let bodyOverhead: Int64 = 1 << 20

    /// Refuses what cannot be stored before a byte of it is read.
    ///
    /// - Parameter length: the declared length of the body, in bytes; 0 when it is not declared.
    /// - Throws: ``StoreError/fileTooLarge(limit:)`` and ``StoreError/noSpaceLeft``.
    package func admit(length: Int64) async throws {
        guard length - Self.bodyOverhead <= limits.maxFileBytes else {
            throw StoreError.fileTooLarge(limit: limits.maxFileBytes)
        }
        try await checkSpace(for: length)
    }

    /// Throws ``StoreError/noSpaceLeft`` when `length` more bytes would leave too little of the disk free.
    func checkSpace(for length: Int64 = 0) async throws {
        guard try await folder.freeBytes() - length >= limits.minFreeBytes else { throw StoreError.noSpaceLeft }
    }
}
