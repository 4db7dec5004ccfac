import Blobs
import Foundation
import Testing

/// What the bytes of a test's store are in.
enum Engine: String, CaseIterable {
    case disk, bucket

    @TaskLocal static var current = Engine.disk

    /// A part of the bucket that no other test has. `scripts/test` starts the object store.
    static func bucket() throws -> BucketSettings {
        let address = try #require(
            ProcessInfo.processInfo.environment["PLACET_TEST_S3"],
            "no object store: run `.venv/bin/python Tests/object_store.py -- swift test`, as scripts/test does"
        )
        let text = address.replacing("/?", with: "/\(UUID().uuidString)?")
        let credentials = S3Credentials(keyID: "placet:tests", secret: "secretsecret")
        return BucketSettings(text: text, location: try S3Location(text), credentials: .success(credentials))
    }
}

/// Runs each test once for each engine, because what it says holds for all of them.
struct OnEachEngine: SuiteTrait, TestTrait, TestScoping {
    let isRecursive = true

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        for engine in Engine.allCases { try await Engine.$current.withValue(engine, operation: function) }
    }
}

extension Trait where Self == OnEachEngine {
    static var onEachEngine: Self { OnEachEngine() }
}

extension PublishLease {
    /// Nobody collects beside the test.
    static let none = PublishLease { _ in
    } renew: { _, _ in
    }
}
