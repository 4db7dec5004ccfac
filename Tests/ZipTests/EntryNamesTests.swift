import Testing
import Zip

@Suite("Names in an archive")
struct EntryNamesTests {
    private static func names(_ filenames: [String]) -> [String] {
        var names = EntryNames()
        return filenames.map { names.name(for: $0) }
    }

    @Test("A plain name stays as it is")
    func plain() {
        let plain = ["report.pdf", "Übersicht 2026 (final).md", ".env", "-rf", "a.tar.gz", "日本語.txt", "👩‍👩‍👧.png"]
        #expect(Self.names(plain) == plain)
    }

    @Test("Equal names get a number before the extension, also where a given name looks like a numbered one")
    func equal() {
        #expect(
            Self.names(["log.txt", "log.txt", "log (2).txt", "log.txt"])
                == ["log.txt", "log (2).txt", "log (2) (2).txt", "log (3).txt"]
        )
        #expect(Self.names(["README", "README", ".env", ".env"]) == ["README", "README (2)", ".env", ".env (2)"])
    }

    @Test("Names that differ only in case or Unicode form are told apart, since they are one file on some systems")
    func folded() {
        #expect(Self.names(["Log.TXT", "log.txt"]) == ["Log.TXT", "log (2).txt"])
        #expect(Self.names(["ß.txt", "SS.txt", "ﬁ.md", "fi.md"]) == ["ß.txt", "SS (2).txt", "ﬁ.md", "fi (2).md"])
        #expect(Self.names(["caf\u{e9}", "cafe\u{301}"]) == ["caf\u{e9}", "cafe\u{301} (2)"])
    }

    @Test(
        "Nothing in a name is a path, a stream, a device or a pattern on any system",
        arguments: [
            ("../../etc/passwd", ".._.._etc_passwd"), ("..\\..\\boot.ini", ".._.._boot.ini"), ("/abs", "_abs"),
            ("C:evil.exe", "C_evil.exe"), ("a?b*c<d>e|f\"g", "a_b_c_d_e_f_g"), ("..", "file"), (". . .", "file"),
            ("", "file"), ("name.", "name"), ("CON", "_CON"), ("nul.txt", "_nul.txt"), ("com1.tar.gz", "_com1.tar.gz"),
            ("COM¹.log", "_COM¹.log"), ("lpt³", "_lpt³"), ("CON .txt", "_CON .txt"), ("aux  .tar.gz", "_aux  .tar.gz"),
            ("CONIN$", "_CONIN$"), ("conout$.txt", "_conout$.txt"), ("CLOCK$", "_CLOCK$"), ("COM0", "_COM0"),
            ("nul.\u{301}txt", "_nul.\u{301}txt"), ("NUL:", "NUL_"), (" con", " con"), ("COM10", "COM10"),
            ("com⁴.txt", "com⁴.txt"), ("console.log", "console.log"), ("a\nb\u{0}c\u{7f}", "a_b_c_"),
            ("invoice\u{202e}gpj.exe", "invoice_gpj.exe"),
            ("line\u{2028}end", "line_end"),
        ]
    )
    func hostile(filename: String, expected: String) {
        #expect(Self.names([filename]) == [expected])
    }

    @Test("A name stays within 255 bytes, whole characters and its extension kept, also with a number")
    func long() {
        let long = String(repeating: "ü", count: 150) + ".jpeg"
        let names = Self.names([long, long, "nul" + String(repeating: "x", count: 252)])
        #expect(names.allSatisfy { $0.utf8.count <= 255 })
        #expect(names[0].hasSuffix("ü.jpeg") && names[1].hasSuffix("ü (2).jpeg"))
        #expect(Set(names).count == 3)
    }

    @Test("Ten thousand equal names are all told apart, without counting from two each time")
    func many() {
        #expect(Set(Self.names(Array(repeating: "log.txt", count: 10_000))).count == 10_000)
    }
}
