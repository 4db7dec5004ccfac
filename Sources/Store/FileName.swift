import Foundation

/// Makes a client's file name safe to show and to send back; it never touches the disk.
package enum FileName {
    /// In bytes of UTF-8, as most file systems have it.
    package static let maxBytes = 255
    /// A longer ending is not taken for an extension worth keeping.
    private static let maxExtensionBytes = 32
    private static let fallback = "file"

    /// The last path component of either slash kind, without control characters, in Unicode NFC, at most
    /// ``maxBytes`` long and shortened before the extension; `file` when nothing is left or only dots are.
    package static func sanitized(_ name: String) -> String {
        let scalars = name.unicodeScalars
        let lastSlash = scalars.lastIndex { $0 == "/" || $0 == "\\" }
        let component = lastSlash.map { scalars[scalars.index(after: $0)...] } ?? scalars[...]
        let visible = String(String.UnicodeScalarView(component.filter { $0.properties.generalCategory != .control }))
        let shortened = shorten(visible.precomposedStringWithCanonicalMapping)
        return ["", ".", ".."].contains(shortened) ? fallback : shortened
    }

    private static func shorten(_ name: String) -> String {
        guard name.utf8.count > maxBytes else { return name }
        let dot = name.lastIndex(of: ".").flatMap { $0 == name.startIndex ? nil : $0 }
        let fileExtension = dot.map { name[$0...] }.flatMap { $0.utf8.count <= maxExtensionBytes ? $0 : nil } ?? ""
        var stem = name.dropLast(fileExtension.count).unicodeScalars
        // Whole scalars, from the end: a cut inside one would not be UTF-8 any more.
        var excess = name.utf8.count - maxBytes
        while excess > 0, let last = stem.popLast() { excess -= UTF8.width(last) }
        return String(stem) + fileExtension
    }
}
