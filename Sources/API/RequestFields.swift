import HTTP
import HTTPTypes
import Hummingbird
import JSON
import NIOCore

extension Request {
    /// Bodies up to this size, in bytes, are parsed on the event loop. Larger ones can take some seconds.
    private static let maxInlineBytes = 65_536

    /// Reads a value from the JSON object in the body.
    ///
    /// - Parameters:
    ///   - mayBeMissing: whether a missing body counts as an object without members.
    ///   - path: the names that lead to the member that `body` wants as it is written (``JSONFields/written``).
    ///   - limit: the most bytes that the body may have. Routes that ask for no key set a small one.
    ///   - body: runs on a thread for long work when the body is large, so it writes as JSON what is to be stored so.
    /// - Throws: ``APIError``: 415 and 413 as `jsonBytes` does, 400 for a body that is not a JSON object, and one 400
    ///   that names all the members that did not pass.
    package func read<Value: Sendable>(
        _ context: some Connected,
        mayBeMissing: Bool = false,
        writtenAt path: [String] = [],
        limit: Int = Self.maxJSONBytes,
        _ body: @escaping @Sendable (inout JSONFields) -> Value
    ) async throws -> Value {
        let take: @Sendable () async throws -> ByteBuffer = {
            try await jsonBytes(on: context.connection, mayBeMissing: mayBeMissing, limit: limit)
        }
        let make: @Sendable (ByteBuffer) throws(APIError) -> Value = { bytes throws(APIError) in
            do throws(JSONError) {
                if mayBeMissing, bytes.readableBytes == 0 { return try JSONFields.read(.object([:]), body) }
                let (value, written) = try JSONValue.parse(bytes.readableBytesView, writtenAt: path)
                return try JSONFields.read(value, written: written, body)
            } catch {
                throw APIError(error)
            }
        }
        // Without a declared length it may become large.
        guard declaredLength ?? (headers.contains(.transferEncoding) ? .max : 0) > Self.maxInlineBytes else {
            return try make(try await take())
        }
        return try await LongWork.bodies.run(context.payer) {
            let bytes = try await take()
            return try await context.inTurn { try make(bytes) }
        }
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
        case .cancelled:
            self.init(.serviceUnavailable, "Reading the body took too long; send a smaller one")
        }
    }
}
