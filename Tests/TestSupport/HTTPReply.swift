import Foundation
import HTTP
import HTTPTypes
import HummingbirdTesting
import JSON
import NIOCore

package struct HTTPReply: Sendable {
    package let status: Int
    package let headers: HTTPFields
    package let body: ByteBuffer

    package init(_ response: TestResponse) {
        status = response.status.code
        headers = response.headers
        body = response.body
    }

    package var text: String { String(buffer: body) }
    package var json: JSONValue { (try? JSONValue(parsing: body.readableBytesView)) ?? .null }

    /// Where the `Link` to what follows leads (RFC 8288); nil when there is none.
    package var next: String? {
        headers[.link]?.wholeMatch(of: /<([^>]*)>; rel="next"/).map { String($0.1) }
    }

    /// The body as a value, so that a test reads as a story.
    ///
    /// - Throws: `DecodingError` that names what is missing.
    package func decoded<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(body.readableBytesView))
    }

    /// The `path` of each of the errors.
    package var faults: [String] { (json["errors"]?.elements ?? []).compactMap { $0["path"]?.elements.first?.text } }
}

extension JSONValue {
    package var names: Set<String> { Set(members.keys) }
}
