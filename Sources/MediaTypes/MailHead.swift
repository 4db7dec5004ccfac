/// Whether a text is a mail (RFC 5322): its head consists of fields only, and enough of them are those of mails.
///
/// libmagic looks at the first field alone: `Date:` makes any list of settings a mail, and a mail that begins with
/// `MIME-Version:` or `DKIM-Signature:` is none.
enum MailHead {
    /// - Parameter isNamed: whether the name or the declared type says mail; one field is then enough.
    static func opens(_ bytes: UnsafeRawBufferPointer, isNamed: Bool) -> Bool {
        guard let names = knownNames(bytes, mayHaveEnvelope: isNamed) else { return false }
        return isNamed ? !names.isEmpty : names.contains("from") && names.count >= 3
    }

    /// The known ones among the names up to the blank line; nil when a line of the head is no field.
    ///
    /// Before them some programs write the line that separates the mails of a mailbox; a mailbox itself is no mail, and
    /// neither is a patch of Git, which begins so too.
    private static func knownNames(_ bytes: UnsafeRawBufferPointer, mayHaveEnvelope: Bool) -> Set<String>? {
        var names: Set<String> = []
        var rest = bytes[...]
        var (isFirst, hasFields) = (true, false)
        while !rest.isEmpty {
            let line = rest.prefix { $0 != UInt8(ascii: "\n") }
            rest = rest[line.endIndex...].dropFirst()
            let isEnvelope = mayHaveEnvelope && isFirst && line.starts(with: "From ".utf8)
            isFirst = false
            if line.isEmpty || line.count == 1 && line.first == UInt8(ascii: "\r") { return names }
            if isEnvelope { continue }
            if line.first == UInt8(ascii: " ") || line.first == UInt8(ascii: "\t") {
                guard hasFields else { return nil }
                continue
            }
            let name = line.prefix { $0 != UInt8(ascii: ":") }
            let isField = (1...76).contains(name.count) && name.endIndex < line.endIndex
            // A sample may end in the middle of a name.
            guard isField && name.allSatisfy({ (0x21..<0x7F).contains($0) }) || rest.isEmpty && hasFields else {
                return nil
            }
            hasFields = true
            if isField, let known = known.first(where: { isSame($0, name) }) { names.insert(known) }
        }
        return names
    }

    /// Whether a name is that of a known field, in any case.
    private static func isSame(_ known: String, _ name: Slice<UnsafeRawBufferPointer>) -> Bool {
        known.utf8.count == name.count && zip(known.utf8, name).allSatisfy { $0 == $1 | 0x20 }
    }

    private static let known = [
        "from", "to", "cc", "subject", "date", "message-id", "mime-version", "received", "return-path", "delivered-to",
        "reply-to", "sender", "dkim-signature", "content-type",
    ]
}
