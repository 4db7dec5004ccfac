/// What the client says about a file. Never believed alone; it only chooses among what the bytes allow.
struct TypeHints {
    /// The declared type without parameters; nil when it was absent or unreadable.
    let declared: String?
    /// The last extension of the name, in lower case and without the dot. Empty when there is none.
    let fileExtension: String

    init(declaredType: String?, filename: String) {
        declared = MediaType.normalisedDeclaredType(declaredType)
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
}
