import Blobs
import Index

/// The last steps on the way in: publish the bytes, commit the rows.
///
/// When a function returns, bytes and rows are durable (invariants 1 and 4). When it throws, neither is left, apart
/// from the exception that ``FileStore/receiving(_:)`` describes.
extension Intake {
    /// Stores the rows of all files in their given order: attached to a message or, with nil, unattached.
    package typealias Attach = (_ messageID: Message.ID?) throws -> [Attachment]

    /// One unit of the commit. Gets what was published for each file, and notes the keys that end up without a row (see
    /// ``FileRows``).
    private typealias Write<Value> =
        @Sendable (Transaction, ActingUser, _ copies: [PublishedCopy?], _ garbage: inout Set<String>) throws -> Value

    /// How often bytes are published again because the collector took a blob between look-up and commit.
    private static let maxAttempts = 3

    /// Adds files together with whatever `body` stores: both or neither. `body` calls `attach` to decide whether and
    /// where the files go. It may run more than once.
    ///
    /// - Throws: as ``StoreIndex/write(by:for:_:)``; ``IndexError/notOwned``; ``StoreError/quotaReached(_:)``;
    ///   ``BlobError`` and ``IndexError`` when the store cannot take the files; what `body` throws.
    package func add<Value: Sendable>(
        _ files: [ReceivedFile],
        in channelID: Agent.ID,
        by principal: Principal,
        _ body: @escaping @Sendable (Transaction, ActingUser, OwnedChannel, Attach) throws -> Value
    ) async throws -> Value {
        // Asked again in the transaction. Asking here saves publishing bytes that will be refused.
        try await store.index.read(by: principal) { _ = try $0.channel(channelID, ownedBy: $1) }
        try await reserve(in: channelID)
        let rows = try await store.rows(of: files, in: channelID)
        let (quotas, reservations, reservation) = (store.limits.quotas, store.reservations, reservation?.id)
        let write: Write<Value> = { tx, user, copies, garbage in
            let channel = try tx.channel(channelID, ownedBy: user)
            return try body(tx, user, channel) {
                let stored = try rows.insert(tx, channel, copies, messageID: $0, garbage: &garbage)
                try quotas.check(tx, user, channel, added: stored)
                // The index counts these bytes from here on. Counted twice, they would keep out others that fit.
                if let reservation { reservations.release(reservation) }
                return stored
            }
        }
        for _ in 1..<Self.maxAttempts {
            do {
                return try await commit(files, by: principal, write)
            } catch IndexError.missingReference {
                // A blob we relied on has gone, or the collector gave our own up: publish under a new key.
                continue
            }
        }
        return try await commit(files, by: principal, write)
    }

    /// One attempt. The spools outlive it, because the next attempt needs them.
    private func commit<Value: Sendable>(
        _ files: [ReceivedFile],
        by principal: Principal,
        _ body: @escaping Write<Value>
    ) async throws -> Value {
        let copies = try await publishNew(files)
        let leases = store.blobs.leases
        do {
            let (value, garbage) = try await store.index.write(by: principal) { tx, user in
                var garbage = Set(copies.compactMap { $0?.key.description })
                let value = try body(tx, user, copies, &garbage)
                if leases {
                    for case let copy? in copies where !garbage.contains(copy.key.description) {
                        try tx.endPublish(of: copy.key.description)
                    }
                }
                // Another upload stored the same bytes first, no row uses them, or they took the place of damaged ones.
                for key in garbage { try tx.doom(key: key, notBefore: tx.now) }
                return (value, garbage)
            }
            FaultPoint.reached(.committed)
            // The files are stored by now, so a failure here concerns no caller. The rows stay, and the collector acts
            // on them.
            if !garbage.isEmpty { _ = try? await store.removeDoomed(Array(garbage)) }
            return value
        } catch let error as IndexError where !error.meansNothingWasStored {
            leavesNames = true
            throw error
        } catch {
            try await unpublish(copies)
            throw error
        }
    }

    /// Publishes the bytes that the store does not have yet, or not whole. When one file fails, the others are removed
    /// again.
    ///
    /// - Returns: the fresh copy of each file; nil when the store has the bytes.
    private func publishNew(_ files: [ReceivedFile]) async throws -> [PublishedCopy?] {
        var copies: [PublishedCopy?] = []
        do {
            for file in files {
                let digest = file.bytes.digest.hex
                let known = try await store.index.read { try $0.blob(sha256: digest) }
                if let known, try await store.hasWhole(known) {
                    copies.append(nil)
                } else {
                    let key = try await store.blobs.publish(file.bytes, under: store.lease)
                    copies.append(PublishedCopy(key: key, damagedKey: known?.key))
                }
            }
            return copies
        } catch {
            try await unpublish(copies)
            throw error
        }
    }

    /// Removes published bytes that got no row.
    private func unpublish(_ copies: [PublishedCopy?]) async throws {
        let keys = copies.compactMap { $0?.key }
        // Their keys are doomed until they have a row, so the collector removes them if this does not.
        guard !store.blobs.leases else { return await store.abandonPublishes(of: keys.map(\.description)) }
        do {
            _ = try await store.blobs.remove(keys)
        } catch {
            leavesNames = true
            throw error
        }
    }
}

extension IndexError {
    /// Whether the failed unit was rolled back for certain. An I/O error at the commit leaves that open, and so does a lost
    /// connection.
    fileprivate var meansNothingWasStored: Bool {
        switch self {
        case .failure, .filesReplaced, .damaged, .unknownOutcome: false
        default: true
        }
    }
}
