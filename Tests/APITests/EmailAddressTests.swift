import API
import Testing

@Suite("Email addresses")
struct EmailAddressTests {
    @Test(
        "blanks at the ends go, of every script, and with them the zero-width space of copied text",
        arguments: ["a@b.c", "  a@b.c\t", "\u{A0}a@b.c\u{3000}", "\r\na@b.c\u{85}", "\u{200B}a@b.c\u{2028}"]
    )
    func trimming(text: String) {
        #expect(EmailAddress.trimmed(text) == "a@b.c")
    }

    @Test("blanks within stay, and of nothing but blanks nothing is left")
    func rest() {
        #expect(EmailAddress.trimmed(" a b ") == "a b")
        #expect(EmailAddress.trimmed(" \n\t") == "")
    }
}
