import NIOCore
import Testing

@testable import Multipart

@Suite("A body means the same however it is cut into buffers")
struct CuttingTests {
    @Test("in one piece", arguments: Form.all)
    func whole(form: Form) throws {
        #expect(parse([form.body[...]], boundary: try form.parsedBoundary) == form.outcomes)
    }

    @Test("in two pieces, cut at every place", arguments: Form.all)
    func twoPieces(form: Form) throws {
        let boundary = try form.parsedBoundary
        for place in 0...form.body.count {
            #expect(parse(form.body.cut(at: place), boundary: boundary) == form.outcomes, "cut at \(place)")
        }
    }

    @Test("in three pieces, cut at every two places", arguments: Form.all.filter { $0.body.count < 120 })
    func threePieces(form: Form) throws {
        let boundary = try form.parsedBoundary
        for first in 0...form.body.count {
            for second in first...form.body.count {
                let outcomes = parse(form.body.cut(at: first, second), boundary: boundary)
                if outcomes != form.outcomes { Issue.record("cut at \(first), \(second): \(outcomes)") }
            }
        }
    }

    @Test("one byte at a time", arguments: Form.all)
    func bytewise(form: Form) throws {
        #expect(parse(form.body.bytewise, boundary: try form.parsedBoundary) == form.outcomes)
    }

    @Test("all buffers appended before the first event is taken", arguments: Form.all)
    func queued(form: Form) throws {
        var parser = MultipartParser(boundary: try form.parsedBoundary)
        for piece in form.body.bytewise { parser.append(ByteBuffer(bytes: piece)) }
        var outcomes: [Outcome] = []
        do throws(MultipartError) {
            while let event = try parser.nextEvent() { outcomes.add(event) }
            try parser.finish()
        } catch {
            outcomes.append(.failed(error))
        }
        #expect(outcomes == form.outcomes)
    }

    @Test("data around every block size of the search are found whole", arguments: 0..<70)
    func lengths(count: Int) throws {
        for boundary in ["b", "0123456789abcdef", String(repeating: "x", count: 70)] {
            let data = String(repeating: "\rb", count: count)
            let body = "--\(boundary)\r\n\r\n\(data)\r\n--\(boundary)--"
            let outcomes = try parse(body, boundary: boundary)
            let expected: [Outcome] = count == 0 ? [] : [.text(data)]
            #expect(outcomes == [.began(PartHeaders())] + expected + [.ended, .finished])
        }
    }
}
