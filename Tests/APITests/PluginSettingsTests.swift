import Foundation
import JSON
import Testing

@testable import API

@Suite("Settings of plugins")
struct PluginSettingsTests {
    private static func plugin(_ env: String) throws -> PluginManifest {
        let json = #"{"name":"mine","displayName":"Mine","version":"1","env":[\#(env)]}"#
        return try JSONFields.read(try JSONValue(text: json)) { PluginManifest(&$0) }
    }

    @Test(
        "a value is what was set, else the default; a secret is masked when it has either; required is met by either",
        arguments: [
            ("", nil, nil), ("", "a", "a"), (#","default":"d""#, nil, "d"), (#","default":"d""#, "a", "a"),
            (#","secret":true"#, nil, nil), (#","secret":true"#, "a", "***"), (#","secret":true"#, "", "***"),
            (#","secret":true,"default":"d""#, nil, "***"), (#","secret":true,"default":"d""#, "a", "***"),
        ] as [(String, String?, String?)]
    )
    func shown(members: String, stored: String?, shown: String?) throws {
        let plugin = try Self.plugin(#"{"key":"A","label":"A","required":true\#(members)}"#)
        let settings = PluginSettings(stored.map { ["A": $0, "GONE": "old"] } ?? [:], of: plugin)
        #expect(settings.config == ["A": shown])
        #expect(settings.missing == (shown == nil ? ["A"] : []))
    }

    @Test("keys without a value are there as null on the wire")
    func wire() throws {
        let plugin = try Self.plugin(#"{"key":"A","label":"A"},{"key":"B","label":"B","default":"b"}"#)
        let text = String(decoding: try JSONText.bytes(of: PluginSettings([:], of: plugin)), as: UTF8.self)
        #expect(try JSONValue(text: text) == JSONValue(text: #"{"config":{"A":null,"B":"b"},"missing":[]}"#))
    }

    @Test("a key that only looks like one of the plugin's is refused, not left out in silence")
    func lookalike() throws {
        let plugin = try Self.plugin(#"{"key":"\u00e9","label":"A"}"#)
        func read(_ config: String) throws -> [String: String] {
            let body = try JSONValue(text: #"{"config":\#(config)}"#)
            return try JSONFields.read(body) { PluginSettings.read(from: &$0, of: plugin) }
        }
        #expect(try read(#"{"\u00e9":"x"}"#) == ["é": "x"])
        #expect(throws: JSONError.self) { try read(#"{"e\u0301":"x"}"#) }
    }

    @Test("only a secret sent back masked stays; what is left out, or masked and was never set, is not stored")
    func merged() throws {
        let plugin = try Self.plugin(
            #"{"key":"S","label":"S","secret":true},{"key":"T","label":"T","secret":true},{"key":"P","label":"P"}"#
        )
        let old = ["S": "one", "P": "p"]
        func merged(_ given: [String: String]) -> [String: String] {
            PluginSettings.merged(given, into: old, of: plugin)
        }
        #expect(merged(["S": "***", "T": "***", "P": "***"]) == ["S": "one", "P": "***"])
        #expect(merged(["S": "two"]) == ["S": "two"])
        #expect(merged([:]) == [:])
    }
}
