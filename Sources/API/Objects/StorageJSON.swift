import Index

// The command line reads these again, and prints them with `--json` as they are here.

/// What is stored. All sizes are in bytes.
package struct StorageJSON: Codable, Sendable {
    /// As users see them: the same content counts once for each file that has it.
    package let files: AmountJSON
    /// Those of the files that are in no message, and expire.
    package let unattached: AmountJSON
    /// On disk: each content once.
    package let blobs: AmountJSON
    /// Contents that no file has any more; the collector takes them when their grace is over.
    package let reclaimable: AmountJSON
    /// Contents that a collection took and that can still be brought back: on disk, besides `blobs`.
    package let undoable: AmountJSON
    /// Keys whose bytes have no row any more and are to be removed.
    package let doomedKeys: Int
    /// What equal contents would take more if each file had its own.
    package let deduplicatedBytes: Int
    /// What the uploads under way have reserved in quotas.
    package let inFlightBytes: Int
    package let freeBytes: Int64
    package let types: Types
    /// The largest ones.
    package let channels: [ChannelAmountJSON]
    package let ages: [AgeJSON]
    package let growth: [SampleJSON]
    package let check: Check
    package let backup: Backup

    /// The reading of all bytes, round after round.
    package struct Check: Codable, Sendable {
        /// Of the round that is under way, or the last one; null before the first.
        @OrNull package var beganAt: Timestamp?
        package let isUnderWay: Bool
        /// Contents with other bytes than were stored.
        package let damaged: Int
    }

    package struct Backup: Codable, Sendable {
        @OrNull package var madeAt: Timestamp?
        /// Null while none is being made.
        @OrNull package var heldUntil: Timestamp?
    }

    package struct Types: Codable, Sendable {
        package let families: [NamedAmountJSON]
        package let largest: [NamedAmountJSON]
    }

    package init(_ figures: StorageFigures, inFlightBytes: Int, freeBytes: Int64) {
        files = AmountJSON(figures.files)
        unattached = AmountJSON(figures.unattached)
        blobs = AmountJSON(figures.blobs)
        reclaimable = AmountJSON(figures.reclaimable)
        undoable = AmountJSON(figures.undoable)
        doomedKeys = figures.doomedKeys
        deduplicatedBytes = figures.deduplicatedBytes
        self.inFlightBytes = inFlightBytes
        self.freeBytes = freeBytes
        types = Types(
            families: figures.families.map(NamedAmountJSON.init),
            largest: figures.types.map(NamedAmountJSON.init)
        )
        channels = figures.channels.map(ChannelAmountJSON.init)
        ages = figures.ages.map(AgeJSON.init)
        growth = figures.samples.map(SampleJSON.init)
        let care = figures.care
        check = Check(beganAt: care.checkBeganAt, isUnderWay: care.isChecking, damaged: care.damaged)
        backup = Backup(madeAt: care.backupMadeAt, heldUntil: care.heldUntil)
    }
}

package struct NamedAmountJSON: Codable, Sendable {
    package let type: String
    package let count: Int
    package let bytes: Int

    init(_ amount: NamedAmount) {
        (type, count, bytes) = (amount.name, amount.files.count, amount.files.bytes)
    }
}

package struct ChannelAmountJSON: Codable, Sendable {
    package let id: Agent.ID
    package let name: String
    package let userId: User.ID
    package let count: Int
    package let bytes: Int

    init(_ channel: StorageFigures.Channel) {
        (id, name, userId) = (channel.id, channel.name, channel.userID)
        (count, bytes) = (channel.files.count, channel.files.bytes)
    }
}

/// Files that are no older than so many days and older than those of the entry before; null for all that are older.
package struct AgeJSON: Codable, Sendable {
    @OrNull package var days: Int?
    package let count: Int
    package let bytes: Int

    init(_ age: StorageFigures.Age) {
        (count, bytes) = (age.files.count, age.files.bytes)
        days = age.days
    }
}

/// What was stored on a day.
package struct SampleJSON: Codable, Sendable {
    package let day: String
    package let files: AmountJSON
    package let blobs: AmountJSON

    init(_ sample: StorageSample) {
        (day, files, blobs) = (sample.day, AmountJSON(sample.files), AmountJSON(sample.blobs))
    }
}

/// How many, and their size in bytes together.
package struct AmountJSON: Codable, Sendable {
    package var count: Int
    package var bytes: Int

    package init(_ amount: StoredAmount) {
        (count, bytes) = (amount.count, amount.bytes)
    }

    init(_ taken: CollectedBlobs) {
        (count, bytes) = (taken.count, taken.bytes)
    }

    package static func += (sum: inout Self, more: Self) {
        sum.count += more.count
        sum.bytes += more.bytes
    }
}
