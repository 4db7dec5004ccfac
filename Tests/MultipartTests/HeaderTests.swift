import Testing

@testable import Multipart

@Suite("The headers of a part")
struct HeaderTests {
    private func headers(_ lines: String) throws -> PartHeaders? {
        let outcomes = try parse("--b\r\n\(lines)\r\n\r\n--b--")
        guard case .began(let headers) = outcomes.first else { return nil }
        return headers
    }

    @Test(
        "a filename is read as curl, browsers and old browsers write it",
        arguments: [
            (#"filename="a.txt""#, "a.txt"),
            (#"filename=a.txt"#, "a.txt"),
            (#"FileName = "a.txt" "#, "a.txt"),
            (#"filename=my file.txt ; x=y"#, "my file.txt"),
            (#"filename="a;b=c.txt"; x=y"#, "a;b=c.txt"),
            (#"filename="say \"hi\".txt""#, #"say "hi".txt"#),
            (#"filename="back\\slash.txt""#, #"back\slash.txt"#),
            (#"filename="C:\dir\file.txt""#, #"C:\dir\file.txt"#),
            (#"filename="\\host\share\file.txt""#, #"\host\share\file.txt"#),
            (#"filename=C:\dir\file.txt"#, #"C:\dir\file.txt"#),
            (#"filename="ends in \""#, #"ends in \"#),
            (#"filename="ends in \\""#, #"ends in \"#),
            (#"filename="no end"#, "no end"),
            (#"filename="a"junk; name=n"#, "a"),
            (#"filename="%22a%0D%0a%22""#, "\"a\r\n\""),
            (#"filename="100%25 %41 %2""#, "100%25 %41 %2"),
            (#"filename=%22a"#, "%22a"),
            (#"filename="первый.txt""#, "первый.txt"),
            (#"filename="""#, ""),
            (#"filename="first"; filename="second""#, "first"),
        ]
    )
    func filename(parameter: String, expected: String) throws {
        #expect(try headers("Content-Disposition: form-data; \(parameter)")?.filename == expected)
    }

    @Test(
        "filename* wins over filename when it can be read",
        arguments: [
            ("filename*=UTF-8''na%C3%AFve.txt; filename=x", "naïve.txt"),
            ("filename=x; FILENAME*=utf-8'en'a%20b%27c", "a b'c"),
            ("filename=x; filename*=\"UTF-8''quoted\"", "quoted"),
            ("filename*=ISO-8859-1''%A3%20rates; filename=x", "£ rates"),
            ("filename*=iso-8859-1'en'100%; filename=x", "100%"),
            ("filename*=UTF-8''%FFa; filename=x", "\u{FFFD}a"),
            ("filename*=UTF-8''o'clock; filename=x", "o'clock"),
            ("filename*=Shift_JIS''%83; filename=x", "x"),
            ("filename*=plain; filename=x", "x"),
        ]
    )
    func extendedFilename(parameters: String, expected: String) throws {
        #expect(try headers("Content-Disposition: form-data; \(parameters)")?.filename == expected)
    }

    @Test(
        "the name of the field is decoded like a filename, and may be absent",
        arguments: [
            ("Content-Disposition: form-data; name=\"a%22 \\\"b\\\"\"", "a\" \"b\""),
            ("content-disposition:form-data;name=a", "a"),
            ("CONTENT-DISPOSITION : form-data ;; ; NAME=a", "a"),
            ("Content-Disposition: form-data; name=\"\"", ""),
            ("Content-Disposition: form-data; name", nil),
            ("Content-Disposition: form-data", nil),
            ("Content-Disposition:", nil),
            ("Content-Disposition: attachment; name=a", "a"),
            ("Content-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b", "a"),
            ("X-Content-Disposition: form-data; name=a", nil),
        ] as [(String, String?)]
    )
    func name(lines: String, expected: String?) throws {
        let headers = try #require(try headers(lines))
        #expect(headers.name == expected)
    }

    @Test(
        "the type of a part is given as sent, or is nil",
        arguments: [
            ("Content-Type: text/plain; charset=\"utf-8\"", "text/plain; charset=\"utf-8\""),
            ("content-type:\t image/PNG \t", "image/PNG"),
            ("Content-Type:\r\n text/plain;\r\n\tcharset=x", "text/plain;\tcharset=x"),
            ("Content-Type: a/b\r\nContent-Type: c/d", "a/b"),
            ("Content-Type: ", nil),
            ("Content-Length: 3", nil),
        ] as [(String, String?)]
    )
    func contentType(lines: String, expected: String?) throws {
        let headers = try #require(try headers(lines))
        #expect(headers.contentType == expected)
    }

    @Test("bytes that are not UTF-8 are repaired, not refused")
    func repair() throws {
        let boundary = try MultipartBoundary(contentType: "multipart/form-data; boundary=b")
        let body =
            Array("--b\r\nContent-Disposition: form-data; name=\"".utf8) + [0xE9, 0x22]
            + Array("; filename=\"".utf8) + [0xC3] + Array("\"\r\n\r\n--b--".utf8)
        let outcomes = parse([body[...]], boundary: boundary)
        #expect(outcomes.first == .began(PartHeaders(name: "\u{FFFD}", filename: "\u{FFFD}")))
    }

    @Test(
        "a header line needs a name, a colon and CRLF",
        arguments: ["nonsense", ": value", " : value", " folded: first", "A: b\nC: d", "\n", "--b--"]
    )
    func malformed(lines: String) throws {
        #expect(try parse("--b\r\n\(lines)\r\n\r\n--b--") == [.failed(.malformedHeader)])
    }
}
