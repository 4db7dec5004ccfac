import HTTP
import Hummingbird
import Synchronization

/// One check at a time: whoever comes second is told.
///
/// A check is asked for in pieces, so each names the check that it belongs to. That one has the turn until its last
/// piece is done, its client hangs up, or the next piece does not come. Without a server, the command that is reading
/// has the turn, and another one meets it there.
final class CheckTurn: Sendable {
    /// How long the next piece is waited for. It comes at once, or not at all.
    static let patience = Duration.seconds(10)

    private struct Holder {
        let check: String
        /// Nil while a piece is read.
        var until: ContinuousClock.Instant?
    }

    private let holder = Mutex<Holder?>(nil)
    private let now: @Sendable () -> ContinuousClock.Instant

    /// - Parameter now: another clock is for tests.
    init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.now = now
    }

    /// Runs a piece of a check.
    ///
    /// - Parameter isLast: whether the check is over with the piece that `body` returned.
    /// - Throws: ``APIError`` 409 while another check has the turn; what `body` throws, which ends the check.
    func run<Piece: Sendable>(
        _ check: String,
        isLast: (Piece) -> Bool,
        _ body: () async throws -> Piece
    ) async throws -> Piece {
        try take(check)
        var goesOn = false
        defer { pass(on: check, goesOn) }
        let piece = try await body()
        goesOn = !isLast(piece)
        return piece
    }

    private func take(_ check: String) throws(APIError) {
        let isOurs = holder.withLock { holder in
            if let other = holder, other.check != check, other.until.map({ $0 > now() }) ?? true { return false }
            holder = Holder(check: check)
            return true
        }
        guard isOurs else {
            throw APIError(
                .conflict,
                "Another check is under way; wait until it has ended, or stop it, and then run this one again"
            )
        }
    }

    private func pass(on check: String, _ goesOn: Bool) {
        holder.withLock { holder in
            guard holder?.check == check else { return }
            holder = goesOn ? Holder(check: check, until: now() + Self.patience) : nil
        }
    }
}
