/// What the client says about a file. Never believed alone; it only chooses among what the bytes allow.
struct TypeHints {
    /// The declared type without parameters; nil when it was absent or unreadable.
    let declared: String?
    /// The declared charset, under the name that we serve; nil when it is absent or none of ours.
    let charset: String?
    /// The last extension of the name, in lower case and without the dot. Empty when there is none.
    let fileExtension: String

    init(declaredType: String?, filename: String) {
        declared = MediaType.normalisedDeclaredType(declaredType)
        charset = MediaType.declaredCharset(declaredType).flatMap(Charset.named)
        let parts = filename.split(separator: ".", omittingEmptySubsequences: false)
        fileExtension = parts.count > 1 ? parts[parts.count - 1].lowercased() : ""
    }

    /// The kind of text that the client means. Nil when neither hint names a passive text type.
    ///
    /// The declared type wins over the extension, but `text/plain` yields to a special type: `notes.md` sent as
    /// `text/plain` is Markdown.
    var text: String? {
        let said = [declared.flatMap(TextTypes.canonical), TextTypes.ofExtension(fileExtension)].compactMap(\.self)
        return said.first { $0 != TextTypes.plain } ?? said.first
    }

    /// Whether a hint calls the bytes text of any kind, but not markup.
    var sayText: Bool {
        text != nil || declared.map { $0.hasPrefix("text/") && !ActiveTypes.contains($0) } == true
    }

    /// Whether a hint names a mail or a page saved as one.
    var meanMail: Bool {
        ["eml", "mht", "mhtml"].contains(fileExtension) || declared == "message/rfc822"
            || declared == "multipart/related"
    }

    var meanPostScript: Bool {
        ["ps", "eps"].contains(fileExtension) || declared == OpeningMark.postScript
    }

    var meanSound: Bool {
        ["m4a", "m4b", "weba", "mka", "wma", "oga", "opus", "spx", "3ga"].contains(fileExtension)
            || declared?.hasPrefix("audio/") == true
    }
}
