import Index

/// What one upload has reserved in the quotas that it falls under. Only the task of the upload uses it.
final class Reservation {
    /// Under which the sum of all reservations knows it.
    let id: Reservations.ID
    private let store: FileStore
    private let principal: Principal
    private let key: String?
    /// The channel, once it is known.
    private var channelID: Agent.ID?
    /// As the index said when it was last asked.
    private var rooms: [QuotaRoom] = []
    /// How many bytes the upload needs, as far as is known.
    private var total = 0
    /// How many of them are here.
    private var received = 0
    /// Up to how many bytes this may be a repeat, which stores nothing and so needs no room; nil if it is none, and
    /// until the index was asked.
    private var repeatBytes: Int?

    /// - Parameter key: under which the upload may be a repeat.
    init(_ store: FileStore, for principal: Principal, key: String?) {
        (self.store, self.principal, self.key) = (store, principal, key)
        id = store.reservations.makeID()
    }

    /// Reserves what an upload of so many bytes in all needs beyond what it has.
    ///
    /// - Parameter received: how many of them are here.
    /// - Throws: ``StoreError/quotaReached(_:)``.
    func cover(_ bytes: Int, received: Int) async throws {
        self.received = received
        total = max(total, bytes)
        if let repeatBytes, total <= repeatBytes { return }
        // The index is asked when it seems not to fit: others may have deleted files since.
        guard rooms.isEmpty || reserve() != nil else { return }
        try await askIndex()
        guard let refusal = reserve() else { return }
        repeatBytes = try await largestRepeat()
        guard let repeatBytes, total <= repeatBytes else { throw StoreError.quotaReached(refusal) }
    }

    /// Counts for that channel too.
    ///
    /// - Throws: ``StoreError/quotaReached(_:)`` when what it needs does not fit there.
    func include(channel: Agent.ID) async throws {
        guard channelID == nil else { return }
        channelID = channel
        try await askIndex()
        try await cover(total, received: received)
    }

    /// Learns what others have stored and deleted by now.
    func askIndex() async throws {
        let (channelID, quotas, userID) = (channelID, store.limits.quotas, principal.userID)
        rooms = try await store.index.read(by: principal) { reader, user in
            quotas.rooms(try reader.usage(of: user, in: channelID), of: userID, in: channelID)
        }
    }

    private func reserve() -> QuotaRefusal? {
        store.reservations.raise(id, to: total, received: received, in: rooms)
    }

    private func largestRepeat() async throws -> Int? {
        guard let key else { return nil }
        return try await store.index.read(by: principal) { try $0.largestUpload(under: key, of: $1) }
    }
}
