import Foundation
import Testing

@testable import Store

@Suite("FileName")
struct FileNameTests {
    @Test(
        "only the last path component of either slash kind is kept",
        arguments: [
            ("report.pdf", "report.pdf"),
            ("/etc/passwd", "passwd"),
            ("../../etc/passwd", "passwd"),
            (#"C:\Users\ada\report.pdf"#, "report.pdf"),
            (#"..\..\boot.ini"#, "boot.ini"),
            (#"a/b\c/d.txt"#, "d.txt"),
            (#"a\b/c\d.txt"#, "d.txt"),
            (".gitignore", ".gitignore"),
            ("a file, with; \"quotes\".txt", "a file, with; \"quotes\".txt"),
            ("...", "..."),
        ]
    )
    func component(name: String, expected: String) {
        #expect(FileName.sanitized(name) == expected)
    }

    @Test(
        "a name of which nothing is left becomes file",
        arguments: [
            "", ".", "..", "/", "a/", #"a\"#, "a/..", #"a\."#, "\0", "\n\r\t", ".\0", "\u{7F}.\u{85}.", "x/\u{1}",
            "   ", "\u{A0}\u{2003}", "\u{202E}", ".\u{200F}.",
        ]
    )
    func fallback(name: String) {
        #expect(FileName.sanitized(name) == "file")
    }

    @Test(
        "control characters and NUL are removed, wherever they stand",
        arguments: [
            ("a\0b.txt", "ab.txt"), ("a\r\nb.txt", "ab.txt"), ("\u{1F}a\u{7F}.t\u{9F}xt", "a.txt"), ("\ta b\t", "a b"),
            ("e\u{0}\u{301}", "\u{E9}"),
        ]
    )
    func controls(name: String, expected: String) {
        #expect(same(FileName.sanitized(name), expected))
    }

    @Test(
        "controls of the direction of reading are removed: they make an extension look like another one",
        arguments: [
            ("photo_\u{202E}gnp.exe", "photo_gnp.exe"), ("\u{2066}a\u{2069}.\u{200F}txt", "a.txt"),
            ("a\u{61C}\u{200E}\u{202A}\u{202B}\u{202C}\u{202D}\u{2067}\u{2068}b", "ab"),
            ("e\u{200F}\u{301}", "\u{E9}"), ("\u{5E9}\u{5DC}.txt", "\u{5E9}\u{5DC}.txt"),
        ]
    )
    func direction(name: String, expected: String) {
        #expect(same(FileName.sanitized(name), expected))
    }

    @Test(
        "names are in Unicode NFC",
        arguments: [
            ("cafe\u{301}.txt", "caf\u{E9}.txt"), ("\u{1100}\u{1161}", "\u{AC00}"), ("\u{212B}", "\u{C5}"),
            ("😀.png", "😀.png"),
        ]
    )
    func normalised(name: String, expected: String) {
        #expect(same(FileName.sanitized(name), expected))
    }

    @Test(
        "255 bytes stay whole; of more the stem is cut, before the extension",
        arguments: [
            (letters(251) + ".txt", letters(251) + ".txt"),
            (letters(252) + ".txt", letters(251) + ".txt"),
            (letters(5000) + ".gz", letters(252) + ".gz"),
            (letters(249) + ".tar.gz", letters(249) + ".ta.gz"),
            (letters(255), letters(255)),
            (letters(256), letters(255)),
            ("." + letters(300), "." + letters(254)),
            (letters(300) + ".", letters(254) + "."),
        ]
    )
    func cut(name: String, expected: String) {
        #expect(FileName.sanitized(name) == expected)
    }

    @Test("an ending of more than 32 bytes is no extension worth keeping")
    func longExtension() {
        let kept = "." + Self.letters(31)
        #expect(FileName.sanitized(Self.letters(300) + kept) == Self.letters(255 - 32) + kept)
        let dropped = "." + Self.letters(32)
        #expect(
            FileName.sanitized("abc" + dropped + Self.letters(300)) == ("abc" + dropped + Self.letters(300)).prefix(255)
        )
        #expect(FileName.sanitized(Self.letters(250) + dropped) == (Self.letters(250) + dropped).prefix(255))
    }

    @Test(
        "a cut never goes through a character, and uses the room there is",
        arguments: [
            ("é", 2), ("€", 3), ("😀", 4), ("\u{AC00}", 3),
        ]
    )
    func cutBetweenScalars(character: String, width: Int) {
        let name = FileName.sanitized(String(repeating: character, count: 300) + ".txt")
        #expect(name == String(repeating: character, count: 251 / width) + ".txt")
        #expect(String(validating: Array(name.utf8), as: UTF8.self) != nil)
    }

    @Test(
        "what came out goes through unchanged",
        arguments: [
            "report.pdf", letters(300) + ".txt", "cafe\u{301}", String(repeating: "👩‍👩‍👧", count: 40) + ".jpeg",
            String(repeating: "e\u{301}\u{323}", count: 100) + ".md",
        ]
    )
    func stable(name: String) {
        let once = FileName.sanitized(name)
        #expect(same(FileName.sanitized(once), once))
        #expect(once.utf8.count <= 255)
    }

    private static func letters(_ count: Int) -> String { String(repeating: "a", count: count) }

    /// `==` of strings does not see normalisation; this does.
    private func same(_ left: String, _ right: String) -> Bool { Array(left.utf8) == Array(right.utf8) }
}
