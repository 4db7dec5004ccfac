import Testing

@testable import JSON

@Suite("JSON of requests")
struct JSONTests {
    // MARK: Parsing

    @Test(
        "numbers, strings and literals stay what they were",
        arguments: [
            "3", "-3", "0", "2.3", "-0.5", "9007199254740993", "9223372036854775807", "-9223372036854775808", "true",
            "false",
            "null", #""3""#, #""true""#, #""\u0000""#, #""café 😀""#, "[]", "{}", #"[1,2.5,"3",null,[true]]"#,
            #"{"a":{"b":[{"c":1}]}}"#,
        ]
    )
    func roundTrip(text: String) throws {
        #expect(try JSONValue(parsing: text.utf8).encoded() == text)
    }

    @Test("the types of JSON are told apart")
    func types() throws {
        #expect(try JSONValue(parsing: "1".utf8) == .integer(1))
        #expect(try JSONValue(parsing: "0".utf8) == .integer(0))
        #expect(try JSONValue(parsing: "true".utf8) == .bool(true))
        #expect(try JSONValue(parsing: "2.5".utf8) == .number(2.5))
        #expect(try JSONValue(parsing: #""1""#.utf8) == .string("1"))
    }

    @Test(
        "what is not JSON is malformed",
        arguments: [
            "", " ", "{", "}", "[1,]", "{\"a\":}", "{a:1}", "'a'", "01", "+1", ".5", "NaN", "Infinity", "1e999", "tru",
            "\"",
            #""\x""#, #""\ud800""#, "{} {}", "{\"a\":1}x",
        ]
    )
    func malformed(text: String) {
        #expect(throws: JSONError.malformed) { try JSONValue(parsing: text.utf8) }
    }

    @Test(
        "bytes that are not UTF-8 are malformed",
        arguments: [
            [0x22, 0xFF, 0x22],
            [0x22, 0xC3, 0x28, 0x22],
            [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00],
            [0x7B, 0x00, 0x7D, 0x00],
            [0x00, 0x7B, 0x00, 0x7D],
        ]
    )
    func notUTF8(bytes: [UInt8]) {
        #expect(throws: JSONError.malformed) { try JSONValue(parsing: bytes) }
    }

    @Test("128 levels are read, 129 are too deep", arguments: [("[", "]"), (#"{"a":"#, "}")])
    func depth(open: String, close: String) throws {
        func nested(_ levels: Int) -> String {
            String(repeating: open, count: levels) + (open == "[" ? "" : "1") + String(repeating: close, count: levels)
        }
        _ = try JSONValue(parsing: nested(128).utf8)
        #expect(throws: JSONError.tooDeep) { try JSONValue(parsing: nested(129).utf8) }
        #expect(throws: JSONError.tooDeep) { try JSONValue(parsing: nested(100_000).utf8) }
    }

    @Test(
        "brackets inside strings, and beside one another, are no levels",
        arguments: [
            "\"" + String(repeating: "[", count: 1000) + "\"",
            "[\"\\\"" + String(repeating: "{", count: 1000) + "\"]",
            "[" + Array(repeating: "[]", count: 1000).joined(separator: ",") + "]",
        ]
    )
    func noLevels(text: String) throws {
        _ = try JSONValue(parsing: text.utf8)
    }

    // MARK: Fields

    @Test("a value that is not an object has no members", arguments: ["[]", "1", #""a""#, "null", "true"])
    func noObject(text: String) {
        #expect(throws: JSONError.notAnObject) { try JSONFields.read(try JSONValue(parsing: text.utf8)) { _ in } }
    }

    @Test("members that nobody asks for are ignored")
    func unknownMembers() throws {
        #expect(try read(#"{"name":"a","other":{"x":[null]},"nil":null}"#) { $0.string("name") } == "a")
    }

    @Test("nothing is coerced to a string, not even null", arguments: ["3", "2.5", "true", "null", "[]", "{}"])
    func noCoercion(value: String) throws {
        #expect(try problems(#"{"a":\#(value)}"#) { _ = $0.string("a") } == ["a: invalid_type"])
        #expect(try problems(#"{"a":\#(value)}"#) { _ = $0.optionalString("a") } == ["a: invalid_type"])
    }

    @Test("a member that is missing is a problem only when it is required")
    func missing() throws {
        #expect(try problems("{}") { _ = $0.string("a") } == ["a: required"])
        #expect(try problems("{}") { _ = $0.optionalString("a") } == [])
    }

    @Test("null is accepted where the schema allows it, and means absent")
    func nullable() throws {
        #expect(try read(#"{"tag":null}"#) { $0.optionalString("tag", nullable: true) } == nil)
    }

    @Test(
        "the length counts characters, and both bounds are inside",
        arguments: [
            ("", ["a: too_small"]), ("x", ["a: too_small"]), ("xy", []), ("😀😀", []), ("xyz", []), ("é😀é", []),
            ("wxyz", ["a: too_big"]),
        ]
    )
    func length(text: String, expected: [String]) throws {
        #expect(try problems(#"{"a":"\#(text)"}"#) { _ = $0.string("a", length: 2...3) } == expected)
    }

    @Test("U+0000 inside a string is refused", arguments: [#"\u0000"#, #"a\u0000b"#])
    func nul(text: String) throws {
        #expect(try problems(#"{"a":"\#(text)"}"#) { _ = $0.string("a") } == ["a: invalid_string"])
    }

    @Test("all problems come together, each with its path")
    func allProblems() throws {
        let found = try problems(#"{"a":1,"b":"","d":"\u0000"}"#) { fields in
            _ = (fields.string("a"), fields.string("b", length: 1...9), fields.string("c"), fields.string("d"))
        }
        #expect(found == ["a: invalid_type", "b: too_small", "c: required", "d: invalid_string"])
    }

    @Test("an object that makes no sense is refused only when every member passed")
    func refusal() throws {
        func refusing(_ fields: inout JSONFields) {
            _ = fields.optionalString("a")
            fields.refuse("Send a")
        }
        #expect(throws: JSONError.refused("Send a")) { try read("{}", refusing) }
        #expect(try problems(#"{"a":1}"#, refusing) == ["a: invalid_type"])
    }

    @Test(
        "a choice that is missing or unknown is a problem",
        arguments: [("{}", "required"), (#"{"a":"x"}"#, "invalid_enum_value")]
    )
    func choice(text: String, code: String) throws {
        enum Colour: String, CaseIterable { case red, green }
        #expect(try problems(text) { _ = $0.choice("a", Colour.self) } == ["a: \(code)"])
        #expect(try read(#"{"a":"green"}"#) { $0.choice("a", Colour.self) } == .green)
    }

    @Test(
        "a URL is absolute, http or https, and has a host",
        arguments: [
            ("https://example.org/hook?x=1", true), ("http://[::1]:8080/", true), ("HTTPS://EXAMPLE.ORG", true),
            ("ftp://example.org", false), ("javascript:alert(1)", false), ("//example.org", false), ("/hook", false),
            ("http://", false), ("http:///path", false), ("https:example.org", false), ("", false),
            ("example.org", false),
            ("file:///etc/passwd", false), (" https://example.org", false), ("https://exa mple.org", false),
            (#"https://example.org/\r\nx: y"#, false), (#"https://example.org/\n"#, false),
            ("https://example.org/a b", false), ("https://example.org/ ", false),
        ]
    )
    func url(text: String, isFine: Bool) throws {
        #expect(try problems(#"{"a":"\#(text)"}"#) { _ = $0.optionalURL("a") }.isEmpty == isFine)
    }

    @Test("a URL may be null or missing", arguments: [#"{"a":null}"#, "{}"])
    func noURL(text: String) throws {
        #expect(try problems(text) { _ = $0.optionalURL("a") } == [])
    }

    @Test(
        "only true and false are true or false",
        arguments: [("true", true), ("false", true), ("1", false), (#""true""#, false), ("null", false)]
    )
    func bool(value: String, isFine: Bool) throws {
        #expect(try problems(#"{"a":\#(value)}"#) { _ = $0.optionalBool("a") }.isEmpty == isFine)
    }

    @Test(
        "an array of objects is read element by element, problems with the number of theirs",
        arguments: [
            (#"{}"#, []), (#"{"a":[{"b":"x"}]}"#, []),
            (#"{"a":[{"b":"x"},{"b":1},{}]}"#, ["a.1.b: invalid_type", "a.2.b: required"]),
            (#"{"a":[{"b":"x"},3]}"#, ["a.1: invalid_type"]), (#"{"a":[null]}"#, ["a.0: invalid_type"]),
            (#"{"a":{}}"#, ["a: invalid_type"]), (#"{"a":null}"#, ["a: invalid_type"]),
            (#"{"a":[]}"#, ["a: too_small"]),
            (#"{"a":[{},{},{},{}]}"#, ["a: too_big"]),
        ]
    )
    func arrays(text: String, expected: [String]) throws {
        #expect(try problems(text) { _ = $0.optionalArray("a", count: 1...3) { $0.string("b") } } == expected)
    }

    @Test("the elements of an array of objects come in its order")
    func arrayOrder() throws {
        let text = #"{"a":[\#((0..<12).map { #"{"b":"\#($0)"}"# }.joined(separator: ","))]}"#
        let elements = try read(text) { $0.optionalArray("a", count: 0...20) { $0.string("b") } }
        #expect(elements == (0..<12).map(String.init))
    }

    private func read<Value>(_ text: String, _ body: (inout JSONFields) -> Value) throws -> Value {
        try JSONFields.read(try JSONValue(parsing: text.utf8), body)
    }

    /// What is wrong with a body once `read` has looked at it: `path: code`, each.
    private func problems(_ text: String, _ body: (inout JSONFields) -> Void) throws -> [String] {
        do {
            try read(text, body)
            return []
        } catch JSONError.invalid(let problems) {
            return problems.map { "\($0.path.joined(separator: ".")): \($0.code)" }
        }
    }
}
