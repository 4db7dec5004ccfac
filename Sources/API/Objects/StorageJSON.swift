import Index

/// What is stored. All sizes are in bytes.
package struct StorageJSON: Encodable, Sendable {
    /// As users see them: the same content counts once for each file that has it.
    let files: AmountJSON
    /// Those of the files that are in no message, and expire.
    let unattached: AmountJSON
    /// On disk: each content once.
    let blobs: AmountJSON
    /// Contents that no file has any more; the collector takes them when their grace is over.
    let reclaimable: AmountJSON
    /// Contents that a collection took and that can still be brought back: on disk, besides `blobs`.
    let undoable: AmountJSON
    /// Keys whose bytes have no row any more and are to be removed.
    let doomedKeys: Int
    /// What equal contents would take more if each file had its own.
    let deduplicatedBytes: Int
    /// What the uploads under way have reserved in quotas.
    let inFlightBytes: Int
    let freeBytes: Int64
    let types: Types
    /// The largest ones.
    let channels: [ChannelAmountJSON]
    let ages: [AgeJSON]
    let growth: [SampleJSON]
    let check: Check
    let backup: Backup

    /// The reading of all bytes, round after round.
    struct Check: Encodable, Sendable {
        /// Of the round that is under way, or the last one; null before the first.
        @OrNull var beganAt: Timestamp?
        let isUnderWay: Bool
        /// Contents with other bytes than were stored.
        let damaged: Int
    }

    struct Backup: Encodable, Sendable {
        @OrNull var madeAt: Timestamp?
        /// Null while none is being made.
        @OrNull var heldUntil: Timestamp?
    }

    struct Types: Encodable, Sendable {
        let families: [NamedAmountJSON]
        let largest: [NamedAmountJSON]
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

struct NamedAmountJSON: Encodable, Sendable {
    let type: String
    let count: Int
    let bytes: Int

    init(_ amount: NamedAmount) {
        (type, count, bytes) = (amount.name, amount.files.count, amount.files.bytes)
    }
}

struct ChannelAmountJSON: Encodable, Sendable {
    let id: Agent.ID
    let name: String
    let userId: User.ID
    let count: Int
    let bytes: Int

    init(_ channel: StorageFigures.Channel) {
        (id, name, userId) = (channel.id, channel.name, channel.userID)
        (count, bytes) = (channel.files.count, channel.files.bytes)
    }
}

/// Files that are no older than so many days and older than those of the entry before; null for all that are older.
struct AgeJSON: Encodable, Sendable {
    @OrNull var days: Int?
    let count: Int
    let bytes: Int

    init(_ age: StorageFigures.Age) {
        (count, bytes) = (age.files.count, age.files.bytes)
        days = age.days
    }
}

/// What was stored on a day.
struct SampleJSON: Encodable, Sendable {
    let day: String
    let files: AmountJSON
    let blobs: AmountJSON

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
