import FoundationEssentials

/// The picture that a user has uploaded for an agent.
package struct Avatar: Sendable, Equatable {
    package let mimeType: String
    package let bytes: Data

    /// Type and size are for the caller to check.
    package init(mimeType: String, bytes: Data) {
        self.mimeType = mimeType
        self.bytes = bytes
    }
}

extension Avatar: StoredRecord {
    static let columns = Columns<Avatar>(
        of: "avatars",
        [
            ("mime_type", { $0.mimeType }),
            ("bytes", { $0.bytes }),
        ]
    )

    init(row: inout Row) {
        mimeType = row.next()
        bytes = row.next()
    }
}

extension Agent {
    /// How the address of an agent's uploaded picture begins.
    package static func avatarPath(id: Agent.ID) -> String { "/api/agents/\(id)/avatar?v=" }

    /// Whether `avatarURL` is the address of an uploaded picture. One from elsewhere is an absolute URL.
    package var hasUploadedAvatar: Bool { avatarURL?.hasPrefix(Self.avatarPath(id: id)) == true }

    /// The address of a picture uploaded at `time`. It differs for each upload, so that browsers may cache it for good.
    func avatarURL(at time: Timestamp) -> String { Self.avatarPath(id: id) + String(time.milliseconds) }
}
