import App
import Crypto
import Foundation
import HTTP
import HTTPTypes
import JSON
import TestSupport
import Testing

/// Documented routes that are not served yet.
private let comingRoutes: Set<String> = []
/// The pages of the dashboard and their files, and the tools for models, whose list is their document: no part of the API.
private let pages: Set<String> = [
    "POST /mcp",
    "GET /", "GET /sign-in", "GET /inbox", "GET /inbox/{tab}", "GET /inbox/{tab}/{id}", "GET /channels",
    "GET /channels/{id}", "GET /files", "GET /files/{id}", "GET /storage", "GET /storage/{tab}", "GET /settings",
    "GET /settings/{section}", "GET /settings/{section}/{id}",
    "GET /dashboard/{version}/{name}", "GET /service-worker.js",
]

@Suite("The reference of the API")
struct DocumentTests {
    @Test("every route that is served is documented, and every documented operation is served")
    func routes() async throws {
        try await withServer { server in
            let served = server.assembly.routers.table.routes.map { route in
                let path = route.path.split(separator: "/").map { $0.hasPrefix(":") ? "{\($0.dropFirst())}" : $0 }
                return "\(route.method) /\(path.joined(separator: "/"))"
            }
            let documented = try await operations(server).map { "\($0.method.uppercased()) \($0.path)" }
            #expect(Set(served).subtracting(documented) == pages)
            #expect(Set(documented).subtracting(served).sorted() == comingRoutes.sorted())
        }
    }

    @Test("it is OpenAPI 3.1 of this version, open to everybody")
    func document() async throws {
        try await withServer { server in
            let answer = try await server.send(.get, "/openapi.json")
            #expect(answer.status == 200)
            #expect(answer.headers[.contentType] == "application/json; charset=utf-8")
            #expect(answer.json["openapi"] == .string("3.1.0"))
            #expect(answer.json["info"]?["version"] == .string(Server.version))
        }
    }

    @Test("every $ref leads somewhere")
    func references() async throws {
        try await withServer { server in
            let document = try await server.send(.get, "/openapi.json").json
            let references = document.all("$ref").compactMap(\.text)
            #expect(references.count > 100)
            for reference in Set(references) {
                let target = reference.split(separator: "/").dropFirst().reduce(Optional(document)) { $0?[String($1)] }
                #expect(target != nil, "\(reference)")
            }
        }
    }

    @Test("every operation has an id of its own, a summary, a tag that is explained, a success and an example")
    func completeness() async throws {
        try await withServer { server in
            let document = try await server.send(.get, "/openapi.json").json
            let tags = Set((document["tags"]?.elements ?? []).compactMap { $0["name"]?.text })
            let all = try await operations(server)
            #expect(Set(all.compactMap { $0.content["operationId"]?.text }).count == all.count)
            for operation in all {
                #expect(operation.content["summary"]?.text?.isEmpty == false, "\(operation)")
                let own = Set((operation.content["tags"]?.elements ?? []).compactMap(\.text))
                #expect(own.count == 1 && own.isSubset(of: tags), "\(operation)")
                let successes = (operation.content["responses"]?.names ?? []).filter { $0.hasPrefix("2") }
                #expect(!successes.isEmpty, "\(operation)")
                for status in successes {
                    let answer = operation.content["responses"]?[status]
                    #expect(answer?["description"] != nil && answer?["headers"]?["x-request-id"] != nil, "\(operation)")
                }
                // Outside of the macro, which would print the whole document.
                let hasExample = document.hasExample(operation.content)
                let hasContent = successes.contains { operation.content["responses"]?[$0]?["content"] != nil }
                #expect(hasExample || operation.method == "head" || !hasContent, "\(operation)")
            }
        }
    }

    @Test("every operation says that it may be limited, and those with a key or a session that they may be refused")
    func commonAnswers() async throws {
        try await withServer { server in
            for operation in try await operations(server) {
                let answers = operation.content["responses"]?.names ?? []
                #expect(answers.isSuperset(of: ["429", "500", "503"]), "\(operation)")
                let open = [
                    "/health", "/openapi.json", "/api/docs", "/api/share/{token}", "/api/auth/logout",
                    "/api/upload/{token}", "/api/upload/{token}/{filename}",
                ]
                let isOpen = open.contains(operation.path)
                #expect(answers.contains("401") == !isOpen, "\(operation)")
                // What another site makes a browser send.
                let isWrite = !["get", "head", "options"].contains(operation.method)
                if isWrite, !operation.path.hasPrefix("/api/v1/") {
                    #expect(answers.contains("403"), "\(operation)")
                }
                #expect(answers.contains("413") == (operation.content["requestBody"] != nil), "\(operation)")
                #expect(answers.contains("507") == isWrite, "\(operation)")
            }
        }
    }

    @Test("the page shows every operation and every schema, has no script, and escapes what it shows")
    func page() async throws {
        try await withServer { server in
            let document = try await server.send(.get, "/openapi.json").json
            let answer = try await server.send(.get, "/api/docs")
            #expect(answer.status == 200)
            #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
            #expect(answer.headers[.xContentTypeOptions] == "nosniff")
            let page = answer.text
            for operation in try await operations(server) {
                let id = try #require(operation.content["operationId"]?.text)
                #expect(page.contains(#"<h3 id="\#(id)">"#), "\(operation)")
                #expect(page.contains(##"<a href="#\##(id)">"##), "\(operation)")
                #expect(page.contains(escaped(operation.content["summary"]?.text ?? "")), "\(operation)")
            }
            for name in document["components"]?["schemas"]?.names ?? [] {
                #expect(page.contains(#"id="schema-\#(name)""#), "\(name)")
            }
            #expect(!page.lowercased().contains("<script"))
            #expect(page.firstMatch(of: /<[^>]* on[a-z]+=/) == nil)
            #expect(page.contains("&lt;!DOCTYPE html&gt;"))
            #expect(page.ranges(of: "<!DOCTYPE html>").count == 1)
        }
    }

    @Test("the policy of the page allows its one stylesheet, and nothing else")
    func policy() async throws {
        try await withServer { server in
            let answer = try await server.send(.get, "/api/docs")
            let sheet = try #require(answer.text.firstMatch(of: /<style>((?s).*?)<\/style>/)).1
            let hash = Data(SHA256.hash(data: Data(sheet.utf8))).base64EncodedString()
            let policy = try #require(answer.headers[.contentSecurityPolicy])
            #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-\(hash)';"))
            #expect(answer.text.ranges(of: "<style").count == 1 && !answer.text.contains("style="))
            #expect(!answer.text.contains("src=") && !answer.text.contains("<link"))
        }
    }

    private func operations(_ server: TestServer) async throws -> [Operation] {
        let document = try await server.send(.get, "/openapi.json").json
        let paths = try #require(document["paths"])
        return paths.names.sorted().flatMap { path in
            ["get", "head", "options", "post", "put", "patch", "delete"].compactMap { method in
                paths[path]?[method].map { Operation(method: method, path: path, content: $0) }
            }
        }
    }

    private func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("'", with: "&#39;")
    }
}

private struct Operation: CustomStringConvertible {
    let method: String
    let path: String
    let content: JSONValue

    var description: String { "\(method) \(path)" }
}

extension JSONValue {
    /// The values of all members of that name, however deep.
    fileprivate func all(_ name: String) -> [JSONValue] {
        switch self {
        case .object(let members):
            members.flatMap { key, value in (key == name ? [value] : []) + value.all(name) }
        case .array(let elements): elements.flatMap { $0.all(name) }
        case .null, .bool, .integer, .number, .string: []
        }
    }

    /// Whether an answer that means success has an example, of its own or of its schema.
    fileprivate func hasExample(_ operation: JSONValue) -> Bool {
        let answers = (operation["responses"]?.names ?? []).filter { $0.hasPrefix("2") }
        return answers.contains { status in
            let content = operation["responses"]?[status]?["content"]
            return (content?.names ?? []).contains { type in
                guard let media = content?[type] else { return false }
                let schema = media["schema"]?["$ref"]?.text?.split(separator: "/").last.map(String.init)
                let named = schema.flatMap { self["components"]?["schemas"]?[$0] }
                return media["example"] != nil || media["examples"] != nil || named?["examples"] != nil
            }
        }
    }
}
