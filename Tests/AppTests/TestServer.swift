import Blobs
import Foundation
import HTTP
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Index
import JSON
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import App

/// A server without a socket, on a folder of its own; both are gone when `body` returns.
///
/// - Parameter settings: of the environment, such as `PLACET_MAX_UPLOAD_BYTES`.
func withServer(_ settings: [String: String] = [:], _ body: (TestServer) async throws -> Void) async throws {
    let root = NSTemporaryDirectory() + "placet-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: root) }
    let environment = settings.merging(["PLACET_RATE_LIMIT": "off"]) { given, _ in given }
    let configuration = try Configuration(arguments: ["storage": root], environment: environment)
    try await seed(root)
    let log = Log()
    let assembly = try await Assembly(configuration, logger: log.logger)
    try await body(TestServer(assembly: assembly, root: root, log: log))
    // Some tests have closed it already.
    try? await assembly.close()
}

/// Makes a store with its first owner, without the tenth of a second that hashing his password would cost each test.
private func seed(_ root: String) async throws {
    let blobs = try DiskBlobStore(root: root, threads: .singleton)
    let index = try Index(path: root + "/index.sqlite", storeID: blobs.storeID)
    let owner = User.sample("admin@placet.local", .owner)
    try await index.write { tx in try tx.insert(owner) }
    try index.close()
    blobs.close()
}

extension User {
    fileprivate static func sample(_ email: String, _ role: Role) -> User {
        User(
            id: Identifier.make(),
            email: email,
            displayName: "Ada",
            role: role,
            passwordHash: "none",
            mustChangePassword: false,
            createdAt: .now()
        )
    }
}

struct TestServer: Sendable {
    let assembly: Assembly
    let root: String
    let log: Log

    /// Sends a request the way the network does.
    func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ headers: HTTPFields = [:],
        body: ByteBuffer? = nil
    ) async throws -> Answer {
        try await send(to: assembly.routers.network, method, path, headers, body)
    }

    /// Sends a request the way the command line does, by the control socket.
    func command(_ method: HTTPRequest.Method, _ path: String, _ json: String? = nil) async throws -> Answer {
        try await send(to: assembly.routers.control, method, "/local/" + path, [:], json.map { ByteBuffer(string: $0) })
    }

    /// A new key for that user, who is made if there is none; with a channel of his own.
    func owner(_ email: String = "admin@placet.local") async throws -> Owner {
        try await assembly.index.write { tx in
            if try tx.user(email: email) == nil { try tx.insert(.sample(email, .member)) }
        }
        let key = try await command(.post, "keys", #"{"label":"tests","user":"\#(email)"}"#).json
        let (secret, id) = (try #require(key["key"]?.text), try #require(key["id"]?.text))
        let agent = try await send(
            .post,
            "/api/v1/agents",
            [.apiKey: secret],
            body: ByteBuffer(string: #"{"name":"a"}"#)
        )
        return Owner(server: self, key: secret, keyID: id, channel: try #require(agent.json["id"]?.text))
    }

    private func send(
        to responder: RouterResponder<RootContext>,
        _ method: HTTPRequest.Method,
        _ path: String,
        _ headers: HTTPFields,
        _ body: ByteBuffer?
    ) async throws -> Answer {
        let app = Application(responder: responder, logger: log.logger)
        return try await app.test(.router) { client in
            Answer(try await client.executeRequest(uri: path, method: method, headers: headers, body: body))
        }
    }
}

/// Somebody with a key and a channel.
struct Owner: Sendable {
    let server: TestServer
    let key: String
    let keyID: String
    let channel: String

    func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ headers: HTTPFields = [:],
        body: ByteBuffer? = nil
    ) async throws -> Answer {
        var headers = headers
        headers[.apiKey] = key
        return try await server.send(method, path, headers, body: body)
    }

    /// Sends a form to `/api/v1/files/store`, or to `upload`.
    func send(_ form: Form, to route: String = "store", _ headers: HTTPFields = [:]) async throws -> Answer {
        var headers = headers
        headers[.contentType] = form.contentType
        return try await send(.post, "/api/v1/files/\(route)", headers, body: form.body)
    }

    func send(json: String, to path: String) async throws -> Answer {
        try await send(.post, path, [.contentType: "application/json"], body: ByteBuffer(string: json))
    }

    /// Stores a file in the channel and answers its attachment.
    func store(_ bytes: [UInt8], _ name: String = "file.bin", type: String? = nil) async throws -> JSONValue {
        let answer = try await send(Form(.channel(channel), .file(bytes, name, type: type)))
        try #require(answer.status == 201, "\(answer.text)")
        return answer.json
    }

    func store(_ text: String, _ name: String = "file.txt") async throws -> JSONValue {
        try await store(Array(text.utf8), name)
    }

    /// The same, when only the id matters.
    func storedID(_ text: String) async throws -> String {
        try #require(try await store(text)["id"]?.text)
    }

    func download(_ id: String, _ headers: HTTPFields = [:], query: String = "") async throws -> Answer {
        try await send(.get, "/api/v1/files/\(id)/download\(query)", headers)
    }
}

/// A multipart body.
struct Form: Sendable {
    enum Part: Sendable {
        case field(String, [UInt8])
        case file([UInt8], String, type: String? = nil, name: String = "file")

        static func channel(_ id: String) -> Part { field("channelId", Array(id.utf8)) }
        static func text(_ text: String) -> Part { field("text", Array(text.utf8)) }
    }

    static let boundary = "placet-tests"
    var contentType = "multipart/form-data; boundary=\(boundary)"
    var body = ByteBuffer()

    init(_ parts: Part...) {
        for part in parts { append(part) }
        body.writeString("--\(Self.boundary)--\r\n")
    }

    private mutating func append(_ part: Part) {
        body.writeString("--\(Self.boundary)\r\nContent-Disposition: form-data; ")
        switch part {
        case .field(let name, let value):
            body.writeString("name=\"\(name)\"\r\n\r\n")
            body.writeBytes(value)
        case .file(let bytes, let filename, let type, let name):
            body.writeString("name=\"\(name)\"; filename=\"\(filename)\"\r\n")
            if let type { body.writeString("Content-Type: \(type)\r\n") }
            body.writeString("\r\n")
            body.writeBytes(bytes)
        }
        body.writeString("\r\n")
    }
}

struct Answer: Sendable {
    let status: Int
    let headers: HTTPFields
    let body: ByteBuffer

    init(_ response: TestResponse) {
        status = response.status.code
        headers = response.headers
        body = response.body
    }

    var text: String { String(buffer: body) }
    var json: JSONValue { (try? JSONValue(parsing: body.readableBytesView)) ?? .null }
    /// The `path` of each of the errors.
    var faults: [String] { (json["errors"]?.elements ?? []).compactMap { $0["path"]?.elements.first?.text } }
}

extension JSONValue {
    var names: Set<String> { Set(members.keys) }
}

/// What a store holds, in rows and in files.
struct Census: Equatable {
    var attachments = 0
    var messages = 0
    var blobs = 0
    var doomed = 0
    var blobFiles = 0
    var incoming = 0
}

extension TestServer {
    func census() async throws -> Census {
        let endOfTime = Timestamp(milliseconds: .max)
        var census = try await assembly.index.read { index in
            Census(
                attachments: try index.attachmentCount(),
                messages: try index.messageCount(),
                blobs: try index.blobCount(),
                doomed: try index.dueDoomedKeys(now: endOfTime, limit: 1000).count
            )
        }
        census.blobFiles = files(below: "blobs")
        census.incoming = files(below: "incoming")
        return census
    }

    /// The file of the bytes, when there is one blob in the store.
    func onlyBlobFile() throws -> URL {
        let paths = FileManager.default.enumerator(atPath: "\(root)/blobs")?.allObjects as? [String] ?? []
        let path = try #require(paths.first { $0.contains(".") })
        return URL(fileURLWithPath: "\(root)/blobs/\(path)")
    }

    private func files(below folder: String) -> Int {
        let paths = FileManager.default.enumerator(atPath: "\(root)/\(folder)")
        return (paths?.allObjects as? [String] ?? ["no such folder"]).count { path in
            var isFolder: ObjCBool = false
            return
                !(FileManager.default.fileExists(atPath: "\(root)/\(folder)/\(path)", isDirectory: &isFolder)
                && isFolder.boolValue)
        }
    }
}
