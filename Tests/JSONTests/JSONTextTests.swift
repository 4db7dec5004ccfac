import Testing

@testable import JSON

@Suite("Values as JSON")
struct JSONTextTests {
    private struct Everything: Encodable {
        var text = "a\u{301}\u{2028}/\"\n"
        var optional: Int?
        var numbers: [Int8] = [-128, 0, 127]
        var large = UInt64.max
        var half = 0.5
        var whole: Float = 2
        var yes = true
        var raw = JSONText(#"{"b": 1.0,"a":18446744073709551615}"#)
        var map: [String: String?] = ["é": nil, "a": "x"]
        var nested = [[JSONValue.null], [.object(["n": .integer(1)])]]
    }

    @Test("members come in the order of their names, and JSON that is written already as it is")
    func everything() throws {
        let text = String(decoding: try JSONText.bytes(of: Everything()), as: UTF8.self)
        #expect(
            text == #"{"half":0.5,"large":18446744073709551615,"map":{"a":"x","é":null},"nested":[[null],[{"n":1}]],"#
                + #""numbers":[-128,0,127],"raw":{"b": 1.0,"a":18446744073709551615},"#
                + "\"text\":\"a\u{301}\u{2028}/\\\"\\n\",\"whole\":2.0,\"yes\":true}"
        )
    }

    private struct Nesting: Encodable {
        private enum Keys: String, CodingKey { case z, a, m }

        func encode(to encoder: any Encoder) throws {
            var object = encoder.container(keyedBy: Keys.self)
            var inner = object.nestedContainer(keyedBy: Keys.self, forKey: .z)
            var list = object.nestedUnkeyedContainer(forKey: .m)
            try object.encode("first", forKey: .a)
            try inner.encode(1, forKey: .a)
            try list.encodeNil()
            try list.encode("x")
        }
    }

    @Test("containers inside containers are written when all is in them")
    func nesting() throws {
        let text = String(decoding: try JSONText.bytes(of: [Nesting()]), as: UTF8.self)
        #expect(text == #"[{"a":"first","m":[null,"x"],"z":{"a":1}}]"#)
    }

    @Test("a value alone is JSON too")
    func fragments() throws {
        #expect(try JSONText.bytes(of: "a") == Array(#""a""#.utf8))
        #expect(try JSONText.bytes(of: Int?.none) == Array("null".utf8))
        #expect(try JSONText.bytes(of: [String: Int]()) == Array("{}".utf8))
        #expect(throws: EncodingError.self) { try JSONText.bytes(of: Double.nan) }
    }
}
