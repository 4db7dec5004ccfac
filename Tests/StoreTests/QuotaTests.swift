import BlobsSupport
import Index
import NIOCore
import Testing

@testable import Store

@Suite("Quotas", .onEachEngine)
struct QuotaTests {
    private static let hundred = [UInt8](repeating: 7, count: 100)

    private static func refusal(_ whose: QuotaRefusal.Whose, _ used: Int, _ needed: Int, reserved: Int = 0)
        -> StoreError
    {
        .quotaReached(QuotaRefusal(whose: whose, used: used, reserved: reserved, limit: 250, needed: needed))
    }

    @Test(
        "a file that fills a quota is stored, a byte more is refused; equal bytes count again",
        arguments: [
            (Quotas(all: nil, user: nil, channel: 250), QuotaRefusal.Whose.channel),
            (Quotas(all: nil, user: 250, channel: nil), .user), (Quotas(all: 250, user: nil, channel: nil), .all),
        ]
    )
    func exact(quotas: Quotas, whose: QuotaRefusal.Whose) async throws {
        try await withStore(quotas: quotas) { test in
            for _ in 0..<2 { _ = try await test.add(Self.hundred) }
            await #expect(throws: Self.refusal(whose, 200, 51)) {
                _ = try await test.add([UInt8](repeating: 1, count: 51))
            }
            #expect(try await test.census() == Census(attachments: 2, blobs: 1, blobFiles: 1))
            _ = try await test.add([UInt8](repeating: 1, count: 50))
            _ = try await test.add([])
            await #expect(throws: Self.refusal(whose, 250, 1)) { _ = try await test.add([1]) }
        }
    }

    @Test("the quota of a channel or user comes before the configured one, and what is stored when it is lowered stays")
    func own() async throws {
        try await withStore(quotas: Quotas(all: nil, user: 50, channel: 50)) { test in
            try await test.set(channel: 250, user: 1000)
            for _ in 0..<2 { _ = try await test.add(Self.hundred) }
            await #expect(throws: Self.refusal(.channel, 200, 100)) { _ = try await test.add(Self.hundred) }
            try await test.set(channel: 1000, user: 100)
            for bytes in [[], [1]] as [[UInt8]] {
                let needed = QuotaRefusal(whose: .user, used: 200, reserved: 0, limit: 100, needed: bytes.count)
                await #expect(throws: StoreError.quotaReached(needed)) { _ = try await test.add(bytes) }
            }
            #expect(try await test.census().attachments == 2)
        }
    }

    @Test("room is there again the moment that a file is deleted")
    func freed() async throws {
        try await withStore(quotas: Quotas(all: nil, user: 250, channel: nil)) { test in
            let first = try await test.add(Self.hundred)
            _ = try await test.add(Self.hundred)
            await #expect(throws: StoreError.self) { _ = try await test.add(Self.hundred) }
            try await test.store.index.write(by: test.principal) { tx, user in
                _ = try tx.deleteAttachment(first.id, ownedBy: user)
            }
            _ = try await test.add(Self.hundred)
        }
    }

    @Test("what an upload has announced or received is reserved until it ends, whether it is stored or not")
    func reserved() async throws {
        try await withStore(quotas: Quotas(all: nil, user: 250, channel: nil)) { test in
            let announced = FileStore.bodyOverhead + 200
            try await test.store.receiving { intake in
                try await intake.reserve(length: announced, for: test.principal, key: nil)
                await #expect(throws: Self.refusal(.user, 0, 100, reserved: 200)) {
                    try await test.upload(Self.hundred)
                }
            }
            #expect(test.store.reservations.all == 0)
            try await test.store.receiving { intake in
                try await intake.reserve(length: 0, for: test.principal, key: nil)
                for _ in 0..<2 { _ = try await test.receive(Self.hundred, intake) }
                await #expect(throws: Self.refusal(.user, 0, 100, reserved: 200)) {
                    try await test.upload(Self.hundred)
                }
            }
            try await test.upload(Self.hundred)
            #expect(test.store.reservations.all == 0)
        }
    }

    @Test("what is stored is not reserved any more, so that nothing counts twice")
    func once() async throws {
        try await withStore(quotas: Quotas(all: nil, user: 250, channel: nil)) { test in
            let reservations = test.store.reservations
            try await test.store.receiving { intake in
                try await intake.reserve(length: 0, for: test.principal, key: nil)
                let file = try await test.receive(Self.hundred, intake)
                _ = try await intake.add([file], in: test.channel.id, by: test.principal) { _, _, _, attach in
                    #expect(reservations.all == 100)
                    _ = try attach(nil)
                    #expect(reservations.all == 0)
                }
                #expect(reservations.all == 0)
            }
        }
    }

    @Test("an announced length that cannot fit is refused before a byte comes, unless it may be a repeat of its size")
    func announced() async throws {
        try await withStore(quotas: Quotas(all: nil, user: 150, channel: nil)) { test in
            func announce(_ bytes: Int64, _ key: String?) async throws {
                try await test.store.receiving { intake in
                    let length = FileStore.bodyOverhead + bytes
                    try await intake.reserve(length: length, for: test.principal, key: key)
                }
            }
            for key in [nil, "first"] {
                await #expect(throws: StoreError.self) { try await announce(151, key) }
            }
            let key = UploadKey(name: "first", senderType: .agent, effect: "store")
            try await test.upload(Self.hundred, once: key)
            try await announce(100, "first")
            await #expect(throws: StoreError.self) { try await announce(101, "first") }
            // What was not announced is found out as it comes.
            await #expect(throws: StoreError.self) {
                try await test.store.receiving { intake in
                    try await intake.reserve(length: 0, for: test.principal, key: "first")
                    for _ in 0..<2 { _ = try await test.receive(Self.hundred, intake) }
                }
            }
        }
    }

    @Test("a repeat needs no room, and another upload under the same reservation none that there is not")
    func repeated() async throws {
        try await withStore(quotas: Quotas(all: nil, user: 150, channel: nil)) { test in
            let key = UploadKey(name: "first", senderType: .agent, effect: "store")
            try await test.upload(Self.hundred, once: key)
            try await test.upload(Self.hundred, once: key)
            #expect(try await test.census().attachments == 1)
            try await test.store.receiving { intake in
                try await intake.reserve(length: 0, for: test.principal, key: "first")
                let file = try await test.receive(Self.hundred, intake)
                let full = QuotaRefusal(whose: .user, used: 100, reserved: 0, limit: 150, needed: 100)
                await #expect(throws: StoreError.quotaReached(full)) {
                    _ = try await intake.add(file, in: test.channel.id, by: test.principal)
                }
            }
        }
    }

    @Test("bodies that are only announced do not take the quota of all from others; what has arrived counts")
    func ahead() async throws {
        let quota = 3 * Reservations.ahead
        try await withStore(quotas: Quotas(all: quota, user: nil, channel: nil)) { test in
            func announce(_ bytes: Int, _ intake: Intake) async throws {
                let length = FileStore.bodyOverhead + Int64(bytes)
                try await intake.reserve(length: length, for: test.principal, key: nil)
            }
            try await test.store.receiving { first in
                try await announce(quota, first)
                #expect(test.store.reservations.all == Reservations.ahead)
                try await test.store.receiving { try await announce(quota, $0) }
                _ = try await test.receive([UInt8](repeating: 7, count: quota), first)
                await #expect(throws: StoreError.self) { try await test.upload([1]) }
            }
            // What does not fit for sure is refused at once all the same.
            await #expect(throws: StoreError.self) {
                try await test.store.receiving { try await announce(quota + 1, $0) }
            }
        }
    }

    @Test("a channel that is known before the file is judged by what was announced")
    func channelFirst() async throws {
        try await withStore(quotas: Quotas(all: nil, user: nil, channel: 250)) { test in
            try await test.store.receiving { intake in
                let length = FileStore.bodyOverhead + 251
                try await intake.reserve(length: length, for: test.principal, key: nil)
                await #expect(throws: Self.refusal(.channel, 0, 251)) {
                    try await intake.reserve(in: test.channel.id)
                }
            }
            #expect(test.store.reservations.all == 0)
        }
    }
}

extension TestStore {
    /// Adds a file as a request does: with a reservation.
    fileprivate func upload(_ bytes: [UInt8], once key: UploadKey? = nil) async throws {
        try await store.receiving { intake in
            try await intake.reserve(length: 0, for: principal, key: key?.name)
            let file = try await receive(bytes, intake)
            _ = try await intake.add(file, in: channel.id, by: principal, once: key)
        }
    }

    fileprivate func set(channel channelQuota: Int, user userQuota: Int) async throws {
        try await store.index.write(by: principal) { tx, acting in
            var (agent, owned) = try tx.agent(channel.id, ownedBy: acting)
            agent.quotaBytes = channelQuota
            try tx.update(agent, in: owned)
            var user = user
            user.quotaBytes = userQuota
            try tx.update(user)
        }
    }
}
