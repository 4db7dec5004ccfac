/// Whether a text is a mail (RFC 5322): its head consists of fields only, and enough of them are those of mails.
///
/// libmagic looks at the first field alone: `Date:` makes any list of settings a mail, and a mail that begins with
/// `MIME-Version:` or `DKIM-Signature:` is none.
enum MailHead {
    /// - Parameter isNamed: whether the name or the declared type says mail; one field is then enough.
    static func opens(_ bytes: UnsafeRawBufferPointer, isNamed: Bool) -> Bool {
        guard let names = fieldNames(bytes, mayHaveEnvelope: isNamed) else { return false }
        if isNamed { return !names.isDisjoint(with: known) }
        return names.contains("from") && names.intersection(known).count >= 3
    }

    /// The names in lower case up to the blank line; nil when a line of the head is no field.
    ///
    /// Before them some programs write the line that separates the mails of a mailbox; a mailbox itself is no mail, and
    /// neither is a patch of Git, which begins so too.
    private static func fieldNames(_ bytes: UnsafeRawBufferPointer, mayHaveEnvelope: Bool) -> Set<String>? {
        var names: Set<String> = []
        var rest = bytes[...]
        var isFirst = true
        while !rest.isEmpty {
            let line = rest.prefix { $0 != UInt8(ascii: "\n") }
            rest = rest[line.endIndex...].dropFirst()
            let isEnvelope = mayHaveEnvelope && isFirst && line.starts(with: "From ".utf8)
            isFirst = false
            if line.isEmpty || line.elementsEqual([UInt8(ascii: "\r")]) { return names }
            if isEnvelope { continue }
            if line.first == UInt8(ascii: " ") || line.first == UInt8(ascii: "\t") {
                guard !names.isEmpty else { return nil }
                continue
            }
            let name = line.prefix { $0 != UInt8(ascii: ":") }
            let isField = (1...76).contains(name.count) && name.endIndex < line.endIndex
            // A sample may end in the middle of a name.
            guard isField && name.allSatisfy({ (0x21..<0x7F).contains($0) }) || rest.isEmpty && !names.isEmpty else {
                return nil
            }
            if isField { names.insert(String(decoding: name, as: UTF8.self).lowercased()) }
        }
        return names
    }

    private static let known: Set = [
        "from", "to", "cc", "subject", "date", "message-id", "mime-version", "received", "return-path", "delivered-to",
        "reply-to", "sender", "dkim-signature", "content-type",
    ]
}
