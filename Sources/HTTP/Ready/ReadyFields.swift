import HTTPTypes
import NIOHTTP1

/// The header fields of a request that has a ready answer, gathered in one pass.
struct ReadyFields {
    private(set) var key: String?
    private(set) var conditions = HTTPFields()
    private(set) var claims = ClientClaims()

    /// Nil when a field is there that asks for the ordinary way: a body, a page of another origin, a change of the
    /// connection, or two keys.
    init?(_ headers: HTTPHeaders) {
        for (name, value) in headers {
            switch name.utf8.count {
            case 4 where name.isField("host"): claims.authority = value
            case 5 where name.isField("range"): conditions.append(HTTPField(name: .range, value: value))
            case 6 where name.isField("origin") || name.isField("expect"): return nil
            case 7 where name.isField("upgrade"): return nil
            case 8 where name.isField("if-match"): conditions.append(HTTPField(name: .ifMatch, value: value))
            case 8 where name.isField("if-range"): conditions.append(HTTPField(name: .ifRange, value: value))
            case 9 where name.isField("x-api-key"):
                guard key == nil, !value.isEmpty else { return nil }
                key = value
            case 10 where name.isField("connection"):
                guard value.isField("keep-alive") else { return nil }
            case 13 where name.isField("authorization"):
                guard key == nil, let token = HTTPFields.bearerToken(in: value) else { return nil }
                key = token
            case 13 where name.isField("if-none-match"):
                conditions.append(HTTPField(name: .ifNoneMatch, value: value))
            case 14 where name.isField("content-length"): return nil
            case 15 where name.isField("x-forwarded-for"): claims.forwardedFor.append(value)
            case 16 where name.isField("x-forwarded-host"): claims.add(host: value)
            case 17 where name.isField("x-forwarded-proto"): claims.add(proto: value)
            case 17 where name.isField("transfer-encoding"): return nil
            case 17 where name.isField("if-modified-since"):
                conditions.append(HTTPField(name: .ifModifiedSince, value: value))
            case 19 where name.isField("if-unmodified-since"):
                conditions.append(HTTPField(name: .ifUnmodifiedSince, value: value))
            default: break
            }
        }
    }
}

extension String {
    /// Whether this is that name, in any case (RFC 9110 section 5.1).
    ///
    /// - Parameter name: in lower case. Both are of ASCII.
    fileprivate func isField(_ name: StaticString) -> Bool {
        guard utf8.count == name.utf8CodeUnitCount else { return false }
        var known = name.utf8Start
        for byte in utf8 {
            let isUpper = UInt8(ascii: "A") <= byte && byte <= UInt8(ascii: "Z")
            guard (isUpper ? byte | 0x20 : byte) == known.pointee else { return false }
            known += 1
        }
        return true
    }
}
