import API
import Index
import Testing

@Suite("Whose delivery is next")
struct SendingTurnsTests {
    private static let now = Timestamp(milliseconds: 1_000)

    private static func head(_ channel: String, of user: String, due milliseconds: Int64 = 0) -> NextDelivery {
        NextDelivery(
            channelID: Agent.ID(rawValue: channel),
            userID: User.ID(rawValue: user),
            dueAt: Timestamp(milliseconds: milliseconds)
        )
    }

    @Test("A channel has one place: what waits there is passed over until it is free")
    func channels() {
        let turns = SendingTurns<NextDelivery>(perUser: Limits.webhooksPerUser)
        let queue = [Self.head("a", of: "ada"), Self.head("b", of: "ada", due: 500)]
        #expect(turns.next(in: queue, now: Self.now) == queue[0])
        turns.take("a", of: "ada")
        #expect(turns.next(in: queue, now: Self.now) == queue[1])
        #expect(turns.nextDue(in: queue) == Timestamp(milliseconds: 500))
        turns.take("b", of: "ada")
        #expect(turns.next(in: queue, now: Self.now) == nil && turns.nextDue(in: queue) == nil)
        turns.leave("a")
        #expect(turns.next(in: queue, now: Self.now) == queue[0])
    }

    @Test("A user has a few places: another user's delivery does not wait behind a hundred hanging ones")
    func users() {
        let turns = SendingTurns<NextDelivery>(perUser: Limits.webhooksPerUser)
        let hanging = (0..<100).map { Self.head("a\($0)", of: "ada") }
        for count in 0..<Limits.webhooksPerUser {
            #expect(turns.next(in: hanging, now: Self.now) == hanging[count])
            turns.take(hanging[count].channelID, of: "ada")
        }
        #expect(turns.next(in: hanging, now: Self.now) == nil)
        let other = Self.head("b", of: "bob", due: 900)
        #expect(turns.next(in: hanging + [other], now: Self.now) == other)
    }

    @Test("Who has fewer under way is next, though his delivery came later; of equals who is due the longest")
    func fairness() {
        let turns = SendingTurns<NextDelivery>(perUser: Limits.webhooksPerUser)
        turns.take("a0", of: "ada")
        let queue = [Self.head("a1", of: "ada"), Self.head("b", of: "bob", due: 1), Self.head("c", of: "cleo", due: 2)]
        #expect(turns.next(in: queue, now: Self.now)?.channelID == "b")
        turns.take("b", of: "bob")
        #expect(turns.next(in: queue, now: Self.now)?.channelID == "c")
        turns.take("c", of: "cleo")
        #expect(turns.next(in: queue, now: Self.now)?.channelID == "a1")
    }

    @Test("What is not due yet has no turn, but says when it will")
    func later() {
        let turns = SendingTurns<NextDelivery>(perUser: Limits.webhooksPerUser)
        let queue = [Self.head("a", of: "ada", due: 1_001)]
        #expect(turns.next(in: queue, now: Self.now) == nil)
        #expect(turns.nextDue(in: queue) == Timestamp(milliseconds: 1_001))
    }
}
