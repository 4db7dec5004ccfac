import Foundation

/// The picture of an agent that its owner has uploaded.
package struct Avatar: Sendable, Equatable {
    package let mimeType: String
    package let bytes: Data

    /// A picture as given; nothing is checked here.
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
    /// How the address of an uploaded picture begins.
    package static func avatarPath(id: Agent.ID) -> String { "/api/agents/\(id)/avatar?v=" }

    /// Whether `avatarURL` names a picture of ours; from elsewhere it is absolute.
    package var hasUploadedAvatar: Bool { avatarURL?.hasPrefix(Self.avatarPath(id: id)) == true }

    /// The address of a picture uploaded at `time`: another one for each, so that browsers may keep what they have.
    func avatarURL(at time: Timestamp) -> String { Self.avatarPath(id: id) + String(time.milliseconds) }
}
