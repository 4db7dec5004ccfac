import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// What a ready answer is made from: a GET or HEAD with a valid API key, and no body.
package struct ReadyRequest: Sendable {
    package let parameters: ReadParameters
    package let isHead: Bool
    /// Conditions and range (RFC 9110 sections 13 and 14). Other fields are not there.
    package let conditions: HTTPFields
    package let agent: AgentPrincipal
    /// Of the client, as text. Nil without TCP.
    package let address: String?
    package let requestID: String
}

/// An answer that needed no task and no wait.
package struct ReadyAnswer: Sendable {
    /// Status and fields, in the form in which they are written. Making one costs some microseconds, so they are kept.
    package struct Head: Sendable {
        let status: HTTPResponse.Status
        let fields: HTTPHeaders

        package init(_ status: HTTPResponse.Status, _ fields: HTTPFields) {
            (self.status, self.fields) = (status, HTTPHeaders(fields))
        }

        /// The same with another status and fields more.
        package func with(_ status: HTTPResponse.Status, _ more: [(HTTPField.Name, String)]) -> Head {
            var fields = fields
            for (name, value) in more { fields.replaceOrAdd(name: name.rawName, value: value) }
            return Head(status: status, fields: fields)
        }

        private init(status: HTTPResponse.Status, fields: HTTPHeaders) {
            (self.status, self.fields) = (status, fields)
        }
    }

    package enum Body: Sendable {
        case none
        case bytes(ByteBuffer)
        /// Part of a file that `owner` keeps open. It is released once the bytes are sent.
        case file(FileRegion, owner: any Sendable)

        var byteCount: Int {
            switch self {
            case .none: 0
            case .bytes(let bytes): bytes.readableBytes
            case .file(let region, _): region.readableBytes
            }
        }
    }

    let head: Head
    let body: Body

    package init(_ head: Head, _ body: Body = .none) {
        (self.head, self.body) = (head, body)
    }

    private static let jsonHead = Head(.ok, Response.jsonFields)

    /// The same as ``Response/json(bytes:status:)``.
    ///
    /// - Parameter link: the value of a `Link`, if there is one.
    package static func json(bytes: ByteBuffer, link: String?, to request: ReadyRequest) -> ReadyAnswer {
        var fields = [(HTTPField.Name.contentLength, "\(bytes.readableBytes)")]
        if let link { fields.append((.link, link)) }
        return ReadyAnswer(jsonHead.with(.ok, fields), request.isHead ? .none : .bytes(bytes))
    }
}
