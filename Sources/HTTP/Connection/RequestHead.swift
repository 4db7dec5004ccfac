import HTTPTypes
import NIOHTTP1

/// What the head of a request means for the connection (RFC 9112), before anybody asks what the request is about.
extension HTTPRequestHead {
    /// Why a request with such a head is not taken at all. Where its body ends may be unknown, so the connection closes.
    var refusal: APIError? {
        let hosts = headers["host"]
        if hosts.isEmpty, !isOld { return APIError(.badRequest, "Send a Host header (RFC 9112 section 3.2)") }
        if hosts.count > 1 { return APIError(.badRequest, "Send one Host header, not \(hosts.count)") }
        if let host = hosts.first, host.utf8.contains(where: Self.cannotBeInHost) {
            return APIError(.badRequest, "The Host header is not a host with or without a port")
        }
        let codings = tokens(of: "transfer-encoding")
        guard !codings.isEmpty else { return nil }
        if isOld { return APIError(.badRequest, "HTTP/1.0 has no Transfer-Encoding; send Content-Length") }
        if codings != ["chunked"] {
            return APIError(.notImplemented, "Transfer-Encoding: chunked is the only one that is understood")
        }
        return nil
    }

    var manner: Exchange.Manner {
        Exchange.Manner(
            isOld: isOld,
            keepsAlive: isKeepAlive && !tokens(of: "connection").contains("close") && !isUnclear && method != .CONNECT,
            expectsContinue: headers.first(name: "expect")?.lowercased() == "100-continue",
            isHead: method == .HEAD
        )
    }

    /// Whether NIO's parser stops after this request, and a new one can go on.
    ///
    /// After CONNECT it stops too, but then what follows may not be HTTP, so that connection closes.
    var endsParser: Bool { offersUpgrade && connectionNamesUpgrade && method != .CONNECT }

    /// Whether we cannot tell for certain what the parser makes of an odd spelling of `Connection: upgrade`.
    private var isUnclear: Bool {
        guard headers.contains(name: "upgrade"), !endsParser else { return false }
        return headers["connection"].contains { $0.lowercased().contains("upgrade") }
    }

    private var offersUpgrade: Bool { headers["upgrade"].contains { !$0.isEmpty } }

    private var connectionNamesUpgrade: Bool {
        headers["connection"].contains { line in
            line.split(separator: ",").contains { $0.lowercased().trimmingPrefix { $0 == " " } == "upgrade" }
        }
    }

    private var isOld: Bool { version.major == 1 && version.minor == 0 }

    /// The members of a list header, in lower case.
    private func tokens(of name: String) -> [String] {
        headers[name].flatMap { line in
            line.split(separator: ",").map { $0.lowercased().filter { $0 != " " && $0 != "\t" } }
        }
        .filter { !$0.isEmpty }
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
