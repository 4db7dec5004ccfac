import HTTP
import HTTPTypes
import Hummingbird
import JSON
import NIOCore

extension Request {
    /// Bodies up to this size, in bytes, are parsed on the event loop. Larger ones can take some hundred milliseconds.
    private static let maxInlineBytes = 65_536

    /// Reads a value from the JSON object in the body.
    ///
    /// - Parameters:
    ///   - mayBeMissing: whether a missing body counts as an object without members.
    ///   - path: the names that lead to the member that `body` wants as it is written (``JSONFields/written``).
    /// - Throws: ``APIError``: 415 and 413 as `jsonBytes` does, 400 for a body that is not a JSON object, and one 400
    ///   that names all the members that did not pass.
    package func read<Value>(
        _ context: some Connected,
        mayBeMissing: Bool = false,
        writtenAt path: [String] = [],
        _ body: (inout JSONFields) -> Value
    ) async throws -> Value {
        let bytes = try await jsonBytes(on: context.connection, mayBeMissing: mayBeMissing)
        do {
            if mayBeMissing, bytes.readableBytes == 0 { return try JSONFields.read(.object([:]), body) }
            let (value, written) = try await Self.parse(bytes, writtenAt: path)
            return try JSONFields.read(value, written: written, body)
        } catch let error as JSONError {
            throw APIError(error)
        }
    }

    /// Leaves the event loop for a large body; a detached task runs elsewhere.
    private static func parse(
        _ bytes: ByteBuffer,
        writtenAt path: [String]
    ) async throws -> (value: JSONValue, written: String?) {
        let parse = { @Sendable in try JSONValue.parse(bytes.readableBytesView, writtenAt: path) }
        return try await bytes.readableBytes > maxInlineBytes ? Task.detached { try parse() }.value : parse()
    }
}

extension APIError {
    /// 400, with a sentence that says how to repair the body.
    package init(_ error: JSONError) {
        switch error {
        case .malformed(let fault):
            self.init(.badRequest, "The body is not valid JSON: \(fault)")
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
