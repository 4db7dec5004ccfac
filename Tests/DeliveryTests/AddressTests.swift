import API
import HTTP
import Testing

@testable import Delivery

@Suite("Addresses that webhooks may go to")
struct AddressTests {
    @Test(
        "An address of the inside, of a special kind or of nowhere is not public",
        arguments: [
            "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "100.100.100.200",
            "127.0.0.1", "127.255.255.254", "168.63.129.16", "169.254.0.1", "169.254.169.254", "172.16.0.1",
            "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1",
            "192.168.255.255", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1",
            "239.255.255.255", "240.0.0.1", "255.255.255.255",
            "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.1.2.3", "::ffff:169.254.169.254",
            "::ffff:0:7f00:1", "64:ff9b::10.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1",
            "2001:2::1", "2001:10::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1", "2002:c0a8:101::1",
            "3fff::1", "4000::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fdff::1", "fe80::1", "febf::1", "fec0::1",
            "ff02::1",
        ]
    )
    func inside(text: String) throws {
        #expect(!TargetRules.isPublic(try #require(IPAddress(text))))
    }

    @Test(
        "An address of the public Internet is public, also one behind a gateway to IPv4",
        arguments: [
            "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "126.255.255.255",
            "128.0.0.1", "169.253.255.255", "169.255.0.1", "172.15.255.255", "172.32.0.1", "192.0.1.1",
            "192.167.255.255", "192.169.0.1", "198.17.255.255", "198.20.0.1", "223.255.255.255",
            "2606:4700::1111", "2a00:1450::1", "2001:200::1", "::ffff:8.8.8.8", "64:ff9b::808:808",
            "2002:808:808::1",
        ]
    )
    func outside(text: String) throws {
        #expect(TargetRules.isPublic(try #require(IPAddress(text))))
    }

    @Test(
        "Only the plain spelling is an address; the others are names for the resolver",
        arguments: ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "127.0.0.01", "", "[::1]", "fe80::1%eth0", "::g"]
    )
    func spelling(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(
        "The resolver reads every spelling of a number, so what it stands for is judged",
        arguments: [
            "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "0x7f000001", "017700000001",
        ]
    )
    func numbers(host: String) async throws {
        let addresses = try await Resolver.addresses(of: host)
        #expect(addresses == [try #require(IPAddress("127.0.0.1"))])
        let (target, rules) = (try WebhookTarget("http://\(host)/"), TargetRules(allowed: try #require(.init(""))))
        #expect(throws: AttemptFailure.self) { try rules.check(target, addresses: addresses) }
    }

    @Test("One inside address among public ones refuses the name: a client might be sent to any of them")
    func everyAddress() throws {
        let rules = TargetRules(allowed: try #require(.init("")))
        let target = try WebhookTarget("https://example.org/hook")
        let (good, bad) = (try #require(IPAddress("8.8.8.8")), try #require(IPAddress("10.0.0.1")))
        try rules.check(target, addresses: [good])
        #expect(throws: AttemptFailure.self) { try rules.check(target, addresses: [good, bad]) }
        #expect(throws: AttemptFailure.self) { try rules.check(target, addresses: []) }
        let named = TargetRules(allowed: try #require(.init("example.org")))
        try named.check(target, addresses: [good, bad])
        #expect(throws: AttemptFailure.self) { try named.check(target, addresses: []) }
    }

    @Test(
        "The names of cloud metadata are refused whatever their address",
        arguments: [
            "http://metadata.google.internal/", "http://METADATA.google.internal.:80/x",
        ]
    )
    func metadata(url: String) throws {
        let rules = TargetRules(allowed: try #require(.init("0.0.0.0/0")))
        let address = try #require(IPAddress("8.8.8.8"))
        let target = try WebhookTarget(url)
        #expect(throws: AttemptFailure.self) { try rules.check(target, addresses: [address]) }
    }

    @Test(
        "What the operator lists is allowed, and nothing beside it",
        arguments: [
            ("127.0.0.1", "http://127.0.0.1:9/", "127.0.0.1", true),
            ("127.0.0.1", "http://localhost/", "127.0.0.1", true),
            ("127.0.0.1", "http://127.0.0.2/", "127.0.0.2", false),
            ("127.0.0.1:9", "http://127.0.0.1:9/", "127.0.0.1", true),
            ("127.0.0.1:9", "http://127.0.0.1:10/", "127.0.0.1", false),
            ("10.0.0.0/8", "http://a.lan/", "10.200.1.1", true),
            ("10.0.0.0/8", "http://a.lan/", "11.200.1.1", true),
            ("10.0.0.0/8", "http://a.lan/", "192.168.1.1", false),
            ("192.168.4.0/22:8080", "http://a.lan:8080/", "192.168.7.1", true),
            ("192.168.4.0/22:8080", "http://a.lan:8080/", "192.168.8.1", false),
            ("Hooks.LAN", "http://hooks.lan./", "10.0.0.1", true),
            ("hooks.lan:443", "https://hooks.lan/", "10.0.0.1", true),
            ("hooks.lan:443", "http://hooks.lan/", "10.0.0.1", false),
            ("hooks.lan", "http://x.hooks.lan/", "10.0.0.1", false),
            ("::1", "http://[::1]:9/", "::1", true),
            ("[::1]:9", "http://[::1]:9/", "::1", true),
            ("[::1]:9", "http://[::1]:8/", "::1", false),
            ("[fd00::/8]:443, ::1", "https://a.lan/", "fd12::1", true),
            ("", "http://127.0.0.1/", "127.0.0.1", false),
        ]
    )
    func allowed(list: String, url: String, address: String, isAllowed: Bool) throws {
        let rules = TargetRules(allowed: try #require(AllowedTargets(list)))
        let (target, address) = (try WebhookTarget(url), try #require(IPAddress(address)))
        if isAllowed {
            try rules.check(target, addresses: [address])
        } else {
            #expect(throws: AttemptFailure.self) { try rules.check(target, addresses: [address]) }
        }
    }

    @Test(
        "A list that cannot be read is refused as a whole",
        arguments: [
            "10.0.0.0/33", "10.0.0/8", "256.1.1.1", "host:0", "host:65536", "host:x", "[::1", "[::1]x", "[10.0.0.1]:80",
            "a b", "http://host", "host/8", "fd00::/129", "127.1", "ok.lan,*",
        ]
    )
    func unreadable(list: String) {
        #expect(AllowedTargets(list) == nil)
    }
}
