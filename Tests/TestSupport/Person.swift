import Accounts
import App
import HTTP
import HTTPTypes
import Hummingbird
import Index
import JSON
import NIOCore
import Testing

/// A user signed in.
package struct Person: Sendable {
    package static let password = "correct horse"

    package let server: TestServer
    package let userID: User.ID
    package let email: String
    package let token: String

    package init(server: TestServer, userID: User.ID, email: String, token: String) {
        (self.server, self.userID, self.email, self.token) = (server, userID, email, token)
    }

    package func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ json: String? = nil,
        _ headers: HTTPFields = [:]
    ) async throws -> HTTPReply {
        var headers = headers
        headers[.authorization] = "Bearer \(token)"
        return try await server.send(method, "/api/\(path)", headers, body: json.map { ByteBuffer(string: $0) })
    }

    /// Sends a form with a file to a route under `/api/files/`.
    package func send(_ form: Form, to route: String) async throws -> HTTPReply {
        try await server.send(
            .post,
            "/api/files/\(route)",
            [.authorization: "Bearer \(token)", .contentType: form.contentType],
            body: form.body
        )
    }
}

extension TestServer {
    package func login(_ email: String, _ password: String, _ headers: HTTPFields = [:]) async throws -> HTTPReply {
        let body = ByteBuffer(string: #"{"email":"\#(email)","password":"\#(password)"}"#)
        return try await send(.post, "/api/auth/login", headers, body: body)
    }

    /// A user with that role, made and signed in.
    package func person(_ email: String, role: User.Role = .member) async throws -> Person {
        // With few rounds: without optimisation, a true hash takes seconds.
        let hash = try PasswordHash(hashing: Person.password, logRounds: 1).encoded
        try await assembly.index.write { tx in
            guard try tx.user(email: email) == nil else { return }
            let user = User(
                id: .make(),
                email: email,
                displayName: email,
                role: role,
                passwordHash: hash,
                mustChangePassword: false,
                createdAt: tx.now
            )
            try tx.insert(user)
        }
        let answer = try await login(email, Person.password)
        let id = try #require(answer.json["user"]?["id"]?.text, "\(answer.text)")
        return Person(server: self, userID: User.ID(id), email: email, token: try #require(answer.token))
    }

    /// The token of a new session of a user, without a password.
    package func session(of userID: User.ID, lifetime: Duration = .seconds(60)) async throws -> String {
        let secret = Secret(.session)
        try await assembly.index.write { tx in
            let session = Session(
                id: .make(),
                userID: userID,
                userAgent: nil,
                createdAt: tx.now,
                lastUsedAt: tx.now,
                expiresAt: tx.now + lifetime
            )
            try tx.insert(session, hash: secret.hash)
        }
        return secret.text
    }

    /// A user signed in, and an agent of the same user.
    package func pair(_ email: String = "ada@example.org") async throws -> (Person, Owner) {
        (try await person(email), try await owner(email))
    }
}

extension HTTPReply {
    /// The session's token in `Set-Cookie`.
    package var token: String? {
        headers[.setCookie]?.split(separator: ";").first?.split(separator: "=").last.map(String.init)
    }
}
