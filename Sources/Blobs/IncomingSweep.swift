import Glibc

// Guards the second half of invariant 7: the names in `incoming/` are enough to find what dead processes left.

/// What a sweep of `incoming/` found and did, counted in files.
package struct SweepReport: Sendable, Equatable {
    /// Entries of any kind removed from `incoming/`.
    package var leftovers = 0
    /// Published bytes removed because no row was ever committed for them.
    package var removedBlobs = 0
    /// Published bytes kept because their row was committed before the process died.
    package var keptBlobs = 0

    package init(leftovers: Int = 0, removedBlobs: Int = 0, keptBlobs: Int = 0) {
        self.leftovers = leftovers
        self.removedBlobs = removedBlobs
        self.keptBlobs = keptBlobs
    }

    mutating func add(_ other: SweepReport) {
        leftovers += other.leftovers
        removedBlobs += other.removedBlobs
        keptBlobs += other.keptBlobs
    }
}

extension StoreDirectory {
    /// The entries of `incoming/` that other openings of the store left. Names of an unknown form are left alone.
    func leftovers() throws(BlobError) -> [IncomingName] {
        try Descriptor.names(in: incoming.raw, ".").compactMap(IncomingName.init).filter { $0.session != session }
    }

    /// Removes leftovers, and the published bytes of those whose key is not in `referenced`.
    ///
    /// The bytes go first: a crash in between leaves the entry, and the next sweep finishes the work.
    func sweep(_ leftovers: [IncomingName], referenced: Set<BlobKey>) throws(BlobError) -> SweepReport {
        var report = SweepReport()
        for name in leftovers {
            if let key = name.key {
                if referenced.contains(key) {
                    report.keptBlobs += 1
                } else if try removeBlob(key) {
                    report.removedBlobs += 1
                }
            }
            FaultPoint.reached(.swept)
            try removeIncoming(name.description)
            report.leftovers += 1
        }
        return report
    }
}
