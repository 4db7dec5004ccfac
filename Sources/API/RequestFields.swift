import HTTP
import HTTPTypes
import Hummingbird
import JSON
import NIOCore

extension Request {
    /// Bodies up to this size, in bytes, are parsed on the event loop; larger ones take up to a few hundred milliseconds.
    private static let maxInlineBytes = 65_536

    /// Makes a value of the members of the JSON object in the body.
    ///
    /// - Parameter mayBeMissing: whether a request without a body is an object without members.
    /// - Throws: ``APIError`` 415 and 413 as `jsonBytes` does, 400 when the body is not a JSON object, and 400 that names
    ///   every member that did not pass.
    package func read<Value>(
        _ context: some Connected,
        mayBeMissing: Bool = false,
        _ body: (inout JSONFields) -> Value
    ) async throws -> Value {
        let bytes = try await jsonBytes(on: context.connection, mayBeMissing: mayBeMissing)
        do {
            let value = mayBeMissing && bytes.readableBytes == 0 ? .object([:]) : try await Self.parse(bytes)
            return try JSONFields.read(value, body)
        } catch let error as JSONError {
            throw APIError(error)
        }
    }

    /// A detached task leaves the event loop.
    private static func parse(_ bytes: ByteBuffer) async throws -> JSONValue {
        guard bytes.readableBytes > maxInlineBytes else { return try JSONValue(parsing: bytes.readableBytesView) }
        return try await Task.detached { try JSONValue(parsing: bytes.readableBytesView) }.value
    }
}

extension APIError {
    /// 400 for a body that was not taken.
    package init(_ error: JSONError) {
        switch error {
        case .malformed:
            self.init(.badRequest, "The body is not valid JSON; send one JSON object in UTF-8")
        case .tooDeep:
            self.init(.badRequest, "The JSON body nests deeper than \(JSONValue.maxDepth) levels; flatten it")
        case .notAnObject:
            self.init(.badRequest, "The body must be a JSON object")
        case .invalid(let problems):
            self.init(invalid: problems.map { Field(code: $0.code, message: $0.message, path: $0.path) })
        case .refused(let sentence):
            self.init(.badRequest, sentence)
        }
    }
}
