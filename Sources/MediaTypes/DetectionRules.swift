/// What detection saw in the sample of a file.
struct SampleFacts {
    /// What libmagic says.
    var answer: MagicAnswer
    /// Nil when the bytes are not text.
    var coding: TextCoding?
    /// What markup the text opens with. Nil when it is not text, or opens with none.
    var opening: MarkupOpening?
    /// Whether the first line names an interpreter.
    var isScript: Bool

    init(_ bytes: UnsafeRawBufferPointer, isCut: Bool, answer: MagicAnswer) {
        self.answer = answer
        coding = TextCoding.of(bytes, isCut: isCut, answer: answer)
        opening = coding == nil ? nil : MarkupOpening.of(bytes)
        isScript = bytes.starts(with: "#!".utf8)
    }
}

/// How facts and hints become one type; docs/media-types.md explains the rules in their order.
///
/// The bytes decide. A hint only chooses inside a family, and never makes a file more active than its bytes are.
enum DetectionRules {
    static func mediaType(_ facts: SampleFacts, _ hints: TypeHints) -> MediaType {
        guard let coding = facts.coding else { return MediaType(type: typeOfBinary(facts.answer.type, hints)) }
        let type = typeOfText(facts, hints)
        return MediaType(type: type, charset: charset(coding, of: type))
    }

    /// The type of plain UTF-8 text that its hints name, without asking libmagic. Nil when libmagic must be asked.
    ///
    /// ``mediaType(_:_:)`` would give the same type whatever libmagic said: a text hint wins over libmagic, except
    /// against markup at the opening and ``firmTypes``. Most uploads are logs and sources, and libmagic's searches in
    /// text cost more than hashing and storing a small file.
    static func settledText(_ bytes: UnsafeRawBufferPointer, isCut: Bool, _ hints: TypeHints) -> MediaType? {
        guard let type = hints.text, !mayBeFirm(bytes), TextCoding.isPlainUTF8(bytes, isCut: isCut),
            MarkupOpening.of(bytes) == nil
        else { return nil }
        return MediaType(type: type, charset: TextCoding.utf8)
    }

    /// Whether a mark of ``firmTypes`` is where libmagic might find it: at the start, or after a little junk.
    private static func mayBeFirm(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let start = bytes.prefix(1100)
        return firmMarks.contains { mark in
            start.indices.contains { start[$0...].starts(with: mark.utf8) }
        }
    }

    private static let firmMarks = ["%PDF-", "%!", "{\\rtf"]

    /// Zero bytes are text if the hints say text. Otherwise they are nothing at all: an empty `photo.png` is not a
    /// picture.
    static func typeOfNothing(_ hints: TypeHints) -> String {
        hints.text ?? MediaType.empty
    }

    /// The type of bytes that are not text: a member of a container family, or the declared type if libmagic knows none
    /// and that type is passive, or else libmagic's answer.
    private static func typeOfBinary(_ answer: String, _ hints: TypeHints) -> String {
        if let member = ContainerFamily.refine(answer, hints) { return member }
        if answer == MediaType.unknown, let declared = hints.declared, PassiveTypes.contains(declared) {
            return commonName(declared)
        }
        return commonName(answer)
    }

    private static func typeOfText(_ facts: SampleFacts, _ hints: TypeHints) -> String {
        if let active = activeType(facts, hints) { return active }
        if firmTypes.contains(facts.answer.type) { return facts.answer.type }
        return hints.text ?? typeOfUnhintedText(facts)
    }

    /// The active type of a text: the markup that it opens with, or else what libmagic says. Nil for text that is not
    /// active.
    ///
    /// libmagic also finds markup deep inside a log or a program. Without markup at the opening, a hint therefore wins.
    private static func activeType(_ facts: SampleFacts, _ hints: TypeHints) -> String? {
        let answer = facts.answer.type
        switch facts.opening {
        case .htmlDocument: return ActiveTypes.html
        case .svg: return ActiveTypes.svg
        case .xhtml: return ActiveTypes.xhtml
        case .xml: return ActiveTypes.contains(answer) && answer != ActiveTypes.html ? answer : ActiveTypes.xml
        case .htmlFragment: return hints.text == TextTypes.markdown ? nil : ActiveTypes.html
        case nil: return ActiveTypes.contains(answer) && hints.text == nil ? answer : nil
        }
    }

    /// libmagic guesses programming languages from a word or two, so we believe such a guess only when the first line
    /// names an interpreter. Nor do we believe it about sound and pictures, which are not text.
    private static func typeOfUnhintedText(_ facts: SampleFacts) -> String {
        let answer = facts.answer.type
        if let type = TextTypes.canonical(answer) {
            return facts.isScript || !type.hasPrefix("text/x-") || type == "text/x-diff" ? type : TextTypes.plain
        }
        return guessedKinds.contains { answer.hasPrefix($0) } ? TextTypes.plain : answer
    }

    /// Formats that are written as text and open with a reliable mark.
    private static let firmTypes: Set = ["application/pdf", "application/postscript", "text/rtf"]

    private static let guessedKinds = [
        MediaType.unknown, "text/x-", "text/troff", "audio/", "video/", "image/", "application/x-setupscript",
        "application/x-wine-extension-ini", "text/texmacs",
    ]

    /// A page or an XML document in an 8-bit charset names the charset itself, and our guess would overrule that.
    private static func charset(_ coding: TextCoding, of type: String) -> String? {
        guard type.hasPrefix("text/") || TextTypes.canonical(type) != nil || ActiveTypes.contains(type),
            !firmTypes.contains(type)
        else { return nil }
        return ActiveTypes.contains(type) && coding.charset == "iso-8859-1" ? nil : coding.charset
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
        "image/x-ms-bmp": "image/bmp",
        "font/sfnt": "font/ttf",
    ]
}
