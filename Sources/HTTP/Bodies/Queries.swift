import Hummingbird

extension Request {
    /// A query parameter, form-decoded; nil when it is missing. The first of several counts.
    ///
    /// - Throws: ``APIError`` 400 when it is not UTF-8, or contains U+0000, at which C libraries would cut the text.
    package func query(_ name: String) throws(APIError) -> String? {
        guard let bytes = Self.formValue(of: name, in: uri.query ?? "") else { return nil }
        guard let value = String(validating: bytes, as: UTF8.self) else {
            throw .invalid(name, "is not UTF-8", code: "invalid_string")
        }
        guard !value.unicodeScalars.contains("\0") else { throw .invalidCharacter(in: name) }
        return value
    }

    /// A query parameter that is a whole number; nil when it is missing. One over the range is lowered to its end.
    ///
    /// - Throws: ``APIError`` 400 for anything else.
    package func number(_ name: String, in range: ClosedRange<Int>) throws(APIError) -> Int? {
        guard let text = try query(name) else { return nil }
        let isNumber = !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        // A number with too many digits for Int is over any range.
        let number = isNumber ? Int(text) ?? Int.max : -1
        guard number >= range.lowerBound else {
            throw .invalid(name, "must be a whole number from \(range.lowerBound) on")
        }
        return min(number, range.upperBound)
    }

    /// A query parameter that is `true` or `false`; nil when it is missing.
    ///
    /// - Throws: ``APIError`` 400 for anything else.
    package func flag(_ name: String) throws(APIError) -> Bool? {
        guard let text = try query(name) else { return nil }
        guard let flag = Bool(text) else { throw .invalid(name, "must be true or false") }
        return flag
    }

    private static func formValue(of name: String, in query: String) -> [UInt8]? {
        for pair in query.utf8.split(separator: UInt8(ascii: "&")) {
            let given = pair.prefix { $0 != UInt8(ascii: "=") }
            guard given.count >= name.utf8.count, formDecoded(given).elementsEqual(name.utf8) else { continue }
            return formDecoded(pair.dropFirst(given.count + 1))
        }
        return nil
    }

    /// Whether a pair of the query has this name.
    static func names(_ name: String, _ pair: Substring) -> Bool {
        formDecoded(pair.utf8.prefix { $0 != UInt8(ascii: "=") }).elementsEqual(name.utf8)
    }

    /// As browsers and HTTP libraries write queries (URL Standard section 5.1): `+` is a space, `%2B` a plus. A percent
    /// sign that no two hexadecimal digits follow stands for itself.
    private static func formDecoded(_ text: Substring.UTF8View) -> [UInt8] {
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
