import IndexSupport
import Testing

@testable import Index
@testable import Store

@Suite("Collection while a backup holds removal")
struct RemovalHoldTests {
    /// What is due now, without a grace.
    private func collect(_ test: TestStore) async throws -> CollectionStep {
        let plan = CollectionPlan.ID(moment: .now() + .seconds(2), grace: .zero)
        return try await test.store.collectDue(at: plan, startedBy: .run, for: .seconds(60))
    }

    @Test("takes the rows and keeps the bytes, says until when, and they go with the end of the hold")
    func held() async throws {
        try await withStore { test in
            try await test.delete(try await test.add([1]))
            #expect(try await test.store.holdRemoval("a") == false)
            let step = try await collect(test)
            #expect(step.done.blobs == CollectedBlobs(count: 1, bytes: 1))
            let until = try #require(step.heldUntil)
            #expect(until > .now() + .seconds(500) && until <= .now() + .seconds(600))
            #expect(try await test.census() == Census(doomed: 1, blobFiles: 1))
            // Whoever removes bytes as they fall due sleeps until the hold may be over.
            #expect(try await test.store.removeDue() == until)
            #expect(try await test.census() == Census(doomed: 1, blobFiles: 1))
            try await test.store.endRemovalHold("a", isWhole: false)
            #expect(try await test.census() == Census())
            #expect(try await test.store.removeDue() == nil)
            #expect(try await collect(test).heldUntil == nil)
        }
    }

    @Test("keys that fall due after the hold are waited for, not the hold")
    func later() async throws {
        try await withStore { test in
            try await test.delete(try await test.add([1]))
            let plan = CollectionPlan.ID(moment: .now() + .seconds(2), grace: .zero)
            _ = try await test.store.collect(plan, for: .seconds(60), in: RunningCollection(.schedule, of: plan))
            _ = try await test.store.holdRemoval("a")
            #expect(try #require(try await test.store.removeDue()) > .now() + .seconds(3000))
        }
    }

    @Test("with nothing to remove there is nothing to wake for")
    func nothing() async throws {
        try await withStore { test in
            _ = try await test.store.holdRemoval("a")
            #expect(try await test.store.removeDue() == nil)
        }
    }
}
