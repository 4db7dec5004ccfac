/// The text family: every type that is only read and never run, with its extensions and its other names.
///
/// JavaScript and CSS are plain text here on purpose. Under `nosniff` a browser runs a script or applies a style sheet
/// only from a JavaScript or CSS type. Without these types no upload can become code of our own origin, not even
/// through `<script src>`, a worker or a service worker, and `mimeType` and Content-Type still agree
/// (docs/media-types.md, "How a type is found").
enum TextTypes {
    static let plain = "text/plain"
    static let markdown = "text/markdown"

    /// The one name that we use for a type of the family, found by any of its names. Nil when it is not in the family.
    static func canonical(_ type: String) -> String? { byName[type] }

    /// The type that an extension (lower case, no dot) stands for. Nil when it is not in the family.
    static func ofExtension(_ fileExtension: String) -> String? { byExtension[fileExtension] }

    private struct Row {
        let type: String
        let extensions: String
        let names: String

        init(_ type: String, _ extensions: String, also names: String = "") {
            self.type = type
            self.extensions = extensions
            self.names = names
        }
    }

    private static let rows = [
        Row(plain, "txt text log out err ini cfg conf properties env", also: "text/x-log text/log text/x-ini"),
        Row(
            plain,
            "js mjs cjs jsx css",
            also: """
                text/javascript application/javascript text/ecmascript application/ecmascript text/jscript \
                text/livescript text/x-javascript application/x-javascript text/x-ecmascript \
                application/x-ecmascript text/javascript1.0 text/javascript1.1 text/javascript1.2 \
                text/javascript1.3 text/javascript1.4 text/javascript1.5 text/css
                """
        ),
        Row(markdown, "md markdown mdown mkd", also: "text/x-markdown text/x-web-markdown"),
        Row("text/csv", "csv", also: "application/csv text/x-csv text/comma-separated-values"),
        Row("text/tab-separated-values", "tsv tab", also: "text/tsv"),
        Row("application/json", "json geojson ipynb map har", also: "text/json application/x-json"),
        Row(
            "application/x-ndjson",
            "ndjson jsonl",
            also:
                "application/ndjson application/jsonl application/x-jsonlines application/jsonlines"
        ),
        Row("application/yaml", "yaml yml", also: "text/yaml text/x-yaml application/x-yaml text/vnd.yaml"),
        Row("application/toml", "toml", also: "text/toml text/x-toml"),
        Row("application/sql", "sql", also: "text/sql text/x-sql application/x-sql"),
        Row("text/x-diff", "diff patch", also: "text/x-patch text/diff"),
        Row("text/x-python", "py pyi", also: "text/x-script.python application/x-python text/python"),
        Row("text/x-shellscript", "sh bash zsh", also: "application/x-sh application/x-shellscript text/x-sh"),
        Row("text/x-swift", "swift"),
        Row("text/x-c", "c h", also: "text/x-csrc text/x-chdr"),
        Row("text/x-c++", "cc cpp cxx hpp hh", also: "text/x-c++src text/x-c++hdr"),
        Row("text/x-java", "java", also: "text/x-java-source"),
        Row("text/x-kotlin", "kt kts"),
        Row("text/x-csharp", "cs"),
        Row("text/x-go", "go"),
        Row("text/x-rust", "rs", also: "text/rust"),
        Row("text/x-typescript", "ts tsx mts cts", also: "application/typescript application/x-typescript"),
        Row("text/x-ruby", "rb", also: "application/x-ruby"),
        Row("text/x-perl", "pl pm", also: "application/x-perl"),
        Row("text/x-php", "php", also: "application/x-php application/x-httpd-php"),
        Row("text/x-lua", "lua"),
        Row("text/x-r", "r"),
        Row("text/x-awk", "awk", also: "text/x-gawk text/x-nawk"),
        Row("text/x-tcl", "tcl", also: "application/x-tcl"),
        Row("text/x-makefile", "mk make"),
        Row("text/x-msdos-batch", "bat cmd"),
        Row("text/x-powershell", "ps1"),
        Row("text/x-tex", "tex", also: "application/x-tex application/x-latex"),
        Row("text/x-rst", "rst", also: "text/prs.fallenstein.rst"),
        Row("text/vtt", "vtt"),
        Row("application/x-subrip", "srt"),
    ]

    private static let byName: [String: String] = index { "\($0.type) \($0.names)" }
    private static let byExtension: [String: String] = index(\.extensions)

    private static func index(_ words: (Row) -> String) -> [String: String] {
        let pairs = rows.flatMap { row in words(row).split(separator: " ").map { (String($0), row.type) } }
        return Dictionary(pairs) { first, _ in first }
    }
}
