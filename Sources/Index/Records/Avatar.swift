import Foundation
import GRDB

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

extension Avatar: FetchableRecord {
    package init(row: Row) {
        mimeType = row[0]
        bytes = row[1]
    }
}

extension Agent {
    private var avatarPath: String { "/api/agents/\(id)/avatar" }

    /// Whether `avatarUrl` names a picture of ours; from elsewhere it is absolute.
    package var hasUploadedAvatar: Bool { avatarUrl?.hasPrefix(avatarPath) == true }

    /// The address of a picture uploaded at `time`: another one for each, so that browsers may keep what they have.
    func avatarURL(at time: Timestamp) -> String { "\(avatarPath)?v=\(time.milliseconds)" }
}
