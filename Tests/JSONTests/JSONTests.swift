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
            // Numbers that no type of 64 bits holds, and numbers that are written in another way than we would.
            "18446744073709551615", "14695981039346656037", "0.12345678901234567890123", "1e-400", "1E+999", "-1e999",
            "1.0", "2.30", "1e2", "-0", "-0.0", String(repeating: "9", count: 1000),
            // Names and texts that only look alike.
            "{\"e\u{301}\":1,\"\u{e9}\":2}", "[\"e\u{301}\",\"\u{e9}\",\"\u{212b}\",\"\u{c5}\"]",
            // Every kind of escape.
            #""\"\\/\b\f\n\r\t\u001f""#,
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
        #expect(try JSONValue(parsing: "2.5".utf8) == .number(JSONNumber(literal: "2.5")))
        #expect(try JSONValue(parsing: #""1""#.utf8) == .string("1"))
    }

    @Test(
        "what is not JSON is malformed",
        arguments: [
            "", " ", "{", "}", "[1,]", "{\"a\":}", "{a:1}", "'a'", "01", "+1", ".5", "NaN", "Infinity", "-", "1.", "1e",
            "00", "-01", "tru",
            "\"",
            #""\x""#, #""\ud800""#, "{} {}", "{\"a\":1}x",
        ]
    )
    func malformed(text: String) {
        #expect(fault(in: Array(text.utf8)) != nil)
    }

    @Test(
        "what is malformed is told with its place and the reason",
        arguments: [
            ("", 1, 1, "it ends where a value is expected"),
            (#"{"a":1"#, 1, 7, "it ends where a comma or } is expected"),
            (#"{"a" 1}"#, 1, 6, "a colon is expected"), ("{a:1}", 1, 2, "a name in double quotes is expected"),
            ("{\n  \"a\": 1,\n}", 3, 1, "a name in double quotes is expected"),
            ("[1,\r\n 2 3]", 2, 4, "a comma or ] is expected"), ("[1,]", 1, 4, "a value is expected"),
            ("{} {}", 1, 4, "the text goes on after its end"), ("[truth]", 1, 2, "a value is expected, such as true"),
            ("[NaN]", 1, 2, "a value is expected"), ("[01]", 1, 2, "a number begins with a zero"),
            ("[1.]", 1, 4, "a digit is expected"), ("[-]", 1, 3, "a digit is expected"),
            // Columns are characters, not bytes: two in "é😀".
            (#"{"é😀":x}"#, 1, 7, "a value is expected"),
            (#"{"a":"\ud83d"}"#, 1, 7, "half of a surrogate pair stands alone"),
            (#"{"a":"\udc00\ud800"}"#, 1, 7, "half of a surrogate pair stands alone"),
            (#"["\u12g4"]"#, 1, 3, #"an escape \u needs four hexadecimal digits"#),
            (#"["\x41"]"#, 1, 3, "there is no such escape in JSON"), (#"["a"#, 1, 4, "it ends within a string"),
            ("[\"a\nb\"]", 1, 4, "a control character stands in a string, where it must be escaped"),
        ]
    )
    func place(text: String, line: Int, column: Int, reason: String) throws {
        let fault = try #require(self.fault(in: Array(text.utf8)))
        #expect((fault.line, fault.column, fault.reason) == (line, column, reason))
        #expect("\(fault)" == "\(reason) (line \(line), column \(column))")
    }

    @Test("a byte order mark is skipped, once and at the beginning", arguments: [#"{"a":1}"#, " 1", "\"\u{feff}\""])
    func byteOrderMark(text: String) throws {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        #expect(try JSONValue(parsing: mark + text.utf8) == JSONValue(text: text))
        #expect(fault(in: mark + mark + text.utf8) != nil)
        #expect(fault(in: text.utf8 + mark) != nil)
    }

    @Test(
        "bytes of another coding are named",
        arguments: [
            ([0xFF, 0xFE, 0x7B, 0x00], "UTF-16 or UTF-32"), ([0x00, 0x7B], "UTF-16 or UTF-32"),
            ([0x1F, 0x8B, 0x08], "compressed (gzip)"),
        ] as [([UInt8], String)]
    )
    func otherCodings(bytes: [UInt8], name: String) throws {
        #expect(try #require(self.fault(in: bytes)).reason == "it is \(name), and JSON is sent in UTF-8")
    }

    @Test(
        "numbers have a value beside their spelling",
        arguments: [
            ("1", "1.0", true), ("1", "1e0", true), ("100", "1E+2", true), ("0", "-0.0", true), ("0.5", "5e-1", true),
            ("-2.50", "-25e-1", true), ("1e-400", "10e-401", true), ("1e99999999999", "1e99999999999", true),
            ("18446744073709551615", "18446744073709551615.0", true), ("1", "-1", false), ("1", "10", false),
            ("18446744073709551615", "18446744073709551614", false), ("9007199254740993", "9007199254740992.0", false),
            ("1e-400", "0", false), ("1e99999999999", "1e99999999998", false), ("1", #""1""#, false),
            (#""e\u0301""#, #""\u00e9""#, false), (#""\u00e9""#, #""é""#, true), ("true", "1", false),
        ]
    )
    func value(left: String, right: String, isSame: Bool) throws {
        let (left, right) = (try JSONValue(text: left), try JSONValue(text: right))
        #expect(left.hasValue(of: right) == isSame)
        #expect(right.hasValue(of: left) == isSame)
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
        #expect(fault(in: bytes) != nil)
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

    @Test("a long text is given up once its task is cancelled, and a short one is read")
    func cancelled() async throws {
        let parsed = { @Sendable (text: String) in
            try await Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try JSONValue(parsing: text.utf8)
            }.value
        }
        let long = "[" + String(repeating: "1,", count: 5000) + "1]"
        await #expect(throws: JSONError.cancelled) { try await parsed(long) }
        #expect(try await parsed("[1]") == .array([.integer(1)]))
    }

    @Test("the elements of an array of objects come in its order")
    func arrayOrder() throws {
        let text = #"{"a":[\#((0..<12).map { #"{"b":"\#($0)"}"# }.joined(separator: ","))]}"#
        let elements = try read(text) { $0.optionalArray("a", count: 0...20) { $0.string("b") } }
        #expect(elements == (0..<12).map(String.init))
    }

    @Test(
        "a member is given as it is written, by the path that leads to it; of several the last one counts",
        arguments: [
            (
                #"{"a":1,"review": { "payload" :{ "b" : 1.0,\#r\#n "a":[{}] } ,"x":{"payload":2}}}"#,
                #"{ "b" : 1.0,\#r\#n "a":[{}] }"#
            ),
            (#"{"review":{"payload":1,"payload": [1, 2] }}"#, "[1, 2]"),
            (#"{"review":{"p\u0061yload": "\u00e9" }}"#, #""\u00e9""#),
            (#"{"review":{"payload":1},"review":{"payload":2}}"#, "2"),
            (#"{"review":{"payload":1},"review":{}}"#, nil), (#"{"payload":1,"x":{"payload":2}}"#, nil),
            (#"{"review":[{"payload":1}]}"#, nil), (#"{"review":{"x":{"payload":1}}}"#, nil), ("3", nil),
        ] as [(String, String?)]
    )
    func asWritten(text: String, expected: String?) throws {
        for mark in ["", "\u{FEFF}"] {
            let (value, written) = try JSONValue.parse((mark + text).utf8, writtenAt: ["review", "payload"])
            #expect(written == expected)
            #expect(try value == JSONValue(text: text))
        }
    }

    /// Nil when the bytes are JSON.
    private func fault(in bytes: [UInt8]) -> JSONError.Fault? {
        do {
            _ = try JSONValue(parsing: bytes)
            return nil
        } catch {
            guard case .malformed(let fault) = error else { return nil }
            return fault
        }
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
