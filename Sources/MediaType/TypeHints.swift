/// What the client says about a file: never believed alone, only used to choose among what the bytes allow.
struct TypeHints {
    /// The declared type without parameters; nil when it was absent or unreadable.
    let declared: String?
    /// The last extension of the name in lower case, without the dot; empty when there is none.
    let fileExtension: String

    init(declaredType: String?, filename: String) {
        declared = MediaType.normalisedDeclaredType(declaredType)
        let parts = filename.split(separator: ".", omittingEmptySubsequences: false)
        fileExtension = parts.count > 1 ? parts[parts.count - 1].lowercased() : ""
    }

    /// The kind of text the client means: the declared type before the extension, but a plain word yields to a
    /// special one (`notes.md` sent as `text/plain` is Markdown). Nil when neither names a passive text type.
    var text: String? {
        let said = [declared.flatMap(TextTypes.canonical), TextTypes.ofExtension(fileExtension)].compactMap(\.self)
        return said.first { $0 != TextTypes.plain } ?? said.first
    }
}
