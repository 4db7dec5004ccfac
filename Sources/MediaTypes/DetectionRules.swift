/// What detection saw in the sample of a file.
struct SampleFacts {
    let bytes: UnsafeRawBufferPointer
    /// What libmagic says.
    let answer: MagicAnswer
    /// A format that is written as text and marked; see ``OpeningMark``.
    let mark: String?
    /// Nil when the bytes are not text.
    let coding: TextCoding?
    /// What markup the text opens with. Nil when it is not text, or opens with none.
    let opening: MarkupOpening?

    init(_ bytes: UnsafeRawBufferPointer, isCut: Bool, answer: MagicAnswer, _ hints: TypeHints) {
        self.bytes = bytes
        self.answer = answer
        mark = OpeningMark.type(of: bytes, hints)
        coding = TextCoding.of(bytes, isCut: isCut, answer: answer, hints, isMarked: mark != nil)
        opening = coding == nil ? nil : MarkupOpening.of(bytes)
    }

    /// Whether the first line names an interpreter.
    var isScript: Bool { bytes.starts(with: "#!".utf8) }
}

/// How facts and hints become one type; docs/media-types.md explains the rules in their order.
///
/// The bytes decide. A hint only chooses inside a family, and never makes a file more active than its bytes are.
enum DetectionRules {
    static func mediaType(_ facts: SampleFacts, _ hints: TypeHints) -> MediaType {
        guard let coding = facts.coding else { return MediaType(type: typeOfBinary(facts, hints)) }
        let type = typeOfText(facts, hints)
        return MediaType(type: type, charset: charset(coding, of: type))
    }

    /// The type of plain UTF-8 text that its hints name, without asking libmagic. Nil when libmagic must be asked.
    ///
    /// ``mediaType(_:_:)`` would give the same type whatever libmagic said: a text hint wins over libmagic, except
    /// against markup at the opening, a mark and a mail. Most uploads are logs and sources, and libmagic's searches in
    /// text cost more than hashing and storing a small file.
    static func settledText(_ bytes: UnsafeRawBufferPointer, isCut: Bool, _ hints: TypeHints) -> MediaType? {
        guard let type = hints.text, !hints.meanMail, TextCoding.isPlainUTF8(bytes, isCut: isCut),
            OpeningMark.type(of: bytes, hints) == nil, MarkupOpening.of(bytes) == nil
        else { return nil }
        return MediaType(type: type, charset: Charset.utf8)
    }

    /// Zero bytes are text if the hints say text. Otherwise they are nothing at all: an empty `photo.png` is not a
    /// picture.
    static func typeOfNothing(_ hints: TypeHints) -> String {
        hints.text ?? MediaType.empty
    }

    /// The type of bytes that are not text: sound or a member of a container family, or what libmagic says. When that is
    /// nothing, a format that we know ourselves, or the declared type if it is passive.
    private static func typeOfBinary(_ facts: SampleFacts, _ hints: TypeHints) -> String {
        let answer = facts.answer.type
        if let sound = SoundAndPicture.refine(answer, facts.bytes, hints) { return sound }
        if let member = ContainerFamily.refine(answer, facts.bytes, hints) { return member }
        // libmagic calls a few letters before many zeros text.
        if answer == MediaType.unknown || answer == TextTypes.plain {
            if let type = facts.mark ?? UnknownBytes.type(of: facts.bytes) { return type }
            if let declared = hints.declared, PassiveTypes.contains(declared) { return commonName(declared) }
            return MediaType.unknown
        }
        return commonName(answer)
    }

    private static func typeOfText(_ facts: SampleFacts, _ hints: TypeHints) -> String {
        if let active = activeType(facts, hints) { return active }
        if let mark = facts.mark { return mark }
        if hints.meanMail || hints.text == nil, MailHead.opens(facts.bytes, isNamed: hints.meanMail) { return mail }
        if let text = hints.text { return text }
        return ActiveTypes.contains(facts.answer.type) ? facts.answer.type : typeOfUnhintedText(facts)
    }

    /// The active type of a text that opens with markup. Nil for other texts.
    ///
    /// libmagic also finds markup deep inside a log, a program or a mail. Without markup at the opening, it is believed
    /// only when nothing else is known of the text.
    private static func activeType(_ facts: SampleFacts, _ hints: TypeHints) -> String? {
        let answer = facts.answer.type
        switch facts.opening {
        case .htmlDocument: return ActiveTypes.html
        case .svg: return ActiveTypes.svg
        case .xhtml: return ActiveTypes.xhtml
        case .xml: return ActiveTypes.contains(answer) && answer != ActiveTypes.html ? answer : ActiveTypes.xml
        case .htmlFragment: return hints.text == TextTypes.markdown ? nil : ActiveTypes.html
        case nil: return nil
        }
    }

    /// libmagic guesses programming languages from a word or two, so we believe such a guess only when the first line
    /// names an interpreter. Of anything else that a text may be, we believe what has a line of its own as a mark: two
    /// letters would make a font or a printer's file of any text.
    private static func typeOfUnhintedText(_ facts: SampleFacts) -> String {
        let answer = facts.answer.type
        if let type = TextTypes.canonical(answer) {
            return facts.isScript || !type.hasPrefix("text/x-") || type == "text/x-diff" ? type : TextTypes.plain
        }
        return wellMarked.contains(answer) ? answer : TextTypes.plain
    }

    private static let mail = "message/rfc822"

    private static let wellMarked: Set = [
        "text/calendar", "text/vcard", "application/pgp-keys", "application/pgp-signature", "application/pgp-encrypted",
    ]

    /// A page or an XML document in an 8-bit charset names the charset itself, and ours would overrule that.
    private static func charset(_ coding: TextCoding, of type: String) -> String? {
        guard type.hasPrefix("text/") || TextTypes.canonical(type) != nil || ActiveTypes.contains(type),
            type != OpeningMark.rtf
        else { return nil }
        return ActiveTypes.contains(type) && coding.charset?.hasPrefix("utf-") == false ? nil : coding.charset
    }

    /// The name that browsers know, where libmagic uses another one.
    private static func commonName(_ type: String) -> String {
        TextTypes.canonical(type) ?? commonNames[type] ?? type
    }

    private static let commonNames = [
        "inode/x-empty": MediaType.empty,
        "application/x-gzip": "application/gzip",
        "application/x-zip": "application/zip",
        "audio/x-wav": "audio/wav",
        "audio/x-m4a": "audio/mp4",
        "audio/x-flac": "audio/flac",
        "audio/x-hx-aac-adts": "audio/aac",
        "audio/x-hx-aac-adif": "audio/aac",
        "image/x-ms-bmp": "image/bmp",
        "font/sfnt": "font/ttf",
        "application/vnd.ms-opentype": "font/otf",
    ]
}
