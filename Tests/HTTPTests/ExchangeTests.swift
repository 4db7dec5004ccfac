import Testing

@testable import HTTP

/// What happens on a connection, in order; the questions give answers.
private enum Step: Sendable {
    case head
    case headThatWaits
    case body
    case end
    case wantsBody
    case answerBegins
    case answerEnds
}

private struct Story: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let steps: [Step]
    /// What the questions (wantsBody, answerBegins, answerEnds) were answered, in order.
    let answers: [Bool]

    init(_ sentence: String, _ steps: [Step], _ answers: [Bool]) {
        testDescription = sentence
        self.steps = steps
        self.answers = answers
    }
}

@Suite("Exchange")
struct ExchangeTests {
    private static let continuing = [
        Story("a client that waits is told once", [.headThatWaits, .wantsBody, .wantsBody], [true, false]),
        Story("a client that does not wait is not told", [.head, .wantsBody], [false]),
        Story("a client that began to send is not told", [.headThatWaits, .body, .wantsBody], [false]),
        Story("a client that has sent all is not told", [.headThatWaits, .end, .wantsBody], [false]),
        Story(
            "the next request on the connection is told too",
            [.headThatWaits, .wantsBody, .body, .end, .answerBegins, .answerEnds, .headThatWaits, .wantsBody],
            [true, false, false, true]
        ),
        Story(
            "a body of the request before does not count for this one",
            [.head, .body, .end, .answerBegins, .answerEnds, .headThatWaits, .wantsBody],
            [false, false, true]
        ),
        Story(
            "a pipelined request keeps its wish while the one before is asked for its body",
            [.head, .body, .end, .headThatWaits, .wantsBody, .answerBegins, .answerEnds, .wantsBody],
            [false, false, false, true]
        ),
    ]

    private static let closing = [
        Story(
            "an answer after the whole request keeps the connection",
            [.head, .end, .answerBegins, .answerEnds],
            [
                false, false,
            ]
        ),
        Story("an answer before the body closes", [.head, .answerBegins, .answerEnds], [true, true]),
        Story("an answer amid the body closes", [.head, .body, .answerBegins, .body, .answerEnds], [true, true]),
        Story(
            "a body that ends while an early answer is written does not save the connection",
            [.head, .body, .answerBegins, .end, .answerEnds],
            [true, true]
        ),
        Story(
            "each of two pipelined requests is answered on the same connection",
            [.head, .end, .head, .end, .answerBegins, .answerEnds, .answerBegins, .answerEnds],
            [false, false, false, false]
        ),
        Story(
            "a pipelined request that still arrives does not close the one before",
            [.head, .end, .head, .answerBegins, .answerEnds, .answerBegins, .answerEnds],
            [false, false, true, true]
        ),
    ]

    @Test("100 Continue goes out once per request that waits for it, and only before its body", arguments: continuing)
    private func continues(story: Story) {
        #expect(replay(story.steps) == story.answers)
    }

    @Test("an answer to a request that is still arriving closes the connection", arguments: closing)
    private func closes(story: Story) {
        #expect(replay(story.steps) == story.answers)
    }

    @Test(
        "HTTP/1.0 hears that its connection stays when it asked for that and can tell where the answer ends",
        arguments: [
            (true, true, false, Exchange.Framing(isOld: true, confirmsKeepAlive: true)),
            (true, false, true, Exchange.Framing(isOld: true, confirmsKeepAlive: true)),
            (true, false, false, Exchange.Framing(isOld: true, closes: true)),
            (false, true, false, Exchange.Framing(isOld: true, closes: true)),
        ]
    )
    func old(keepsAlive: Bool, hasLength: Bool, isHead: Bool, framing: Exchange.Framing) {
        var exchange = Exchange()
        exchange.readHead(Exchange.Manner(isOld: true, keepsAlive: keepsAlive, isHead: isHead))
        exchange.readEnd()
        #expect(exchange.beginResponse(hasLength: hasLength) == framing)
        #expect(exchange.endResponse() == framing.closes)
    }

    private func replay(_ steps: [Step]) -> [Bool] {
        var exchange = Exchange()
        var answers: [Bool] = []
        for step in steps {
            switch step {
            case .head: exchange.readHead(Exchange.Manner())
            case .headThatWaits: exchange.readHead(Exchange.Manner(expectsContinue: true))
            case .body: exchange.readBody()
            case .end: exchange.readEnd()
            case .wantsBody: answers.append(exchange.acceptBody())
            case .answerBegins: answers.append(exchange.beginResponse(hasLength: true).closes)
            case .answerEnds: answers.append(exchange.endResponse())
            }
        }
        return answers
    }
}
