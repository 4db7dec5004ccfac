import Blobs
import BlobsSupport
import Index
import NIOCore
import Testing

@testable import Store

@Suite("Intake", .onEachEngine)
struct IntakeTests {
    private struct HungUp: Error {}
    /// More than waits in memory: it is on disk while it arrives.
    private static let large = [UInt8](repeating: 7, count: 600_000)

    @Test("a file is stored once its bytes and its row are, for a week; its spool is gone")
    func stored() async throws {
        try await withStore { test in
            for bytes in [Array("hello".utf8), Self.large, []] {
                let attachment = try await test.add(bytes)
                #expect(
                    try await test.store.index.read(by: test.principal) {
                        try $0.file(attachment.id, ownedBy: $1)?.attachment
                    }
                        == attachment
                )
                #expect(attachment.messageID == nil && attachment.size == bytes.count)
                #expect(attachment.expiresAt == attachment.createdAt + .seconds(7 * 24 * 60 * 60))
                #expect(try await test.bytes(of: attachment) == bytes)
            }
            #expect(try await test.census() == Census(attachments: 3, blobs: 3, blobFiles: 3))
        }
    }

    @Test("what was received and not added is gone, half of a file as well as a whole one")
    func notAdded() async throws {
        try await withStore { test in
            await #expect(throws: HungUp.self) {
                try await test.store.receiving { intake in
                    _ = try await test.receive(Self.large, intake)
                    let spool = try await intake.makeSpool()
                    try await intake.append(ByteBuffer(bytes: Self.large), to: spool)
                    #expect(try await test.census().incoming == 2)
                    throw HungUp()
                }
            }
            #expect(try await test.census() == Census())
            try await test.store.receiving { intake in _ = try await test.receive(Self.large, intake) }
            #expect(try await test.census() == Census())
        }
    }

    @Test("a file that grows too large is refused on the way, and none of it stays")
    func tooLarge() async throws {
        try await withStore(maxFileBytes: 600_000) { test in
            _ = try await test.add(Self.large)
            await #expect(throws: StoreError.fileTooLarge(limit: 600_000)) {
                _ = try await test.add(Self.large + [1])
            }
            await #expect(throws: StoreError.fileTooLarge(limit: 600_000)) {
                let text = TextFile(content: String(repeating: "a", count: 600_001), filename: nil, declaredType: nil)
                _ = try await test.store.add(text, in: test.channel.id, by: test.principal)
            }
            #expect(try await test.census() == Census(attachments: 1, blobs: 1, blobFiles: 1))
        }
    }

    @Test("a declared length is refused when no file of it could be stored")
    func admission() async throws {
        try await withStore(maxFileBytes: 600_000) { test in
            try await test.store.admit(length: 600_000 + 1 << 20)
            await #expect(throws: StoreError.fileTooLarge(limit: 600_000)) {
                try await test.store.admit(length: 600_001 + 1 << 20)
            }
        }
        try await withStore(maxFileBytes: .max) { test in
            await #expect(throws: StoreError.noSpaceLeft) { try await test.store.admit(length: 1 << 60) }
        }
    }

    @Test("nothing goes into a channel that is another user's or does not exist")
    func foreignChannel() async throws {
        try await withStore { test in
            let stranger = User(
                id: .make(),
                email: "eve@example.org",
                displayName: "Eve",
                role: .member,
                passwordHash: "none",
                mustChangePassword: false,
                createdAt: .now()
            )
            let channel = Agent(id: .make(), userID: stranger.id, name: "a", createdAt: .now())
            try await test.store.index.write { tx in
                try tx.insert(stranger)
                try tx.insert(channel)
            }
            for id in [channel.id, .make()] {
                await #expect(throws: IndexError.notOwned) { _ = try await test.add(Self.large, to: id) }
            }
            #expect(try await test.census() == Census())
        }
    }

    @Test("of equal bytes that come together one copy is kept, and no note on the other is left")
    func equalBytes() async throws {
        try await withStore { test in
            let stored = try await test.store.receiving { intake in
                let files = [try await test.receive(Self.large, intake), try await test.receive(Self.large, intake)]
                return try await intake.add(files, in: test.channel.id, by: test.principal) { _, _, _, attach in
                    try attach(nil)
                }
            }
            #expect(Set(stored.map(\.id)).count == 2)
            #expect(try await test.census() == Census(attachments: 2, blobs: 1, blobFiles: 1))
        }
    }

    @Test("files that the transaction does not attach are not stored, and their bytes go")
    func notAttached() async throws {
        try await withStore { test in
            let texts = ["a", "b"].map { TextFile(content: $0, filename: nil, declaredType: nil) }
            try await test.store.add(texts, in: test.channel.id, by: test.principal) { _, _, _, _ in }
            #expect(try await test.census() == Census())
        }
    }

    @Test("a text without a name and a type is content.md and Markdown")
    func text() async throws {
        try await withStore { test in
            let text = TextFile(content: "*Log*", filename: nil, declaredType: nil)
            let stored = try await test.store.add(text, in: test.channel.id, by: test.principal).attachment
            #expect(stored.filename == "content.md")
            #expect(stored.mimeType == "text/markdown" && stored.declaredMimeType == "text/markdown")
            #expect(try await test.store.texts(of: [stored]) == [stored.id: "*Log*"])
        }
    }
}
