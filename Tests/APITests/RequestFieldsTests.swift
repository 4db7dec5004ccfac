import HTTP
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JSON
import Logging
import NIOCore
import Testing

@testable import API

/// A route that reads one body.
private struct Probe: RouteModule {
    func addRoutes(to mounts: Mounts) {
        mounts.open.post("fields") { request, context in
            let (name, _) = try await request.read(context) { ($0.string("name"), $0.optionalString("age")) }
            return try Response.json(name)
        }
    }
}

/// Knows nobody.
private struct Strangers: AgentAuthenticator, UserAuthenticator {
    func principal(forKey key: String) async throws -> AgentPrincipal? { nil }
    func remembered(_ key: String) -> AgentPrincipal? { nil }
    func principal(forToken token: String) async throws -> UserPrincipal? { nil }
}

@Suite("JSON bodies of requests")
struct RequestFieldsTests {
    @Test(
        "JSON is taken under its own name, with parameters, or under none",
        arguments: [
            "application/json", "application/json; charset=utf-8", "APPLICATION/JSON", "application/problem+json", nil,
        ] as [String?]
    )
    func jsonTypes(type: String?) async throws {
        #expect(try await post(#"{"name":"a"}"#, type: type).status == .ok)
    }

    @Test(
        "JSON declared as something else is 415",
        arguments: [
            "text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "application/jsonx",
        ]
    )
    func otherTypes(type: String) async throws {
        #expect(try await post(#"{"name":"a"}"#, type: type).status == .unsupportedMediaType)
    }

    @Test("8 MiB of JSON are taken, a byte more is 413")
    func jsonLimit() async throws {
        let frame = #"{"name":""}"#.utf8.count
        let most = String(repeating: "a", count: Request.maxJSONBytes - frame)
        #expect(try await post(#"{"name":"\#(most)"}"#).status == .ok)
        #expect(try await post(#"{"name":"\#(most)a"}"#).status == .contentTooLarge)
    }

    @Test(
        "a body that does not pass is 400 with the fields at fault, and the sentence names the first",
        arguments: [
            ("", []), ("nonsense", []), ("[]", []), ("{}", ["name"]), (#"{"name":3}"#, ["name"]),
            (#"{"name":null}"#, ["name"]), (#"{"name":"\u0000"}"#, ["name"]),
            (#"{"name":1,"age":1}"#, ["name", "age"]),
        ]
    )
    func badBodies(body: String, fields: [String]) async throws {
        let answer = try await post(body)
        #expect(answer.status == .badRequest)
        let error = try JSONValue(parsing: answer.body.readableBytesView)
        let errors = error["errors"]?.elements ?? []
        #expect(errors.map { $0["path"] } == fields.map { .array([.string($0)]) })
        if let first = fields.first { #expect(error["message"]?.text?.hasPrefix("\(first): ") == true) }
        #expect(errors.allSatisfy { $0["code"]?.text != nil && $0["message"]?.text != nil })
    }

    @Test("a body that is no JSON is 400 with the place and the reason, and without what stands there")
    func malformed() async throws {
        let answer = try await post("{\n\"name\": secret}")
        let message = try JSONValue(parsing: answer.body.readableBytesView)["message"]
        #expect(message == .string("The body is not valid JSON: a value is expected (line 2, column 9)"))
    }

    @Test("a byte order mark before JSON is skipped")
    func byteOrderMark() async throws {
        #expect(try await post("\u{feff}{\"name\":\"a\"}").status == .ok)
    }

    @Test("JSON with a Content-Encoding is 415, whatever the bytes are")
    func codedBody() async throws {
        #expect(try await post(#"{"name":"a"}"#, coding: "gzip").status == .unsupportedMediaType)
        #expect(try await post(#"{"name":"a"}"#, coding: "identity").status == .ok)
    }

    private func post(
        _ body: String,
        type: String? = "application/json",
        coding: String? = nil
    ) async throws -> TestResponse {
        let strangers = Strangers()
        let routers = Routers(
            modules: [Probe()],
            authenticator: strangers,
            users: strangers,
            limits: nil,
            translate: { _ in nil }
        )
        var fields: HTTPFields = type.map { [.contentType: $0] } ?? [:]
        fields[.contentEncoding] = coding
        let headers = fields
        return try await Application(responder: routers.network).test(.router) {
            client in
            try await client.executeRequest(
                uri: "/fields",
                method: .post,
                headers: headers,
                body: ByteBuffer(string: body)
            )
        }
    }
}
