/// What detection saw in the sample of a file.
struct SampleFacts {
    let bytes: UnsafeRawBufferPointer
    /// What libmagic says, of text only whether it is JSON, NDJSON or CSV.
    let answer: MagicAnswer
    /// A format that is written as text and marked; see ``OpeningMark``.
    let mark: String?
    /// Nil when the bytes are not text.
    let coding: TextCoding?
    /// What markup the text opens with. Nil when it is not text, or opens with none.
    let opening: MarkupOpening?

    init(_ bytes: UnsafeRawBufferPointer, _ answer: MagicAnswer, _ coding: TextCoding?, _ hints: TypeHints) {
        self.bytes = bytes
        self.answer = answer
        self.coding = coding
        mark = OpeningMark.type(of: bytes, hints)
        opening = coding == nil ? nil : MarkupOpening.of(bytes)
    }
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

    /// The type of plain UTF-8 text that its hints name, as most logs and sources are. Nil when more must be known:
    /// ``mediaType(_:_:)`` prefers markup at the opening, a mark and a mail.
    static func settledText(_ bytes: UnsafeRawBufferPointer, _ hints: TypeHints) -> MediaType? {
        guard let type = hints.text, !hints.meanMail, OpeningMark.type(of: bytes, hints) == nil,
            MarkupOpening.of(bytes) == nil
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
        if dataFormats.contains(facts.answer.type) { return facts.answer.type }
        if let type = TellingLine.type(of: facts.bytes) { return type }
        switch MarkupOpening.inside(facts.bytes) {
        case .svg: return ActiveTypes.svg
        case nil: return TextTypes.plain
        default: return ActiveTypes.html
        }
    }

    /// The active type of a text that opens with markup. Nil for other texts.
    private static func activeType(_ facts: SampleFacts, _ hints: TypeHints) -> String? {
        switch facts.opening {
        case .htmlDocument: return ActiveTypes.html
        case .svg: return ActiveTypes.svg
        case .xhtml: return ActiveTypes.xhtml
        case .xml: return ActiveTypes.xml
        case .htmlFragment: return hints.text == TextTypes.markdown ? nil : ActiveTypes.html
        case nil: return nil
        }
    }

    private static let mail = "message/rfc822"

    private static let dataFormats: Set = ["application/json", "application/x-ndjson", "text/csv"]

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
