import Testing

@testable import Multipart

/// A body, its boundary, and what a parser must find in it.
struct Form: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let boundary: String
    let body: [UInt8]
    let outcomes: [Outcome]

    init(_ name: String, boundary: String = "b", body: String, _ outcomes: [Outcome]) {
        self.init(name, boundary: boundary, bytes: Array(body.utf8), outcomes)
    }

    init(_ name: String, boundary: String = "b", bytes: [UInt8], _ outcomes: [Outcome]) {
        testDescription = name
        self.boundary = boundary
        body = bytes
        self.outcomes = outcomes
    }

    var parsedBoundary: MultipartBoundary {
        get throws { try MultipartBoundary(contentType: "multipart/form-data; boundary=\"\(boundary)\"") }
    }
}

extension Outcome {
    static let malformed = Outcome.failed(.malformedTransferEncoding)
}

extension Form {
    /// A form of one coded part.
    init(_ name: String, coding: String, data: String, _ outcomes: [Outcome]) {
        let head = "Content-Disposition: form-data; name=f\r\nContent-Transfer-Encoding: \(coding)\r\n\r\n"
        var headers = PartHeaders(name: "f")
        headers.transferCoding = TransferCoding(token: String(coding.filter { $0 != " " }).lowercased())
        self.init(name, body: "--b\r\n\(head)\(data)\r\n--b--", [.began(headers)] + outcomes)
    }

    init(_ name: String, coding: String, data: String, _ found: Outcome?) {
        self.init(name, coding: coding, data: data, [found].compactMap(\.self) + [.ended, .finished])
    }

    static let all = fromClients + coded + ofDelimiters + broken

    /// What curl, browsers and libraries send.
    static let fromClients = [
        Form(
            "curl -F file=@report.txt -F channelId=ch_1",
            boundary: "------------------------d74496d66958873e",
            body: "--------------------------d74496d66958873e\r\n"
                + "Content-Disposition: form-data; name=\"file\"; filename=\"report.txt\"\r\n"
                + "Content-Type: text/plain\r\n\r\nline one\nline two\n\r\n"
                + "--------------------------d74496d66958873e\r\n"
                + "Content-Disposition: form-data; name=\"channelId\"\r\n\r\nch_1\r\n"
                + "--------------------------d74496d66958873e--\r\n",
            [
                .began(PartHeaders(name: "file", filename: "report.txt", contentType: "text/plain")),
                .text("line one\nline two\n"), .ended,
                .began(PartHeaders(name: "channelId")), .text("ch_1"), .ended, .finished,
            ]
        ),
        Form(
            "a browser's form",
            boundary: "----WebKitFormBoundary7MA4YWxkTrZu0gW",
            body: "------WebKitFormBoundary7MA4YWxkTrZu0gW\r\n"
                + "Content-Disposition: form-data; name=\"a%22b\"; filename=\"naïve%0A.png\"\r\n"
                + "Content-Type: image/png\r\n\r\n\u{89}PNG\r\n\u{1A}\n\0\r\n"
                + "------WebKitFormBoundary7MA4YWxkTrZu0gW--\r\n",
            [
                .began(PartHeaders(name: "a\"b", filename: "naïve\n.png", contentType: "image/png")),
                .text("\u{89}PNG\r\n\u{1A}\n\0"), .ended, .finished,
            ]
        ),
        Form(
            "filename* and folded header lines",
            body: "--b\r\ncontent-disposition: form-data;\r\n name=f;\r\n\tfilename=\"x\";"
                + " filename*=UTF-8''%e2%82%ac.txt\r\nX-Other: y\r\n\r\n€\r\n--b--",
            [.began(PartHeaders(name: "f", filename: "€.txt")), .text("€"), .ended, .finished]
        ),
        Form(
            "a file input left empty, and a nameless one that has bytes",
            body: "--b\r\nContent-Disposition: form-data; name=f; filename=\"\"\r\n\r\n\r\n--b"
                + "\r\nContent-Disposition: form-data; name=g; filename=\"\"\r\n\r\nx\r\n--b--\r\n",
            [
                .began(PartHeaders(name: "f")), .ended, .began(PartHeaders(name: "g", filename: "")), .text("x"),
                .ended, .finished,
            ]
        ),
        Form(
            "many fields",
            body: (0..<12).map { "--b\r\nContent-Disposition: form-data; name=\($0)\r\n\r\n\($0)\r\n" }.joined()
                + "--b--",
            (0..<12).flatMap { [.began(PartHeaders(name: "\($0)")), .text("\($0)"), .ended] } + [.finished]
        ),
    ]

    /// Parts with a Content-Transfer-Encoding (RFC 2045).
    static let coded = [
        Form(
            "curl -F 'file=@x;encoder=base64' of several lines",
            coding: "base64",
            data: "aGVsbG8gd29ybGQ=\r\n",
            [.text("hello world"), .ended, .finished]
        ),
        Form("Base64 over lines", coding: " BASE64 ", data: "aGVs\r\nbG8g\n d29y\r\nbGQ", .text("hello world")),
        Form("Base64 of nothing", coding: "base64", data: "\r\n", nil),
        Form(
            "quoted-printable",
            coding: "quoted-printable",
            data: "a=3Db =C3=A9=\r\nc= \t\r\nd\r\n",
            .text("a=b écd\r\n")
        ),
        Form("codings that change nothing", coding: "8bit", data: "a=3D", .text("a=3D")),
        Form("Base64 with a foreign sign", coding: "base64", data: "aGVs!bG8=", [.text("hel"), .malformed]),
        Form("Base64 with one digit too many", coding: "base64", data: "aGVsb", [.text("hel"), .malformed]),
        Form("Base64 padded too early", coding: "base64", data: "a===", [.malformed]),
        Form("Base64 padded too little", coding: "base64", data: "aG=", [.text("h"), .malformed]),
        Form("Base64 that goes on after its padding", coding: "base64", data: "aA==aA==", [.text("h"), .malformed]),
        Form("quoted-printable without digits", coding: "quoted-printable", data: "a=zz", [.text("a"), .malformed]),
        Form("quoted-printable cut in a sign", coding: "quoted-printable", data: "a=4", [.text("a"), .malformed]),
    ]

    /// What stands around and looks like delimiters.
    static let ofDelimiters = [
        Form("no parts", body: "--b--", [.finished]),
        Form("no parts after a line end", body: "\r\n--b--\r\n", [.finished]),
        Form(
            "preamble and epilogue",
            body: "--bX\r\nsee --b\r\r\n--b\r\n\r\nx\r\n--b--\r\n--b\r\n\r\nnot a part\r\n--b--",
            [.began(PartHeaders()), .text("x"), .ended, .finished]
        ),
        Form(
            "transport padding",
            body: "--b \t\r\n\r\nx\r\n--b\t\t \r\n\r\ny\r\n--b--  \r\n",
            [.began(PartHeaders()), .text("x"), .ended, .began(PartHeaders()), .text("y"), .ended, .finished]
        ),
        Form(
            "a part that ends at its blank line",
            body: "--b\r\nX: y\r\n\r\n--b\r\n\r\n--b--",
            [.began(PartHeaders()), .ended, .began(PartHeaders()), .ended, .finished]
        ),
        Form(
            "false starts",
            boundary: "boundary",
            body: "--boundary\r\n\r\n--boundarX\r\n--boundar\r\r\n--boundar\r\n\r\n-\r\n--boundary-X\r\n--boundaryX"
                + "\r\n--boundary\r\r\n--boundary \rx\r\n--boundary --\r\n--boundary\n\r\n--boundary--",
            [
                .began(PartHeaders()),
                .text(
                    "--boundarX\r\n--boundar\r\r\n--boundar\r\n\r\n-\r\n--boundary-X\r\n--boundaryX"
                        + "\r\n--boundary\r\r\n--boundary \rx\r\n--boundary --\r\n--boundary\n"
                ), .ended, .finished,
            ]
        ),
        Form(
            "every byte, and lines that end in CR",
            bytes: Array("--b\r\n\r\n".utf8) + (0...255) + Array("\r\r\r\n\r\n--\r\n--\r\r\n--b--".utf8),
            [.began(PartHeaders()), .data((0...255) + Array("\r\r\r\n\r\n--\r\n--\r".utf8)), .ended, .finished]
        ),
        Form(
            "a boundary of dashes",
            boundary: "---",
            body: "-----\r\n\r\n----\r\n----\r\n-----x\r\n-------",
            [.began(PartHeaders()), .text("----\r\n----\r\n-----x"), .ended, .finished]
        ),
    ]

    /// What must fail in the same way wherever it is cut.
    static let broken = [
        Form("nothing", body: "", [.failed(.truncated)]),
        Form("bare line feeds", body: "--b\n\nx\n--b--\n", [.failed(.truncated)]),
        Form(
            "no closing delimiter",
            body: "--b\r\n\r\nx\r\n--b-",
            [.began(PartHeaders()), .text("x"), .failed(.truncated)]
        ),
        Form(
            "an unknown transfer encoding",
            body: "--b\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\nx\r\n--b--",
            [.failed(.unknownTransferEncoding)]
        ),
        Form(
            "a header line without a colon",
            body: "--b\r\n\r\nx\r\n--b\r\nnonsense\r\n\r\ny\r\n--b--",
            [.began(PartHeaders()), .text("x"), .ended, .failed(.malformedHeader)]
        ),
    ]
}
