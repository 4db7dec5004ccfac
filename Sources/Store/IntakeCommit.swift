import Blobs
import Index

/// The last steps on the way in: publish the bytes, commit the rows.
///
/// When a function returns, bytes and rows are durable (invariants 1 and 4). When it throws, neither is left, apart
/// from the exception that ``FileStore/receiving(_:)`` describes.
extension Intake {
    /// Stores the rows of all files in their given order: attached to a message or, with nil, unattached.
    package typealias Attach = (_ messageID: Message.ID?) throws -> [Attachment]

    /// One unit of the commit. Gets the keys under which the bytes of each file were published, and notes the ones that
    /// got a row.
    private typealias Write<Value> =
        @Sendable (Transaction, _ keys: [BlobKey?], _ used: inout Set<BlobKey>) throws -> Value

    /// How often bytes are published again because the collector took a blob between look-up and commit.
    private static let maxAttempts = 3

    /// Adds one file to a user's channel, unattached.
    ///
    /// - Throws: ``IndexError/notOwned``; ``BlobError`` and ``IndexError`` when the store cannot take the file.
    package func add(_ file: ReceivedFile, in channelID: Agent.ID, of userID: User.ID) async throws -> Attachment {
        try await add([file], in: channelID, of: userID) { _, _, attach in try attach(nil)[0] }
    }

    /// Adds files together with whatever `body` stores: both or neither. `body` calls `attach` to decide whether and
    /// where the files go. It may run more than once.
    ///
    /// - Throws: as above, and what `body` throws.
    package func add<Value: Sendable>(
        _ files: [ReceivedFile],
        in channelID: Agent.ID,
        of userID: User.ID,
        _ body: @escaping @Sendable (Transaction, OwnedChannel, Attach) throws -> Value
    ) async throws -> Value {
        // Asked again in the transaction. Asking here saves publishing bytes that will be refused.
        try await store.index.read { _ = try $0.channel(channelID, ownedBy: userID) }
        let rows = try await store.rows(of: files, in: channelID)
        let write: Write<Value> = { tx, keys, used in
            let channel = try tx.channel(channelID, ownedBy: userID)
            return try body(tx, channel) { try rows.insert(tx, channel, keys, messageID: $0, used: &used) }
        }
        for _ in 1..<Self.maxAttempts {
            do {
                return try await commit(files, write)
            } catch IndexError.missingReference {
                continue  // A blob we relied on has gone: publish our own bytes.
            }
        }
        return try await commit(files, write)
    }

    /// One attempt. The spools outlive it, because the next attempt needs them.
    private func commit<Value: Sendable>(
        _ files: [ReceivedFile],
        _ body: @escaping Write<Value>
    ) async throws -> Value {
        let keys = try await publishNew(files)
        do {
            let (value, unused) = try await store.index.write { tx in
                var used: Set<BlobKey> = []
                let value = try body(tx, keys, &used)
                // Another upload stored the same bytes first, or no row uses them: our copy has to go.
                let unused = keys.compactMap { $0 }.filter { !used.contains($0) }
                for key in unused { try tx.doom(key: key.description, notBefore: tx.now) }
                return (value, unused)
            }
            // The files are stored by now, so a failure here concerns no caller. The row stays, and the next start acts
            // on it.
            for key in unused { try? await store.removeDoomed(key.description) }
            return value
        } catch let error as IndexError where !error.meansNothingWasStored {
            leavesNames = true
            throw error
        } catch {
            try await unpublish(keys)
            throw error
        }
    }

    /// Publishes the bytes that the index does not know yet. When one file fails, the others are removed again.
    ///
    /// - Returns: the fresh key of each file; nil when the index knows the digest.
    private func publishNew(_ files: [ReceivedFile]) async throws -> [BlobKey?] {
        var keys: [BlobKey?] = []
        do {
            for file in files {
                let digest = file.bytes.digest.hex
                let isKnown = try await store.index.read { try $0.blob(sha256: digest) != nil }
                keys.append(isKnown ? nil : try await store.blobs.publish(file.bytes))
            }
            return keys
        } catch {
            try await unpublish(keys)
            throw error
        }
    }

    /// Removes published bytes that got no row.
    private func unpublish(_ keys: [BlobKey?]) async throws {
        do {
            for case let key? in keys { try await store.blobs.remove(key) }
        } catch {
            leavesNames = true
            throw error
        }
    }
}

extension IndexError {
    /// Whether the failed unit was rolled back for certain. An I/O error at the commit leaves that open.
    fileprivate var meansNothingWasStored: Bool {
        if case .failure = self { false } else { true }
    }
}
