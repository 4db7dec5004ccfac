import HTTPTypes

/// A failure that the client is told about: status, one sentence that says what to do, and the invalid fields.
///
/// Handlers throw it, and ``ErrorMiddleware`` turns it into JSON. The message reaches the client unchanged, so it must
/// not contain a path on disk, SQL or a secret.
package struct APIError: Error, Sendable {
    /// One invalid or missing field of the request, as in `errors` (docs/api.md, "Conventions", Errors).
    package struct Field: Sendable, Equatable, Encodable {
        package let code: String
        package let message: String
        package let path: [String]

        package init(code: String, message: String, path: [String]) {
            self.code = code
            self.message = message
            self.path = path
        }
    }

    package let status: HTTPResponse.Status
    package let message: String
    package let fields: [Field]
    /// What a program may want to know besides, such as how much room there is (docs/api.md, "Conventions", 507).
    package let figures: [String: Int]
    package let headers: HTTPFields
    /// What the operator is told in the log, if anything. It is not sent.
    package let cause: String?

    package init(
        _ status: HTTPResponse.Status,
        _ message: String,
        fields: [Field] = [],
        figures: [String: Int] = [:],
        headers: HTTPFields = [:],
        cause: String? = nil
    ) {
        self.status = status
        self.message = message
        self.fields = fields
        self.figures = figures
        self.headers = headers
        self.cause = cause
    }

    /// 400 for one field or parameter. Both the sentence and `errors` name it.
    package static func invalid(_ name: String, _ problem: String, code: String = "invalid") -> APIError {
        let message = "\(name): \(problem)"
        return APIError(.badRequest, message, fields: [Field(code: code, message: problem, path: [name])])
    }

    /// 400 for everything that is wrong with a request. The sentence names the first of `fields`.
    package init(invalid fields: [Field]) {
        let sentence = fields.first.map { "\($0.path.joined(separator: ".")): \($0.message)" }
        self.init(.badRequest, sentence ?? "The request is not valid", fields: fields)
    }

    /// 400 for U+0000 in a text (docs/api.md, "Conventions", JSON).
    package static func invalidCharacter(in name: String) -> APIError {
        .invalid(name, "must not contain the character U+0000", code: "invalid_string")
    }
}

extension HTTPResponse.Status {
    /// 507 (RFC 4918 section 11.5): the disk or a quota is full.
    package static let insufficientStorage = HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
}
