import Foundation
import JSON
import Testing

@testable import Reference

@Suite("Numbers in the document")
struct FiguresTests {
    @Test("a text names no number that is unknown")
    func known() throws {
        for name in try namesInTexts() { #expect(Figures.all[name] != nil, "{{\(name)}}") }
    }

    @Test("every number that is offered is named by a text")
    func named() throws {
        let named = try namesInTexts()
        for (name, figure) in Figures.constants {
            #expect(figure.forms.keys.contains { named.contains(name + $0) }, "\(name)")
        }
    }

    @Test("every limit is used by the code of a module")
    func used() throws {
        let limits = try String(contentsOf: sources.appending(path: "API/Limits.swift"), encoding: .utf8)
        let names = limits.matches(of: /static let (\w+) =/).map(\.1)
        #expect(names.count > 40)
        let code = try swiftFiles().filter { !$0.path().contains("/Sources/Reference/") }
            .map { try String(contentsOf: $0, encoding: .utf8) }.joined(separator: "\n")
        let used = Set(code.matches(of: /\bLimits\.(\w+)/).map(\.1))
        for name in names { #expect(used.contains(name), "Limits.\(name)") }
    }

    @Test("a string that is a name becomes the number, a name in a sentence is written out")
    func filled() throws {
        let text = JSONValue.object([
            "maxLength": .string("{{a.most}}"), "description": .string("{{a.least}} to {{a.most}}"),
        ])
        let filled = try text.withFigures(["a.least": "1", "a.most": "500"])
        #expect(filled == .object(["maxLength": .integer(500), "description": .string("1 to 500")]))
    }

    @Test("an unknown name is refused", arguments: ["{{a}}", "at most {{a}}", "{{a.MiB}}"])
    func refused(text: String) {
        #expect(throws: DocumentDefect.self) { try JSONValue.string(text).withFigures(["b": "1"]) }
    }

    @Test("a number is written in those units in which it is whole")
    func units() {
        #expect(Figure.number(3).forms == ["": "3"])
        #expect(Figure.range(1...5).forms == [".least": "1", ".most": "5"])
        #expect(Figure.bytes(3 << 20).forms == ["": "3145728", ".KiB": "3072", ".MiB": "3"])
        #expect(Figure.time(.seconds(90)).forms == [".ms": "90000", ".s": "90"])
        #expect(Figure.times([.seconds(1), .seconds(90), .seconds(300)]).forms == ["": "1 s, 90 s and 5 min"])
    }

    private func namesInTexts() throws -> Set<String> {
        let texts = try DocumentText.names.map { try DocumentText.text($0).encoded() }
        return Set(texts.flatMap { $0.matches(of: Figures.placeholder).map { String($0.1) } })
    }
}

let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Sources")

private func swiftFiles() throws -> [URL] {
    let all = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
    return (all?.allObjects ?? []).compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
}
