import Glibc

/// An IPv4 or IPv6 address, without scope or port.
package struct IPAddress: Sendable, Hashable {
    /// 4 or 16 bytes in network order.
    package let bytes: [UInt8]

    /// Reads only the plain forms of `inet_pton`: nothing octal or hexadecimal, no missing parts.
    package init?(_ text: String) {
        var (four, six) = (in_addr(), in6_addr())
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: four) { Array($0) }
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            bytes = withUnsafeBytes(of: six) { Array($0) }
        } else {
            return nil
        }
    }

    /// The address in a socket address. Nil if that is of another family.
    package init?(_ address: UnsafePointer<sockaddr>) {
        let raw = UnsafeRawPointer(address)
        switch CInt(address.pointee.sa_family) {
        case AF_INET:
            bytes = withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in.self).sin_addr) { Array($0) }
        case AF_INET6:
            bytes = withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr) { Array($0) }
        default: return nil
        }
    }

    private init(bytes: ArraySlice<UInt8>) {
        self.bytes = Array(bytes)
    }

    package var isIPv6: Bool { bytes.count == 16 }

    /// The IPv4 address at which packets to this IPv6 address end, if there is one: mapped and compatible (RFC 4291),
    /// NAT64 (RFC 6052) and 6to4 (RFC 3056). Without it `::ffff:127.0.0.1` would not be seen as loopback.
    package var embeddedIPv4: IPAddress? {
        guard isIPv6 else { return nil }
        if Self.sixToFour.contains(self) { return IPAddress(bytes: bytes[2..<6]) }
        return Self.endingInIPv4.contains { $0.contains(self) } ? IPAddress(bytes: bytes[12...]) : nil
    }

    /// The IPv4 address that a mapped one stands for, as a socket for both families shows IPv4 peers; else the address.
    var unmapped: IPAddress {
        Self.mapped.contains(self) ? IPAddress(bytes: bytes[12...]) : self
    }

    private static let sixToFour = AddressRange("2002::/16")!
    private static let mapped = AddressRange("::ffff:0:0/96")!
    private static let endingInIPv4 = ["::ffff:0:0/96", "::/96", "64:ff9b::/96"].map { AddressRange($0)! }
}

extension IPAddress: CustomStringConvertible {
    /// The usual text, without brackets.
    package var description: String {
        // Asked several times for each request, so it takes no memory of the heap.
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { text in
            let end = inet_ntop(isIPv6 ? AF_INET6 : AF_INET, bytes, text.baseAddress!, socklen_t(text.count))
            return end.map { String(cString: $0) } ?? ""
        }
    }
}

/// All addresses that begin with the same bits (RFC 4632, RFC 4291).
package struct AddressRange: Sendable, Hashable {
    private let base: IPAddress
    private let length: Int

    /// Reads `10.0.0.0/8`, `fd00::/8` or a single address. Bits of the address beyond the length are ignored.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let base = IPAddress(String(parts[0])) else { return nil }
        let bits = base.bytes.count * 8
        guard parts.count == 2 else {
            (self.base, length) = (base, bits)
            return
        }
        guard let length = Int(parts[1]), (0...bits).contains(length) else { return nil }
        (self.base, self.length) = (base, length)
    }

    /// Never true for an address of the other family.
    package func contains(_ address: IPAddress) -> Bool {
        guard address.bytes.count == base.bytes.count else { return false }
        let (whole, rest) = length.quotientAndRemainder(dividingBy: 8)
        guard address.bytes[..<whole] == base.bytes[..<whole] else { return false }
        return rest == 0 || (address.bytes[whole] ^ base.bytes[whole]) >> UInt8(8 - rest) == 0
    }
}
