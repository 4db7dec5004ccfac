import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import HTTP

@Suite("Who the client is")
struct ClientTests {
    private func client(
        _ headers: [(HTTPField.Name, String)] = [],
        host: String? = "a:3001",
        proxies: String = "",
        peer: String? = "10.0.0.1"
    ) throws -> Client {
        var fields = HTTPFields()
        for (name, value) in headers { fields.append(HTTPField(name: name, value: value)) }
        let head = HTTPRequest(method: .post, scheme: "http", authority: host, path: "/", headerFields: fields)
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
        return try #require(TrustedProxies(proxies)).client(ClientClaims(request), from: peer.flatMap(IPAddress.init))
    }

    @Test(
        "behind trusted proxies the address is the last that is none of theirs; what stands before it is a claim",
        arguments: [
            (["192.0.2.1"], "192.0.2.1"), (["1.1.1.1, 192.0.2.1"], "192.0.2.1"),
            (["1.1.1.1", "192.0.2.1"], "192.0.2.1"),
            (["192.0.2.1, 10.0.0.7"], "192.0.2.1"), (["10.0.0.8,10.0.0.7"], "10.0.0.8"), ([], "10.0.0.1"),
            (["192.0.2.1:4711"], "192.0.2.1"), (["[2001:db8::1]:4711"], "2001:db8::1"),
            (["2001:db8::1"], "2001:db8::1"),
            (["::ffff:192.0.2.1"], "192.0.2.1"), (["unknown"], "10.0.0.1"), (["192.0.2.1, unknown"], "10.0.0.1"),
            (["192.0.2.1, unknown, 10.0.0.7"], "10.0.0.7"), ([""], "10.0.0.1"), (["192.0.2.300"], "10.0.0.1"),
        ]
    )
    func forwardedFor(lines: [String], address: String) throws {
        let headers = lines.map { (HTTPField.Name.forwardedFor, $0) }
        #expect(try client(headers, proxies: "10.0.0.0/8").address == IPAddress(address))
    }

    @Test("nobody else is believed: not a stranger, not without a list")
    func strangers() throws {
        let headers: [(HTTPField.Name, String)] = [(.forwardedFor, "192.0.2.1"), (.forwardedHost, "evil.example")]
        for (proxies, peer) in [("10.0.0.0/8", "11.0.0.1"), ("", "10.0.0.1"), ("fd00::/8", "10.0.0.1")] {
            let client = try client(headers, proxies: proxies, peer: peer)
            #expect(client.address == IPAddress(peer) && client.authority == "a:3001")
        }
    }

    @Test(
        "TLS is what the first proxy says; with a list, only proxies on it are asked",
        arguments: [
            ("", "10.0.0.1", "https", true), ("", "10.0.0.1", "HTTPS , http", true),
            ("", "10.0.0.1", "http, https", false),
            ("10.0.0.1", "10.0.0.1", "https", true), ("10.0.0.1", "10.0.0.2", "https", false),
        ]
    )
    func forwardedProto(proxies: String, peer: String, proto: String, isSecure: Bool) throws {
        #expect(try client([(.forwardedProto, proto)], proxies: proxies, peer: peer).isSecure == isSecure)
    }

    @Test("a trusted proxy may say which host was asked for")
    func forwardedHost() throws {
        #expect(try client([(.forwardedHost, "b.example, c")], proxies: "10.0.0.1").authority == "b.example")
        #expect(try client(proxies: "10.0.0.1").authority == "a:3001")
    }

    @Test(
        "a list of proxies has addresses and ranges, and nothing else",
        arguments: ["10.0.0.0/33", "proxy.lan", "10"]
    )
    func unreadable(list: String) {
        #expect(TrustedProxies(list) == nil)
        #expect(TrustedProxies(" 10.0.0.1 , fd00::/8 ") != nil)
    }

    @Test("an IPv6 network of 64 bits counts as one client, an IPv4 address as itself, however it is written")
    func groups() throws {
        let groups = try ["2001:db8::1", "2001:db8::ffff:1", "::ffff:192.0.2.1", "192.0.2.1", "192.0.2.2"].map {
            try client([(.forwardedFor, $0)], proxies: "10.0.0.1").addressGroup
        }
        #expect(groups[0] == groups[1] && groups[2] == groups[3] && Set(groups).count == 3)
        #expect(try client(peer: nil).addressGroup == "")
    }

    @Test(
        "links begin with the host that the client names, when it is one",
        arguments: [
            ("files.example.org", "https", "https://files.example.org"), ("a:3001", "http", "http://a:3001"),
            ("[::1]:3001", "https", "https://[::1]:3001"), ("evil.example/x?", "https", ""), (nil, "http", ""),
            ("user:pw@evil.example", "https", ""), ("\"><script>", "https", ""), ("", "https", ""), ("a:b", "http", ""),
        ]
    )
    func origin(host: String?, proto: String, origin: String) throws {
        #expect(try client([(.forwardedProto, proto)], host: host).origin == origin)
    }
}
