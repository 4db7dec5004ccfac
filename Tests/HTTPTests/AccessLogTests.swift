import HTTPTypes
import Logging
import Testing

@testable import HTTP

@Suite("Marks in the access log")
struct AccessLogTests {
    @Test("an answer that took long to begin is slow, unless it waited on purpose; a refusal is a refusal")
    func marks() {
        func mark(_ status: HTTPResponse.Status, _ time: Duration, waits: Bool = false) -> AccessLine.Mark {
            AccessLine.Mark(status, time, waits: waits)
        }
        #expect(mark(.ok, .milliseconds(999)) == .none)
        #expect(mark(.ok, .seconds(1)) == .slow)
        #expect(mark(.internalServerError, .seconds(2)) == .slow)
        #expect(mark(.ok, .seconds(30), waits: true) == .none)
        for status in [401, 403, 413, 429, 507] { #expect(mark(.init(code: status), .seconds(2)) == .refused) }
        // What a client did wrong is its own affair.
        for status in [400, 404, 409, 422] { #expect(mark(.init(code: status), .zero) == .none) }
    }

    @Test("marked lines show at a level that hides the others")
    func level() {
        #expect(AccessLine.Mark.none.level == .info)
        #expect([AccessLine.Mark.slow, .refused].map(\.level) == [.notice, .notice])
    }
}
