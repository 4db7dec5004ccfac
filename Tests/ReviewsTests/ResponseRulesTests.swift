import HTTP
import HTTPTypes
import JSON
import Testing

@testable import Reviews

/// A response to a review, as JSON, and what is wrong with it: `path: code`, each; nothing when it is accepted.
struct Reply: Sendable, CustomTestStringConvertible {
    let response: String
    let payload: String?
    let problems: [String]

    init(_ response: String, to payload: String?, _ problems: String...) {
        (self.response, self.payload, self.problems) = (response, payload, problems)
    }

    var testDescription: String { "\(response.prefix(80)) to \((payload ?? "nothing").prefix(80))" }

    func found(type: String) throws -> [String] {
        let payload = try payload.map { try JSONValue(text: $0) }
        let response = try JSONValue(text: response)
        do {
            try ResponseRules.check(type: type, payload: payload, response: response)
            return []
        } catch {
            #expect(error.status == .badRequest)
            #expect(error.fields.allSatisfy { $0.path.first == "response" })
            return error.fields.map { "\($0.path.dropFirst().joined(separator: ".")): \($0.code)" }
        }
    }
}

@Suite("The rules of a response")
struct ResponseRulesTests {
    // MARK: Any type

    static let types = ["approval", "selection", "form", "text-input", "freeform", "something-new", ""]

    @Test("a response is an object, whatever the type and the payload", arguments: types)
    func isObject(type: String) throws {
        for response in ["null", "true", "3", #""a""#, "[]", "[{}]"] {
            #expect(try Reply(response, to: nil).found(type: type) == [": invalid_type"])
            #expect(try Reply(response, to: #"{"options":3}"#).found(type: type) == [": invalid_type"])
        }
    }

    @Test("U+0000 is refused anywhere in it, in names too", arguments: types)
    func nul(type: String) throws {
        for response in [#"{"a":"\u0000"}"#, #"{"a":{"b":["x\u0000y"]}}"#, #"{"a\u0000":1}"#, #"{"a":{"\u0000":1}}"#] {
            #expect(try Reply(response, to: nil).found(type: type) == [": invalid_string"])
        }
    }

    @Test(
        "any object answers a freeform review, or one of an unknown type",
        arguments: ["freeform", "something-new", "", "Approval", "FORM"]
    )
    func freeform(type: String) throws {
        let payload = #"{"options":[{"id":"yes"}],"fields":[{"name":"a","type":"text","required":true}],"minLength":9}"#
        for response in ["{}", #"{"anything":[1,null,{"x":2.5}]}"#, #"{"_dismissed":true}"#, #"{"text":""}"#] {
            #expect(try Reply(response, to: payload).found(type: type) == [])
        }
    }

    @Test("what was typed is not repeated in the answer")
    func secrecy() throws {
        let payload = try JSONValue(
            text: #"{"fields":[{"name":"key","type":"password"},{"name":"at","type":"email"}]}"#
        )
        let response = try JSONValue(text: #"{"key":["hush"],"at":"hush","more":"hush"}"#)
        let error = #expect(throws: APIError.self) {
            try ResponseRules.check(type: "form", payload: payload, response: response)
        }
        #expect(error?.fields.count == 3)
        #expect(error?.message.hasPrefix("response.key: ") == true)
        #expect("\(error.map { "\($0)" } ?? "")".contains("hush") == false)
    }

    // MARK: Approval

    private static let yesNo = #"{"options":[{"id":"yes","label":"Yes"},{"id":"no","label":"No"}]}"#
    private static let silent = #"{"options":[{"id":"yes"}],"allowComment":false}"#
    private static let talking = #"{"options":[{"id":"yes"}],"allowComment":true}"#

    static let approvals = [
        Reply(#"{"selectedOption":"yes"}"#, to: yesNo), Reply(#"{"selectedOption":"no","more":1}"#, to: yesNo),
        Reply(#"{"selectedOption":"maybe"}"#, to: yesNo, "selectedOption: invalid_enum_value"),
        Reply(#"{"selectedOption":"Yes"}"#, to: yesNo, "selectedOption: invalid_enum_value"),
        Reply(#"{"selectedOption":""}"#, to: yesNo, "selectedOption: invalid_enum_value"),
        Reply("{}", to: yesNo, "selectedOption: required"),
        Reply(#"{"_dismissed":true}"#, to: yesNo, "selectedOption: required"),
        Reply(#"{"selectedOption":null}"#, to: yesNo, "selectedOption: invalid_type"),
        Reply(#"{"selectedOption":["yes"]}"#, to: yesNo, "selectedOption: invalid_type"),
        Reply(#"{"selectedOption":1}"#, to: yesNo, "selectedOption: invalid_type"),
        // Ids are compared by code points.
        Reply(#"{"selectedOption":"\u00e9"}"#, to: #"{"options":[{"id":"\u00e9"}]}"#),
        Reply(
            #"{"selectedOption":"e\u0301"}"#,
            to: #"{"options":[{"id":"\u00e9"}]}"#,
            "selectedOption: invalid_enum_value"
        ),
        // The comment.
        Reply(#"{"selectedOption":"yes","comment":"a"}"#, to: talking),
        Reply(#"{"selectedOption":"yes","comment":"a"}"#, to: yesNo),
        Reply(#"{"selectedOption":"yes","comment":"a"}"#, to: silent, "comment: invalid"),
        Reply(#"{"selectedOption":"yes","comment":""}"#, to: silent),
        Reply(#"{"selectedOption":"yes","comment":3}"#, to: talking, "comment: invalid_type"),
        Reply(#"{"selectedOption":"yes","comment":null}"#, to: talking, "comment: invalid_type"),
        Reply(
            #"{"selectedOption":"x","comment":{}}"#,
            to: silent,
            "selectedOption: invalid_enum_value",
            "comment: invalid_type"
        ),
        // Payloads without the shape.
        Reply("{}", to: nil), Reply("{}", to: "{}"), Reply("{}", to: #"{"options":[]}"#),
        Reply("{}", to: #"{"options":{}}"#),
        Reply(#"{"a":1}"#, to: #"{"options":["yes","no"]}"#), Reply("{}", to: #"{"options":[{"id":1}]}"#),
        Reply("{}", to: #"{"options":[{"id":"yes"},{"label":"No"}]}"#),
        Reply("{}", to: #"{"options":[{"id":"a"},null]}"#),
        Reply(#"{"selectedOption":"a"}"#, to: #"{"options":[{"id":"a"},{"id":"a"}]}"#),
        Reply(
            #"{"selectedOption":"b"}"#,
            to: #"{"options":[{"id":"a"},{"id":"a"}]}"#,
            "selectedOption: invalid_enum_value"
        ),
        Reply(#"{"selectedOption":"yes","comment":"a"}"#, to: #"{"options":[{"id":"yes"}],"allowComment":"false"}"#),
    ]

    @Test("approval: one of the options, and a comment unless that is forbidden", arguments: approvals)
    func approval(reply: Reply) throws {
        #expect(try reply.found(type: "approval") == reply.problems)
    }

    // MARK: Selection

    private static let items = #""items":[{"id":"a","label":"A"},{"id":"b","label":"B"},{"id":"c","label":"C"}]"#
    private static let single = #"{"mode":"single",\#(items)}"#
    private static let multi = #"{"mode":"multi",\#(items)}"#
    private static let lookalikes = #"{"mode":"multi","items":[{"id":"\u00e9"},{"id":"e\u0301"}]}"#

    static let selections = [
        Reply(#"{"selectedIds":["a"]}"#, to: single), Reply(#"{"selectedIds":["c","a"]}"#, to: multi),
        Reply(#"{"selectedIds":[]}"#, to: multi), Reply(#"{"selectedIds":["a","b","c"],"more":1}"#, to: multi),
        // Ids are compared by code points.
        Reply(#"{"selectedIds":["\u00e9","e\u0301"]}"#, to: lookalikes),
        Reply(#"{"selectedIds":["\u00e9","\u00e9"]}"#, to: lookalikes, "selectedIds.1: invalid"),
        Reply(
            #"{"selectedIds":["e\u0301"]}"#,
            to: #"{"mode":"multi","items":[{"id":"\u00e9"}]}"#,
            "selectedIds.0: invalid_enum_value"
        ),
        Reply(#"{"selectedIds":[]}"#, to: single, "selectedIds: invalid"),
        Reply(#"{"selectedIds":["a","b"]}"#, to: single, "selectedIds: invalid"),
        Reply(#"{"selectedIds":["d"]}"#, to: single, "selectedIds.0: invalid_enum_value"),
        Reply(
            #"{"selectedIds":["a","d","b","e"]}"#,
            to: multi,
            "selectedIds.1: invalid_enum_value",
            "selectedIds.3: invalid_enum_value"
        ),
        Reply(#"{"selectedIds":["a","b","a"]}"#, to: multi, "selectedIds.2: invalid"),
        Reply(
            #"{"selectedIds":["a",1,null]}"#,
            to: multi,
            "selectedIds.1: invalid_type",
            "selectedIds.2: invalid_type"
        ),
        Reply("{}", to: multi, "selectedIds: required"),
        Reply(#"{"selectedIds":"a"}"#, to: single, "selectedIds: invalid_type"),
        Reply(#"{"selectedIds":null}"#, to: multi, "selectedIds: invalid_type"),
        // Dismissed, where there is a button for that.
        Reply(#"{"_dismissed":true}"#, to: #"{"mode":"single","dismissLabel":"Later",\#(items)}"#),
        Reply(#"{"_dismissed":true}"#, to: single, "selectedIds: required"),
        Reply(
            #"{"_dismissed":false}"#,
            to: #"{"mode":"single","dismissLabel":"Later",\#(items)}"#,
            "selectedIds: required"
        ),
        Reply(
            #"{"_dismissed":true}"#,
            to: #"{"mode":"single","dismissLabel":null,\#(items)}"#,
            "selectedIds: required"
        ),
        // Payloads without the shape.
        Reply("{}", to: nil), Reply("{}", to: #"{"mode":"multi"}"#), Reply("{}", to: #"{"mode":"multi","items":[]}"#),
        Reply("{}", to: "{\(items)}"), Reply("{}", to: #"{"mode":"many",\#(items)}"#),
        Reply("{}", to: #"{"mode":1,\#(items)}"#),
        Reply("{}", to: #"{"mode":"multi","items":["a"]}"#), Reply("{}", to: #"{"mode":"multi","items":[{"id":1}]}"#),
    ]

    @Test("selection: known items, none twice, exactly one when single", arguments: selections)
    func selection(reply: Reply) throws {
        #expect(try reply.found(type: "selection") == reply.problems)
    }

    // MARK: Text

    static let texts = [
        Reply(#"{"text":"a"}"#, to: nil), Reply(#"{"text":""}"#, to: "{}"), Reply(#"{"text":"a","more":1}"#, to: "{}"),
        Reply("{}", to: nil, "text: required"), Reply(#"{"text":null}"#, to: "{}", "text: invalid_type"),
        Reply(#"{"text":3}"#, to: "{}", "text: invalid_type"),
        Reply(#"{"_dismissed":true}"#, to: "{}", "text: required"),
        Reply(#"{"text":"abc"}"#, to: #"{"minLength":3,"maxLength":3}"#),
        Reply(#"{"text":"ab"}"#, to: #"{"minLength":3}"#, "text: too_small"),
        Reply(#"{"text":"abcd"}"#, to: #"{"maxLength":3}"#, "text: too_big"),
        Reply(#"{"text":""}"#, to: #"{"minLength":1.0}"#, "text: too_small"),
        // Counted in Unicode scalars: a flag is two, an accent of its own is one.
        Reply(#"{"text":"🇩🇪"}"#, to: #"{"minLength":2,"maxLength":2}"#),
        Reply(#"{"text":"e\u0301"}"#, to: #"{"maxLength":1}"#, "text: too_big"),
        Reply(#"{"text":"é"}"#, to: #"{"maxLength":1}"#), Reply(#"{"text":"😀"}"#, to: #"{"maxLength":1}"#),
        // Rules that nobody could obey, or that are none.
        Reply(#"{"text":"a"}"#, to: #"{"minLength":5,"maxLength":2}"#),
        Reply(#"{"text":""}"#, to: #"{"maxLength":-1}"#),
        Reply(#"{"text":"a"}"#, to: #"{"minLength":"5"}"#),
        Reply(#"{"text":""}"#, to: #"{"minLength":-5,"maxLength":0}"#),
        Reply(#"{"text":"a"}"#, to: #"{"minLength":null,"maxLength":[]}"#),
    ]

    @Test("text-input: a text, of a length that is asked for", arguments: texts)
    func text(reply: Reply) throws {
        #expect(try reply.found(type: "text-input") == reply.problems)
    }
}
