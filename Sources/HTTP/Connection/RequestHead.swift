import HTTPTypes
import Hummingbird
import NIOHTTP1

/// What the head of a request means for the connection (RFC 9112), before anybody asks what the request is about.
struct RequestHead {
    /// Why a request with such a head is not taken at all. Where its body ends may be unknown, so the connection closes.
    let refusal: APIError?
    let manner: Exchange.Manner
    /// Whether NIO's parser stops after this request, and a new one can go on.
    ///
    /// After CONNECT it stops too, but then what follows may not be HTTP, so that connection closes.
    let endsParser: Bool

    init(_ head: HTTPRequestHead) {
        let isOld = head.version == .http1_0
        let fields = Fields(head.headers)
        refusal = head.uri.utf8.count > Request.maxTargetBytes ? .targetTooLong : fields.refusal(isOld: isOld)
        endsParser = fields.offersUpgrade && fields.namesUpgrade && head.method != .CONNECT
        // We cannot tell for certain what the parser makes of an odd spelling of `Connection: upgrade`.
        let isUnclear = fields.hasUpgrade && fields.mentionsUpgrade && !endsParser
        manner = Exchange.Manner(
            isOld: isOld,
            keepsAlive: head.isKeepAlive && !fields.wantsClose && !isUnclear && head.method != .CONNECT,
            expectsContinue: fields.expectsContinue,
            isHead: head.method == .HEAD
        )
    }
}

extension Request {
    /// How long path and query may be together. The longest search, percent-encoded, has 12 000 bytes.
    package static let maxTargetBytes = 16_384
}

extension APIError {
    /// 414 (RFC 9110 section 15.5.15).
    fileprivate static let targetTooLong = APIError(
        .uriTooLong,
        "The path and query are longer than \(Request.maxTargetBytes) bytes; shorten the query"
    )
}

/// The header fields that concern the connection, gathered in one pass: every request pays for it.
private struct Fields {
    private var hosts: [String] = []
    private var codings: [Substring] = []
    var expectsContinue = false
    var hasUpgrade = false
    var offersUpgrade = false
    var wantsClose = false
    /// `Connection` has the member `upgrade`, in a spelling that the parser certainly knows.
    var namesUpgrade = false
    /// `Connection` has it in some spelling.
    var mentionsUpgrade = false

    init(_ headers: HTTPHeaders) {
        for (name, value) in headers {
            switch name.utf8.count {
            case 4 where name.lowercased() == "host": hosts.append(value)
            case 6 where name.lowercased() == "expect": expectsContinue = value.lowercased() == "100-continue"
            case 7 where name.lowercased() == "upgrade":
                hasUpgrade = true
                offersUpgrade = offersUpgrade || !value.isEmpty
            case 10 where name.lowercased() == "connection": readConnection(value.lowercased())
            case 17 where name.lowercased() == "transfer-encoding":
                codings += value.lowercased().split(separator: ",").map(\.trimmed)
            default: break
            }
        }
    }

    private mutating func readConnection(_ value: String) {
        mentionsUpgrade = mentionsUpgrade || value.contains("upgrade")
        for member in value.split(separator: ",") {
            namesUpgrade = namesUpgrade || member.drop { $0 == " " } == "upgrade"
            wantsClose = wantsClose || member.trimmed == "close"
        }
    }

    func refusal(isOld: Bool) -> APIError? {
        if hosts.isEmpty, !isOld { return APIError(.badRequest, "Send a Host header (RFC 9112 section 3.2)") }
        if hosts.count > 1 { return APIError(.badRequest, "Send one Host header, not \(hosts.count)") }
        if let host = hosts.first, host.utf8.contains(where: Self.cannotBeInHost) {
            return APIError(.badRequest, "The Host header is not a host with or without a port")
        }
        if codings.isEmpty { return nil }
        if isOld { return APIError(.badRequest, "HTTP/1.0 has no Transfer-Encoding; send Content-Length") }
        if codings == ["chunked"] { return nil }
        return APIError(.notImplemented, "Transfer-Encoding: chunked is the only one that is understood")
    }

    /// Everything but what RFC 3986 section 3.2 has in a host and a port.
    private static func cannotBeInHost(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            false
        default: !"-._~%!$&'()*+;=:[]".utf8.contains(byte)
        }
    }
}
