import Index

/// Makes a client's file name safe to show and to send back; it never touches the disk.
package enum FileName {
    /// In bytes of UTF-8: the limit of most file systems.
    package static let maxBytes = 255
    /// In bytes. A longer ending is hardly an extension, and is not kept.
    private static let maxExtensionBytes = 32
    private static let fallback = "file"

    /// The last path component, after a slash of either kind, without control characters and without those that turn the
    /// direction of reading (`photo_` U+202E `gnp.exe` would read `photo_exe.png`), in Unicode NFC. It has at most
    /// ``maxBytes``; shortening keeps the extension. `file` when nothing, only blanks, or only `.` or `..` is left.
    package static func sanitized(_ name: String) -> String {
        let scalars = name.unicodeScalars
        let lastSlash = scalars.lastIndex { $0 == "/" || $0 == "\\" }
        let component = lastSlash.map { scalars[scalars.index(after: $0)...] } ?? scalars[...]
        let visible = String(String.UnicodeScalarView(component.filter(isShown)))
        let shortened = shorten(visible.composed)
        let isBlank = shortened.unicodeScalars.allSatisfy(\.properties.isWhitespace)
        return isBlank || [".", ".."].contains(shortened) ? fallback : shortened
    }

    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory != .control && !scalar.properties.isBidiControl
    }

    private static func shorten(_ name: String) -> String {
        guard name.utf8.count > maxBytes else { return name }
        let dot = name.lastIndex(of: ".").flatMap { $0 == name.startIndex ? nil : $0 }
        let fileExtension = dot.map { name[$0...] }.flatMap { $0.utf8.count <= maxExtensionBytes ? $0 : nil } ?? ""
        var stem = name.dropLast(fileExtension.count).unicodeScalars
        // Whole scalars, from the end: a cut inside one would not be valid UTF-8.
        var excess = name.utf8.count - maxBytes
        while excess > 0, let last = stem.popLast() { excess -= UTF8.width(last) }
        return String(stem) + fileExtension
    }
}
