import Blobs
import Foundation
import Testing

/// What the bytes of a test's store are in.
package enum Engine: String, CaseIterable {
    case disk, bucket

    @TaskLocal package static var current = Engine.disk

    /// Those that this run is about: an index on PostgreSQL has a bucket beside it.
    static let all =
        ProcessInfo.processInfo.environment["PLACET_TEST_INDEX"] == "postgresql" ? [bucket] : allCases

    /// A part of the bucket that no other test has. `scripts/test` starts the object store.
    package static func bucket() throws -> BucketSettings {
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
package struct OnEachEngine: SuiteTrait, TestTrait, TestScoping {
    package let isRecursive = true
    package func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        for engine in Engine.all { try await Engine.$current.withValue(engine, operation: function) }
    }
}

extension Trait where Self == OnEachEngine {
    package static var onEachEngine: Self { .init() }
}
