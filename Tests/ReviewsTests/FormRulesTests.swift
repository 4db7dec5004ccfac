import HTTP
import JSON
import Testing

@testable import Reviews

@Suite("The rules of a form")
struct FormRulesTests {
    /// Values of one field and what they meet: accepted, and refused by code.
    struct FieldTable: Sendable, CustomTestStringConvertible {
        let field: String
        let accepted: [String]
        let refused: [String: [String]]

        init(_ field: String, accepted: [String], refused: [String: [String]] = [:]) {
            (self.field, self.accepted, self.refused) = (field, accepted, refused)
        }

        var testDescription: String { field }
        var payload: String { #"{"fields":[{"name":"f","label":"F",\#(field)}]}"# }
    }

    private static let texts = [#""""#, #"" ""#, #""a""#, #""a\nb""#, "null"]
    private static let noTexts = ["3", "true", "[]", "{}", #"["a"]"#]

    static let fields = [
        FieldTable(#""type":"text""#, accepted: texts, refused: ["invalid_type": noTexts]),
        FieldTable(#""type":"textarea""#, accepted: texts, refused: ["invalid_type": noTexts]),
        FieldTable(#""type":"password""#, accepted: texts, refused: ["invalid_type": noTexts]),
        FieldTable(
            #""type":"text","required":true"#,
            accepted: [#""a""#, #"" ""#],
            refused: ["required": [#""""#, "null"], "invalid_type": noTexts]
        ),
        FieldTable(#""type":"text","required":"true""#, accepted: [#""""#, "null"]),
        FieldTable(
            #""type":"email""#,
            accepted: [#""a@b""#, #""a.b+c@d-e.example.org""#, #""ä@ö.example""#, #""""#, "null"],
            refused: [
                "invalid_string": [
                    #""a""#, #""@b""#, #""a@""#, #""a@b@c""#, #""a b@c""#, #""a@b c""#, #""a@b..c""#, #""a@.b""#,
                    #""a@b.""#, #""a@b\n""#, #"" ""#,
                ],
                "invalid_type": ["3", #"["a@b"]"#],
            ]
        ),
        FieldTable(
            #""type":"url""#,
            accepted: [
                #""https://example.org""#, #""HTTP://u:p@example.org:81/x?y#z""#, #""https://müller.example/ä""#,
                #""http://[::1]/""#, #""""#,
            ],
            refused: [
                "invalid_string": [
                    #""example.org""#, #""//example.org""#, #""/x""#, #""ftp://example.org""#,
                    #""javascript:alert(1)""#,
                    #""http://""#, #""http:///x""#, #""http://?x""#, #""http://:80/""#, #""http://u@/""#,
                    #""https:example.org""#,
                    #""https://a b""#, #"" https://a""#, #""https://a\n""#,
                ]
            ]
        ),
        FieldTable(
            #""type":"number""#,
            accepted: ["3", "-3", "2.5", "0", "1e300", "9223372036854775807", "null"],
            refused: ["invalid_type": [#""3""#, #""""#, "true", "[]", "{}"]]
        ),
        FieldTable(
            #""type":"number","required":true"#,
            accepted: ["0", "-1.5"],
            refused: ["required": ["null"], "invalid_type": [#""""#]]
        ),
        FieldTable(
            #""type":"range","min":-1,"max":2.5"#,
            accepted: ["-1", "2.5", "0"],
            refused: ["too_small": ["-1.001", "-9e99"], "too_big": ["2.501", "3"]]
        ),
        FieldTable(
            #""type":"number","min":0,"max":1,"step":0.1"#,
            accepted: ["0", "0.1", "0.2", "0.3", "0.6", "0.7", "0.9", "1"],
            refused: ["not_multiple_of": ["0.15", "0.3001", "0.999"]]
        ),
        FieldTable(
            #""type":"number","min":1,"step":2"#,
            accepted: ["1", "3", "9007199254740991"],
            refused: ["not_multiple_of": ["2", "4", "1.5"], "too_small": ["-1"]]
        ),
        FieldTable(
            #""type":"number","step":5"#,
            accepted: ["0", "-5", "10"],
            refused: ["not_multiple_of": ["1", "-4", "5.5"]]
        ),
        FieldTable(
            #""type":"select","options":["a","b"]"#,
            accepted: [#""a""#, #""b""#, #""""#, "null"],
            refused: ["invalid_enum_value": [#""c""#, #""A""#, "1", "true", #"["a"]"#, "{}"]]
        ),
        FieldTable(
            #""type":"select","required":true,"options":[{"value":"a","label":"A"},{"value":2,"label":"Two"},"b"]"#,
            accepted: [#""a""#, "2", #""b""#],
            refused: ["invalid_enum_value": [#""A""#, #""2""#, #""Two""#], "required": [#""""#, "null"]]
        ),
        // Numbers are one whatever their spelling, texts only with the same code points.
        FieldTable(
            #""type":"select","options":[{"value":1,"label":"x"},{"value":18446744073709551615,"label":"y"},"\u00e9"]"#,
            accepted: ["1", "1.0", "10e-1", "18446744073709551615", #""é""#],
            refused: ["invalid_enum_value": ["1.1", "18446744073709551614", "18446744073709551616", #""e\u0301""#]]
        ),
        FieldTable(
            #""type":"number","min":-1e999,"max":1e999"#,
            accepted: ["3", "18446744073709551615", "1e-400"],
            refused: ["invalid_type": ["1e999"]]
        ),
        FieldTable(
            #""type":"checkbox","required":true"#,
            accepted: ["true", "false"],
            refused: ["required": ["null"], "invalid_type": [#""true""#, "1", "0", #""""#]]
        ),
        FieldTable(#""type":"checkbox""#, accepted: ["true", "null"], refused: ["invalid_type": [#""on""#]]),
        FieldTable(
            #""type":"date""#,
            accepted: [
                #""2026-11-23""#, #""2024-02-29""#, #""2000-02-29""#, #""0001-01-01""#, #""9999-12-31""#, #""""#,
            ],
            refused: [
                "invalid_string": [
                    #""2026-02-29""#, #""1900-02-29""#, #""2026-13-01""#, #""2026-00-10""#, #""2026-04-31""#,
                    #""2026-1-1""#,
                    #""23.11.2026""#, #""2026-11-23T00:00""#, #""2026-11-23 ""#, #""20261123""#, #""２026-11-23""#,
                ],
                "invalid_type": ["20261123"],
            ]
        ),
        FieldTable(
            #""type":"time""#,
            accepted: [#""00:00""#, #""23:59""#, #""23:59:59""#, #""22:14:01.123""#, #""""#],
            refused: [
                "invalid_string": [
                    #""24:00""#, #""23:60""#, #""23:59:60""#, #""9:00""#, #""09:00Z""#, #""09:00:1""#, #""09:00.5""#,
                    #""09:00:00.""#, #""09""#, #""9 am""#,
                ]
            ]
        ),
        FieldTable(
            #""type":"datetime""#,
            accepted: [
                #""2026-11-23T22:14""#, #""2026-11-23T22:14:01""#, #""2026-11-23T22:14:01.123Z""#,
                #""2026-11-23T22:14Z""#,
                #""2026-11-23T22:14+01:00""#, #""2026-11-23T22:14:01.5-11:30""#, #""""#,
            ],
            refused: [
                "invalid_string": [
                    #""2026-11-23""#, #""2026-11-23T""#, #""2026-11-23T24:00""#, #""2026-02-30T10:00""#,
                    #""2026-11-23 22:14""#,
                    #""2026-11-23T22:14+1""#, #""2026-11-23T22:14+25:00""#, #""2026-11-23T22:14ZZ""#,
                    #""2026-11-23T22:14Z+01:00""#,
                    #""2026-11-23T22:14+01:00+01:00""#, #""T22:14""#,
                ]
            ]
        ),
        // Rules that nobody could obey, or that are none, are not applied.
        FieldTable(#""type":"number","min":5,"max":1"#, accepted: ["3", "9", "-9"]),
        FieldTable(#""type":"number","min":"5","max":[]"#, accepted: ["3", "9"]),
        FieldTable(#""type":"number","step":0"#, accepted: ["3", "0.1"]),
        FieldTable(#""type":"number","step":-1"#, accepted: ["0.5"]),
        FieldTable(#""type":"number","step":"any""#, accepted: ["0.5"]),
        FieldTable(#""type":"number","step":1e-320"#, accepted: ["0.5", "1e300"]),
        FieldTable(#""type":"number","min":-1e308,"step":1e-9"#, accepted: ["1e308"]),
    ]

    @Test("each type takes its own values, and no others", arguments: fields)
    func field(table: FieldTable) throws {
        for value in table.accepted {
            #expect(try Reply(#"{"f":\#(value)}"#, to: table.payload).found(type: "form") == [], "\(value)")
        }
        for (code, values) in table.refused {
            for value in values {
                #expect(
                    try Reply(#"{"f":\#(value)}"#, to: table.payload).found(type: "form") == ["f: \(code)"],
                    "\(value)"
                )
            }
        }
    }

    private static let two = #"{"fields":[{"name":"a","type":"text","required":true},{"name":"b","type":"number"}]}"#

    private static let lookalikes =
        #"{"fields":[{"name":"\u00e9","type":"text"},{"name":"e\u0301","type":"text","required":true}]}"#

    static let forms = [
        Reply(#"{"a":"x"}"#, to: two), Reply(#"{"a":"x","b":null}"#, to: two), Reply(#"{"a":"x","b":3}"#, to: two),
        Reply("{}", to: two, "a: required"), Reply(#"{"b":"3"}"#, to: two, "a: required", "b: invalid_type"),
        Reply(#"{"a":"x","d":1,"c":null}"#, to: two, "c: unrecognized_keys", "d: unrecognized_keys"),
        Reply(#"{"a":"x","A":"x"}"#, to: two, "A: unrecognized_keys"),
        // Names are compared by code points.
        Reply(#"{"\u00e9":"x","e\u0301":"y"}"#, to: lookalikes),
        Reply(#"{"\u00e9":"x"}"#, to: lookalikes, "e\u{301}: required"),
        Reply(
            #"{"e\u0301":"x"}"#,
            to: #"{"fields":[{"name":"\u00e9","type":"text"}]}"#,
            "e\u{301}: unrecognized_keys"
        ),
        // Dismissed, and nothing else with it.
        Reply(#"{"_dismissed":true}"#, to: two),
        Reply(#"{"_dismissed":false}"#, to: two, "a: required", "_dismissed: unrecognized_keys"),
        Reply(#"{"_dismissed":"true"}"#, to: two, "a: required", "_dismissed: unrecognized_keys"),
        Reply(#"{"_dismissed":true,"a":"x"}"#, to: two, "_dismissed: unrecognized_keys"),
        // Payloads without the shape.
        Reply(#"{"a":1}"#, to: nil), Reply(#"{"a":1}"#, to: "{}"), Reply(#"{"a":1}"#, to: #"{"fields":[]}"#),
        Reply(#"{"a":1}"#, to: #"{"fields":{}}"#), Reply(#"{"a":1}"#, to: #"{"fields":["a"]}"#),
        Reply(#"{"a":1}"#, to: #"{"fields":[{"type":"text"}]}"#), Reply(#"{"a":1}"#, to: #"{"fields":[{"name":"a"}]}"#),
        Reply(#"{"a":1}"#, to: #"{"fields":[{"name":"","type":"text"}]}"#),
        Reply(#"{"a":1}"#, to: #"{"fields":[{"name":1,"type":"text"}]}"#),
        Reply(#"{"a":1}"#, to: #"{"fields":[{"name":"a","type":"colour"}]}"#),
        Reply(#"{"a":1}"#, to: #"{"fields":[{"name":"a","type":"text"},null]}"#),
        Reply(#"{"a":1}"#, to: #"{"fields":[{"name":"a","type":"text"},{"name":"a","type":"email"}]}"#),
        Reply(#"{"a":1}"#, to: #"{"fields":[{"name":"a","type":"select"}]}"#),
        Reply(#"{"a":1}"#, to: #"{"fields":[{"name":"a","type":"select","options":[]}]}"#),
        Reply(#"{"a":1}"#, to: #"{"fields":[{"name":"a","type":"select","options":[{"label":"A"}]}]}"#),
        Reply(#"{"a":1}"#, to: #"{"fields":[{"name":"a","type":"select","options":["x",{"value":{}}]}]}"#),
    ]

    @Test("a form: its fields and no others, or dismissed", arguments: forms)
    func form(reply: Reply) throws {
        #expect(try reply.found(type: "form") == reply.problems)
    }

    @Test(
        "large payloads and responses are judged in linear time, and at most 100 problems are told",
        .timeLimit(.minutes(1))  // Comparing each with each would take 10 billion steps, many minutes.
    )
    func size() throws {
        let count = 100_000
        let names = (0..<count).map { JSONValue.string("n\($0)") }
        let items = names.map { JSONValue.object(["id": $0]) }
        let fields = names.map { JSONValue.object(["name": $0, "type": .string("text"), "required": .bool(true)]) }
        let members = Dictionary(uniqueKeysWithValues: (0..<count).map { ("n\($0)", JSONValue.string("x")) })
        let strangers = Dictionary(uniqueKeysWithValues: (0..<count).map { ("m\($0)", JSONValue.null) })
        let payload = JSONValue.object([
            "mode": .string("multi"), "items": .array(items), "options": .array(items), "fields": .array(fields),
        ])

        try ResponseRules.check(type: "form", payload: payload, response: .object(JSONObject(members)))
        try ResponseRules.check(type: "selection", payload: payload, response: .object(["selectedIds": .array(names)]))
        let error = #expect(throws: APIError.self) {
            try ResponseRules.check(type: "form", payload: payload, response: .object(JSONObject(strangers)))
        }
        #expect(error?.fields.count == 100)
    }
}
