import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import HTTP

@Suite("How slow a body may be")
struct BodyPaceTests {
    private let start = ContinuousClock.now

    @Test("only the time in which the server wants more counts, and bytes buy time")
    func pace() {
        var pace = BodyPace(BodyPace.Limit(bytesPerSecond: 1_000, patience: .seconds(60)))
        #expect(pace.left(at: start + .seconds(500)) == .seconds(60))
        pace.wait(from: start)
        #expect(pace.left(at: start + .seconds(20)) == .seconds(40))
        pace.wait(from: start + .seconds(20))
        pace.receive(5_000, at: start + .seconds(50))
        #expect(pace.left(at: start + .seconds(900)) == .seconds(15))
        pace.wait(from: start + .seconds(900))
        #expect(pace.left(at: start + .seconds(915)) == .zero)
    }

    @Test("a mobile phone with 30 KB/s never runs out of time; a byte every 25 s does within minutes")
    func honestAndNot() {
        for (bytes, pause, minutes) in [(3_000, Duration.milliseconds(100), Int?.none), (1, .seconds(25), 2)] {
            var pace = BodyPace(BodyPace.Limit(bytesPerSecond: 1_000, patience: .seconds(60)))
            var now = start
            while pace.left(at: now) > .zero, start.duration(to: now) < .seconds(3_600) {
                pace.wait(from: now)
                now += pause
                pace.receive(bytes, at: now)
            }
            let isOver = pace.left(at: now) <= .zero
            #expect(isOver == (minutes != nil))
            if let minutes { #expect(start.duration(to: now) < .seconds(60 * minutes)) }
        }
    }

    @Test("whoever reads a body that is too slow is told, and the connection ends soon after")
    func givenUp() throws {
        let wire = try Wire(slowest: BodyPace.Limit(bytesPerSecond: 1_000_000, patience: .zero))
        let error = #expect(throws: APIError.self) {
            try wire.clientSends("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\n")
        }
        #expect(error?.status == .requestTimeout)
        wire.channel.embeddedEventLoop.advanceTime(by: .seconds(5))
        #expect(wire.closed == [.all])
    }

    @Test("a body that has come is not timed, nor is what the client sends next")
    func complete() throws {
        let wire = try Wire(slowest: BodyPace.Limit(bytesPerSecond: 1_000_000, patience: .zero))
        try wire.clientSends("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nab")
        wire.channel.read()
        wire.channel.embeddedEventLoop.advanceTime(by: .hours(1))
        try wire.channel.throwIfErrorCaught()
        #expect(wire.closed.isEmpty)
    }
}
