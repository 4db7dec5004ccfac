import NIOCore
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
            (#"filename=%22a"#, "\"a"),
            (#"filename="первый.txt""#, "первый.txt"),
            (#"filename="first"; filename="second""#, "first"),
        ]
    )
    func filename(parameter: String, expected: String) throws {
        #expect(try headers("Content-Disposition: form-data; \(parameter)")?.filename == expected)
    }

    @Test(
        "a name that is percent-encoded as a whole is decoded, as aiohttp and encodeURIComponent write it",
        arguments: [
            (#"filename="quarterly%20report%20%282026%29.pdf""#, "quarterly report (2026).pdf"),
            (#"filename="%C3%9Cbersicht%20%26%20Plan.txt""#, "Übersicht & Plan.txt"),
            (#"filename="a%20(1).txt""#, "a (1).txt"),
            (#"filename="..%2F..%2Fetc%2Fpasswd""#, "../../etc/passwd"),
            (#"filename="100%25.txt""#, "100%.txt"),
            (#"filename=%E2%82%AC.txt"#, "€.txt"),
            // Not such an encoding: a letter encoded, a blank left alone, no hexadecimal digits, no UTF-8, no percent.
            (#"filename="%61.txt""#, "%61.txt"),
            (#"filename="a%20b c.txt""#, "a%20b c.txt"),
            (#"filename="a%20b%.txt""#, "a%20b%.txt"),
            (#"filename="a%20b%zz.txt""#, "a%20b%zz.txt"),
            (#"filename="%FFa.txt""#, "%FFa.txt"),
            (#"filename="ü%20.txt""#, "ü%20.txt"),
        ]
    )
    func percentEncodedFilename(parameter: String, expected: String) throws {
        #expect(try headers("Content-Disposition: form-data; \(parameter)")?.filename == expected)
    }

    @Test(
        "a name of encoded words is decoded, as mail libraries write it",
        arguments: [
            (#"filename="=?utf-8?B?w4RyZ2VyLnR4dA==?=""#, "Ärger.txt"),
            (#"filename="=?UTF-8?Q?=C3=84rger_2.txt?=""#, "Ärger 2.txt"),
            (#"filename="=?ISO-8859-1*de?q?=C4rger.txt?=""#, "Ärger.txt"),
            (#"filename="=?utf-8?B?w4Ry?= =?utf-8?B?Z2VyLnR4dA==?=""#, "Ärger.txt"),
            // Cut in the middle of a character, which some libraries do.
            (#"filename="=?utf-8?Q?=C3?= =?utf-8?Q?=84rger.txt?=""#, "Ärger.txt"),
            (#"filename="=?gbk?B?w4Ry?=""#, "=?gbk?B?w4Ry?="),
            (#"filename="=?utf-8?B?w4Ry?= and more""#, "=?utf-8?B?w4Ry?= and more"),
            (#"filename="=?utf-8?B?w?=""#, "=?utf-8?B?w?="),
            (#"filename="=?utf-8?X?w4Ry?=""#, "=?utf-8?X?w4Ry?="),
            (#"filename="=?utf-8?Q?=FF?=""#, "=?utf-8?Q?=FF?="),
        ]
    )
    func encodedWords(parameter: String, expected: String) throws {
        #expect(try headers("Content-Disposition: form-data; \(parameter)")?.filename == expected)
    }

    @Test(
        "a name in pieces is put together",
        arguments: [
            (#"filename*0="long "; filename*1="name.txt""#, "long name.txt"),
            (#"filename*1=b.txt; filename*0=a"#, "ab.txt"),
            (#"filename*0*=UTF-8''%C3%9C; filename*1="b%20"; filename*2*=%20c.txt"#, "Üb%20 c.txt"),
            (#"filename*0=a; filename*2=c"#, "a"),
            (#"filename*0=a; filename=x"#, "x"),
            (#"filename*0*=gbk''%C3; filename*1=b"#, nil),
            (#"filename*1=b"#, nil),
        ] as [(String, String?)]
    )
    func continuations(parameters: String, expected: String?) throws {
        let headers = try #require(try headers("Content-Disposition: form-data; \(parameters)"))
        #expect(headers.filename == expected)
    }

    @Test(
        "a field is text in UTF-8 or in the charset its part declares, or none",
        arguments: [
            (nil, [0x63, 0xC3, 0xA9], "cé"), (nil, [0x63, 0xE9], nil), ("text/plain", [0xE9], nil),
            ("text/plain; charset=ISO-8859-1", [0x63, 0xE9], "cé"),
            ("text/plain; charset=\"Windows-1252\"", [0x80, 0x93], "€“"),
            ("text/plain; charset=US-ASCII", [0xE9], nil), ("text/plain; charset=UTF-8", [0xC3, 0xA9], "é"),
        ] as [(String?, [UInt8], String?)]
    )
    func fieldText(contentType: String?, bytes: [UInt8], expected: String?) {
        #expect(PartHeaders(contentType: contentType).text(of: ByteBuffer(bytes: bytes)) == expected)
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

    @Test("names that are no UTF-8 are read as Windows-1252, so that no letter is lost")
    func latin() throws {
        let boundary = try MultipartBoundary(contentType: "multipart/form-data; boundary=b")
        let body =
            Array("--b\r\nContent-Disposition: form-data; name=\"".utf8) + [0xE9, 0x22]
            + Array("; filename=\"".utf8) + [0xC3, 0x96, 0x80] + Array("\"\r\n\r\n--b--".utf8)
        let outcomes = parse([body[...]], boundary: boundary)
        #expect(outcomes.first == .began(PartHeaders(name: "é", filename: "Ã–€")))
    }

    @Test(
        "a header line needs a name, a colon and CRLF",
        arguments: ["nonsense", ": value", " : value", " folded: first", "A: b\nC: d", "\n", "--b--"]
    )
    func malformed(lines: String) throws {
        #expect(try parse("--b\r\n\(lines)\r\n\r\n--b--") == [.failed(.malformedHeader)])
    }
}
