import HTTP
import HTTPTypes
import Synchronization
import Testing

@testable import Admin

@Suite("One check at a time")
struct CheckTurnTests {
    @Test("the second is told while a piece is read, and between two pieces")
    func second() async throws {
        let turn = CheckTurn()
        for _ in 1...2 {
            try await turn.run("a", isLast: { _ in false }) { await expectRefusal(of: "b", turn) }
            await expectRefusal(of: "b", turn)
        }
        try await turn.run("a", isLast: { _ in true }) {}
        try await turn.run("b", isLast: { _ in true }) {}
    }

    @Test("a check that was stopped is over at once")
    func stopped() async throws {
        let turn = CheckTurn()
        await #expect(throws: CancellationError.self) {
            try await turn.run("a", isLast: { _ in false }) { throw CancellationError() }
        }
        try await turn.run("b", isLast: { _ in true }) {}
    }

    @Test("one whose next piece does not come is over a moment later")
    func forgotten() async throws {
        let time = Mutex(ContinuousClock.now)
        let turn = CheckTurn(now: { time.withLock { $0 } })
        try await turn.run("a", isLast: { _ in false }) {}
        time.withLock { $0 += CheckTurn.patience - .seconds(1) }
        await expectRefusal(of: "b", turn)
        time.withLock { $0 += .seconds(1) }
        try await turn.run("b", isLast: { _ in false }) {}
        await expectRefusal(of: "a", turn)
    }

    private func expectRefusal(of check: String, _ turn: CheckTurn) async {
        let error = await #expect(throws: APIError.self) { try await turn.run(check, isLast: { _ in true }) {} }
        #expect(error?.status == .conflict)
    }
}
