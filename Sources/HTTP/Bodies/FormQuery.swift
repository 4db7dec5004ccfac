/// A query as browsers and HTTP libraries write it (URL Standard section 5.1).
struct FormQuery {
    private let text: String

    init(_ text: String) {
        self.text = text
    }

    /// What a parameter is, decoded; nil when it is missing. The first of several counts.
    func bytes(of name: String) -> [UInt8]? {
        for pair in pairs {
            let given = Self.name(pair)
            // Names of ours have no blank, so a plus matters in none.
            let isPlain = !given.contains(UInt8(ascii: "%"))
            guard isPlain ? given.elementsEqual(name.utf8) : Self.decoded(given).elementsEqual(name.utf8) else {
                continue
            }
            return Self.decoded(pair.dropFirst(given.count + 1))
        }
        return nil
    }

    /// The query without the parameters of a name, each of the rest as it stands.
    func without(_ name: String) -> [Substring] {
        pairs.filter { !Self.decoded(Self.name($0)).elementsEqual(name.utf8) }.map { Substring($0) }
    }

    /// By bytes: a letter that combines with what is before it would hide the sign between two pairs.
    private var pairs: [Substring.UTF8View] { text.utf8.split(separator: UInt8(ascii: "&")) }

    private static func name(_ pair: Substring.UTF8View) -> Substring.UTF8View {
        pair.prefix { $0 != UInt8(ascii: "=") }
    }

    /// `+` is a space, `%2B` a plus. A percent sign that no two hexadecimal digits follow stands for itself.
    private static func decoded(_ text: Substring.UTF8View) -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(text.count)
        var rest = text[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"):
                decoded.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                let digits = rest.prefix(2).compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
                if digits.count == 2 { rest = rest.dropFirst(2) }
                decoded.append(digits.count == 2 ? UInt8(digits[0] << 4 | digits[1]) : byte)
            default:
                decoded.append(byte)
            }
        }
        return decoded
    }
}
