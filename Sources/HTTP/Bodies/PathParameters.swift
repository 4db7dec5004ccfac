import Foundation
import Hummingbird

extension RequestContext {
    /// In Unicode code points.
    package static var maxParameterLength: Int { 500 }

    /// A segment of the path, percent-decoded (RFC 3986 section 2.1): clients name streams as they like.
    ///
    /// - Throws: ``APIError`` 400 when it is no UTF-8, has U+0000 in it or more than 500 characters.
    package func pathParameter(_ name: String) throws -> String {
        let raw = try parameters.require(name)
        guard let text = raw.removingPercentEncoding else {
            throw APIError.invalid(name, "is not percent-encoded UTF-8", code: "invalid_string")
        }
        guard !text.unicodeScalars.contains("\0") else { throw APIError.invalidCharacter(in: name) }
        guard text.unicodeScalars.count <= Self.maxParameterLength else {
            throw APIError.invalid(name, "must have at most \(Self.maxParameterLength) characters", code: "too_big")
        }
        return text
    }
}
