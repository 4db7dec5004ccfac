import Testing

@testable import Index

@Suite("Lines at the writer")
struct WriterLinesTests {
    private let ada = User.ID(rawValue: "ada")
    private let eve = User.ID(rawValue: "eve")

    /// Takes one and pays for it.
    private func serve(_ lines: inout WriterLines<String>, costing milliseconds: Int) -> String? {
        lines.beginGroup()
        guard let (element, userID) = lines.next(within: nil) else { return nil }
        lines.charge(.milliseconds(milliseconds), to: userID)
        return element
    }

    @Test("a line is served in the order of its coming")
    func order() {
        var lines = WriterLines<String>()
        for text in ["a", "b", "c"] { lines.append(text, of: ada) }
        #expect(serve(&lines, costing: 1) == "a")
        lines.append("d", of: ada)
        #expect((1...4).map { _ in serve(&lines, costing: 1) } == ["b", "c", "d", nil])
        #expect(lines.count == 0)
    }

    @Test("whoever has had least of the writer's time is next, however much others have queued before")
    func turns() {
        var lines = WriterLines<String>()
        for number in 1...4 { lines.append("eve \(number)", of: eve) }
        #expect(serve(&lines, costing: 50) == "eve 1")
        lines.append("server", of: nil)
        for number in 1...3 { lines.append("ada \(number)", of: ada) }
        // Short units of others go first, until they have had as much together as the long one took.
        let others = Set((1...3).map { _ in serve(&lines, costing: 20) })
        #expect(others == ["server", "ada 1", "ada 2"])
        #expect(Set((1...2).map { _ in serve(&lines, costing: 20) }) == ["ada 3", "eve 2"])
    }

    @Test("nobody saves up time by staying away")
    func noCredit() {
        var lines = WriterLines<String>()
        for number in 1...3 { lines.append("eve \(number)", of: eve) }
        #expect(serve(&lines, costing: 50) == "eve 1")
        #expect(serve(&lines, costing: 50) == "eve 2")
        for number in 1...3 { lines.append("ada \(number)", of: ada) }
        // Ada starts where Eve stood when she was last served: one long unit behind, not two.
        #expect(serve(&lines, costing: 50) == "ada 1")
        #expect(Set((1...2).map { _ in serve(&lines, costing: 50) }) == ["ada 2", "eve 3"])
    }

    @Test("a debt stays while its user is away, until others have had as much")
    func debt() {
        var lines = WriterLines<String>()
        lines.append("eve 1", of: eve)
        #expect(serve(&lines, costing: 50) == "eve 1")
        lines.append("ada 1", of: ada)
        #expect(serve(&lines, costing: 1) == "ada 1")
        lines.append("eve 2", of: eve)
        lines.append("ada 2", of: ada)
        #expect((1...2).map { _ in serve(&lines, costing: 1) } == ["ada 2", "eve 2"])
    }

    @Test("a line of long units joins no group that another began")
    func groups() {
        var lines = WriterLines<String>()
        lines.append("eve 1", of: eve)
        #expect(serve(&lines, costing: 50) == "eve 1")
        lines.append("eve 2", of: eve)
        for number in 1...2 { lines.append("ada \(number)", of: ada) }
        lines.beginGroup()
        func next() -> String? { lines.next(within: .milliseconds(5))?.element }
        #expect([next(), next(), next()] == ["ada 1", "ada 2", nil])
        #expect(lines.count == 1)
        lines.beginGroup()
        #expect(next() == "eve 2")
    }
}
