import MediaTypes
import Store
import Testing

@testable import Files

@Suite("ContentDisposition")
struct ContentDispositionTests {
    @Test(
        "an ASCII filename for every client and a UTF-8 filename* for those that know it",
        arguments: [
            ("report.pdf", #"filename="report.pdf"; filename*=UTF-8''report.pdf"#),
            ("a b.txt", #"filename="a b.txt"; filename*=UTF-8''a%20b.txt"#),
            (#"say "hi".txt"#, #"filename="say _hi_.txt"; filename*=UTF-8''say%20%22hi%22.txt"#),
            (#"back\slash"#, #"filename="back_slash"; filename*=UTF-8''back%5Cslash"#),
            ("100%41.txt", #"filename="100_41.txt"; filename*=UTF-8''100%2541.txt"#),
            ("caf\u{E9}.txt", #"filename="caf_.txt"; filename*=UTF-8''caf%C3%A9.txt"#),
            ("😀.png", #"filename="_.png"; filename*=UTF-8''%F0%9F%98%80.png"#),
            ("e\u{301}.txt", #"filename="e_.txt"; filename*=UTF-8''e%CC%81.txt"#),
            ("a;b=c,d.txt", #"filename="a;b=c,d.txt"; filename*=UTF-8''a%3Bb%3Dc%2Cd.txt"#),
            ("it's(1)*.txt", #"filename="it's(1)*.txt"; filename*=UTF-8''it%27s%281%29%2A.txt"#),
            ("!#$&+-.^_`|~", "filename=\"!#$&+-.^_`|~\"; filename*=UTF-8''!#$&+-.^_`|~"),
            ("日本.md", #"filename="__.md"; filename*=UTF-8''%E6%97%A5%E6%9C%AC.md"#),
        ]
    )
    func header(name: String, expected: String) {
        #expect(ContentDisposition.header(.attachment, filename: name) == "attachment; " + expected)
    }

    @Test(
        "the disposition is the first word",
        arguments: [
            (.inline, "inline; "), (.attachment, "attachment; "),
        ] as [(ServingPolicy.Disposition, String)]
    )
    func disposition(disposition: ServingPolicy.Disposition, prefix: String) {
        #expect(ContentDisposition.header(disposition, filename: "a").hasPrefix(prefix))
    }

    @Test(
        "no name, however hostile, ends the header or the quotes",
        arguments: [
            "a\r\nset-cookie: x=1", "a\nb", "a\0b", #"a"; filename="b"#, "a\u{85}b", "a\u{2028}b", #"\"#,
        ]
    )
    func injection(name: String) {
        let header = ContentDisposition.header(.inline, filename: FileName.sanitized(name))
        #expect(header.utf8.allSatisfy { (0x20...0x7E).contains($0) })
        #expect(header.count { $0 == "\"" } == 2)
        #expect(!header.contains("\\"))
    }
}
