import NIOCore

/// A multipart body.
package struct Form: Sendable {
    package enum Part: Sendable {
        case field(String, [UInt8])
        case file([UInt8], String, type: String? = nil, name: String = "file")

        /// What follows `form-data; `, further header lines too.
        case raw([UInt8], [UInt8])

        package static func raw(_ head: String, _ bytes: [UInt8]) -> Part { raw(Array(head.utf8), bytes) }
        package static func channel(_ id: String) -> Part { field("channelId", Array(id.utf8)) }
        package static func text(_ text: String) -> Part { field("text", Array(text.utf8)) }
    }

    package static let boundary = "placet-tests"
    package var contentType = "multipart/form-data; boundary=\(boundary)"
    package var body = ByteBuffer()

    package init(_ parts: Part...) {
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
        case .raw(let head, let bytes):
            body.writeBytes(head)
            body.writeString("\r\n\r\n")
            body.writeBytes(bytes)
        }
        body.writeString("\r\n")
    }
}
