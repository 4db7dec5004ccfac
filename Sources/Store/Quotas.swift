import Index

/// How many bytes of files there may be, unless the index says otherwise for the channel or the user; nil for any
/// number.
package struct Quotas: Sendable {
    /// Of all users together.
    package let all: Int?
    /// Of one user, in all channels.
    package let user: Int?
    package let channel: Int?

    package static let none = Quotas(all: nil, user: nil, channel: nil)

    package init(all: Int?, user: Int?, channel: Int?) {
        (self.all, self.user, self.channel) = (all, user, channel)
    }

    /// What is left where a file of the user's would count, the narrowest first.
    func rooms(_ usage: Usage, of userID: User.ID, in channelID: Agent.ID?) -> [QuotaRoom] {
        var rooms = [
            QuotaRoom(holder: .user(userID), used: usage.user, limit: usage.userQuota ?? user),
            QuotaRoom(holder: .all, used: usage.all, limit: all),
        ]
        if let channelID, let used = usage.channel {
            let holder = QuotaHolder.channel(channelID)
            rooms.insert(QuotaRoom(holder: holder, used: used, limit: usage.channelQuota ?? channel), at: 0)
        }
        return rooms
    }
}

extension Quotas {
    /// Judges files that a unit has just added, exactly: no other unit runs meanwhile (invariant 8).
    ///
    /// - Throws: ``StoreError/quotaReached(_:)``, which undoes the unit.
    func check(_ tx: Transaction, _ user: ActingUser, _ channel: OwnedChannel, added files: [Attachment]) throws {
        let bytes = files.reduce(0) { $0 + $1.size }
        for room in rooms(try tx.usage(of: user, in: channel.id), of: user.id, in: channel.id) {
            let before = QuotaRoom(holder: room.holder, used: room.used - bytes, limit: room.limit)
            if let refusal = before.refusal(of: bytes, beside: 0) { throw StoreError.quotaReached(refusal) }
        }
    }
}

/// Who has a quota.
enum QuotaHolder: Hashable, Sendable {
    case channel(Agent.ID)
    case user(User.ID)
    case all
}

/// What a holder has and may have, in bytes.
struct QuotaRoom: Sendable {
    let holder: QuotaHolder
    let used: Int
    let limit: Int?

    /// The refusal of that many bytes more; nil when they fit.
    func refusal(of bytes: Int, beside reserved: Int) -> QuotaRefusal? {
        guard let limit, used + reserved + bytes > limit else { return nil }
        let whose: QuotaRefusal.Whose =
            switch holder {
            case .channel: .channel
            case .user: .user
            case .all: .all
            }
        return QuotaRefusal(whose: whose, used: used, reserved: reserved, limit: limit, needed: bytes)
    }
}

/// Which quota does not hold a file, in bytes.
package struct QuotaRefusal: Sendable, Equatable {
    package enum Whose: Sendable { case channel, user, all }

    package let whose: Whose
    /// Of the files that are stored.
    package let used: Int
    /// Of the uploads under way, as far as is known.
    package let reserved: Int
    package let limit: Int
    /// Of the file, as far as is known.
    package let needed: Int

    package init(whose: Whose, used: Int, reserved: Int, limit: Int, needed: Int) {
        (self.whose, self.used, self.reserved, self.limit, self.needed) = (whose, used, reserved, limit, needed)
    }
}
