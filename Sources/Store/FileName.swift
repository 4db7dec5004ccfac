import Foundation

/// Makes a client's file name safe to show and to send back; it never touches the disk.
package enum FileName {
    /// In bytes of UTF-8: the limit of most file systems.
    package static let maxBytes = 255
    /// In bytes. A longer ending is hardly an extension, and is not kept.
    private static let maxExtensionBytes = 32
    private static let fallback = "file"

    /// The last path component, after a slash of either kind, without control characters and in Unicode NFC. It has at
    /// most ``maxBytes``; shortening keeps the extension. `file` when only `.`, `..` or nothing is left.
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
        // Whole scalars, from the end: a cut inside one would not be valid UTF-8.
        var excess = name.utf8.count - maxBytes
        while excess > 0, let last = stem.popLast() { excess -= UTF8.width(last) }
        return String(stem) + fileExtension
    }
}
