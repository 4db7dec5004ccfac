extension MediaType {
    /// Whether bytes of a type are worth compressing: text and a few raw formats are. Types that are already compressed
    /// are not, and neither are unknown ones.
    package static func isCompressible(type: String) -> Bool {
        type.hasPrefix("text/") || TextTypes.canonical(type) != nil || ActiveTypes.contains(type)
            || type.hasSuffix("+json") || rawFormats.contains(type)
    }

    private static let rawFormats: Set = [
        "application/x-tar", "application/x-cpio", "application/vnd.sqlite3", "application/x-sqlite3",
        "application/wasm",
        "application/rtf", "application/postscript", "image/bmp", "audio/wav", "audio/x-wav",
    ]
}
