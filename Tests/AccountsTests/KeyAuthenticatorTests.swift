import API
import Dispatch
import Foundation
import HTTP
import IndexSupport
import Synchronization
import Testing

@testable import Accounts
@testable import Index

@Suite("KeyAuthenticator")
struct KeyAuthenticatorTests {
    @Test(
        "a key that was never made speaks for nobody",
        arguments: [
            "", "nonsense", "hp_", "hp_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG",
        ]
    )
    func unknown(text: String) async throws {
        let accounts = try await TestAccounts()
        _ = try await accounts.makeKey()
        #expect(try await accounts.authenticator.principal(forKey: text) == nil)
    }

    @Test("a key speaks for the user who owns it, the first time and when it is remembered")
    func known() async throws {
        let accounts = try await TestAccounts()
        let (key, other) = (try await accounts.makeKey(), try await accounts.makeKey(of: "bob@example.org"))
        for _ in 0..<2 {
            let principal = try await accounts.principal(key)
            #expect(principal?.user == key.record.userID.rawValue)
            #expect(principal?.key == key.record.id.rawValue)
            #expect(try await accounts.principal(other)?.user == other.record.userID.rawValue)
        }
        #expect(key.record.userID != other.record.userID)
    }

    @Test("a revoked key is dead at once, also when it was remembered; others live on")
    func revoked() async throws {
        let accounts = try await TestAccounts()
        let (key, other) = (try await accounts.makeKey(), try await accounts.makeKey())
        #expect(try await accounts.principal(key) != nil)
        #expect(try await accounts.principal(other) != nil)

        try await accounts.revoke(key)
        #expect(try await accounts.principal(key) == nil)
        #expect(try await accounts.principal(other) != nil)
    }

    @Test("a key that was not used before it was revoked is dead too")
    func revokedUnused() async throws {
        let accounts = try await TestAccounts()
        let key = try await accounts.makeKey()
        try await accounts.revoke(key)
        #expect(try await accounts.principal(key) == nil)
    }

    @Test("a look-up that a revocation overtook is not remembered")
    func overtaken() async throws {
        let accounts = try await TestAccounts()
        let key = try await accounts.makeKey()
        // The row has been read, and the look-up stands at the writer's door with its note of the use.
        let gate = Gate()
        async let blocker: Void = accounts.index.write { _ in gate.block() }
        await gate.entered()
        async let lookUp = accounts.principal(key)
        while accounts.index.commits.waitingCount < 1 { await Task.yield() }

        let id = key.record.id
        async let revocation: Bool = accounts.index.write { tx in try tx.revokeAnyAPIKey(id: id) }
        while accounts.index.commits.waitingCount < 2 { await Task.yield() }
        gate.release()
        try await blocker
        _ = try await (lookUp, revocation)
        #expect(try await accounts.principal(key) == nil)
    }

    @Test("a key opens nothing from its expiry on, also when it is remembered")
    func expired() async throws {
        let accounts = try await TestAccounts()
        let end = Timestamp.now() + .milliseconds(300)
        let key = try await accounts.makeKey(expiresAt: end)
        let principal = try await accounts.principal(key)
        #expect(principal != nil || Timestamp.now() >= end)
        while Timestamp.now() < end { await Task.yield() }
        #expect(try await accounts.principal(key) == nil)
    }

    @Test("a use is noted at once, and then at most once a minute")
    func touched() async throws {
        let accounts = try await TestAccounts()
        let key = try await accounts.makeKey()
        #expect(try await accounts.lastUse(of: key) == nil)
        _ = try await accounts.principal(key)
        let noted = try #require(try await accounts.lastUse(of: key))

        // A second note would be of another millisecond.
        while Timestamp.now() <= noted { await Task.yield() }
        for _ in 0..<20 { _ = try await accounts.principal(key) }
        #expect(try await accounts.lastUse(of: key) == noted)
    }

    @Test("a key still opens when its use cannot be noted")
    func useCannotBeNoted() async throws {
        let accounts = try await TestAccounts()
        let key = try await accounts.makeKey()
        accounts.index.commits.refuseMore()
        #expect(try await accounts.principal(key) != nil)
    }
}

/// An index in a folder of its own with users and keys; the folder goes with it.
private final class TestAccounts: Sendable {
    struct Key: Sendable {
        let text: String
        let record: APIKey
    }

    let index: StoreIndex
    let authenticator: KeyAuthenticator
    private let place: TestIndex
    private let directory = NSTemporaryDirectory() + "accounts-" + UUID().uuidString

    init() async throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        place = try TestIndex(file: directory + "/index.sqlite")
        index = try place.open(storeID: "store-1")
        authenticator = KeyAuthenticator(index: index)
    }

    deinit {
        index.close()
        place.giveBack()
        try? FileManager.default.removeItem(atPath: directory)
    }

    func makeKey(of email: String = "ada@example.org", expiresAt: Timestamp? = nil) async throws -> Key {
        let (secret, userID, keyID) = (Secret(.apiKey), User.ID.make(), APIKey.ID.make())
        let record = try await index.write { tx in
            var user = try tx.user(email: email)
            if user == nil {
                let new = User(
                    id: userID,
                    email: email,
                    displayName: "x",
                    role: .member,
                    passwordHash: "x",
                    mustChangePassword: false,
                    createdAt: tx.now
                )
                try tx.insert(new)
                user = new
            }
            let key = APIKey(
                id: keyID,
                userID: user?.id ?? userID,
                label: "x",
                keyPrefix: secret.shownPrefix,
                expiresAt: expiresAt,
                createdAt: tx.now
            )
            try tx.insert(key, hash: secret.hash)
            return key
        }
        return Key(text: secret.text, record: record)
    }

    func principal(_ key: Key) async throws -> AgentPrincipal? {
        try await authenticator.principal(forKey: key.text)
    }

    func revoke(_ key: Key) async throws {
        let id = key.record.id
        try await index.write { tx in _ = try tx.revokeAnyAPIKey(id: id) }
    }

    func lastUse(of key: Key) async throws -> Timestamp? {
        try await index.read { try $0.apiKeys() }.first { $0.id == key.record.id }?.lastUsedAt
    }
}

/// Holds the writer inside one unit until `release` is called.
private final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let isEntered = Mutex(false)

    func block() {
        isEntered.withLock { $0 = true }
        semaphore.wait()
    }

    func entered() async {
        while !isEntered.withLock({ $0 }) { await Task.yield() }
    }

    func release() { semaphore.signal() }
}
