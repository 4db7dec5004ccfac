import FoundationEssentials

/// What a backup is; `manifest.json` in its folder. It is replaced when all that it speaks of is durable.
package struct BackupManifest: Codable, Sendable, Equatable {
    private static let name = "manifest.json"
    /// Where the copy of the index is until it is the backup's.
    static let newIndex = "index.new"

    /// When the index was copied.
    package let takenAt: String
    /// Of the copy of the index, which names the digests of everything else.
    let indexSHA256: String
    /// What the index names, and how many bytes that is.
    package let contents: Int
    package let bytes: Int
    /// How many of them were damaged, and are not in the backup.
    package let damaged: Int
    /// Where the contents are, as the operator named it; nil when the backup has them.
    package var bucket: String?

    /// The name of the copy of the index.
    var index: String { "index-\(id).sqlite" }
    /// 32 hex digits.
    var id: String { String(indexSHA256.prefix(32)) }

    /// Nil when the folder has none.
    static func read(from folder: String) throws -> BackupManifest? {
        guard let bytes = FileManager.default.contents(atPath: "\(folder)/\(name)") else { return nil }
        return try JSONDecoder().decode(Self.self, from: bytes)
    }

    func write(to folder: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(self).write(to: URL(fileURLWithPath: "\(folder)/\(Self.name)"), options: .atomic)
    }
}
