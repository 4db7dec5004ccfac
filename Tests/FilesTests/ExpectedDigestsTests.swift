import HTTP
import HTTPTypes
import Testing

@testable import Files

@Suite("ExpectedDigests")
struct ExpectedDigestsTests {
    /// SHA-256 of `hello`, and of nothing.
    private static let hello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    private static let helloBase64 = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="
    private static let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    @Test(
        "Repr-Digest is of the file",
        arguments: [
            "sha-256=:\(helloBase64):", "SHA-256=:\(helloBase64):", " sha-256 = :\(helloBase64): ",
            "sha-512=:AAAA:, sha-256=:\(helloBase64):", "sha-256=:\(helloBase64):, md5=:AAAA:",
            // RFC 8941: of equal keys the last counts, and parameters are legal.
            "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:, sha-256=:\(helloBase64):",
            "sha-256=:\(helloBase64):;x=1",
        ]
    )
    func reprDigest(value: String) throws {
        let digests = try ExpectedDigests([.reprDigest: value])
        try digests.verify(file: Self.hello, body: Self.empty)
        expectMismatch(digests, file: Self.empty, body: Self.hello, names: [Self.hello, Self.empty])
    }

    @Test("Content-Digest is of the file or of the whole body")
    func contentDigest() throws {
        let digests = try ExpectedDigests([.contentDigest: "sha-256=:\(Self.helloBase64):"])
        try digests.verify(file: Self.hello, body: Self.empty)
        try digests.verify(file: Self.empty, body: Self.hello)
        expectMismatch(digests, file: Self.empty, body: Self.empty, names: [Self.hello, Self.empty])
    }

    @Test(
        "the form field is of the file, in either case of its digits",
        arguments: [
            hello, hello.uppercased(),
        ]
    )
    func field(value: String) throws {
        var digests = try ExpectedDigests([:])
        try digests.add(field: value)
        try digests.verify(file: Self.hello, body: nil)
        expectMismatch(digests, file: Self.empty, body: nil, names: [Self.hello, Self.empty])
    }

    @Test("all that were sent must match")
    func all() throws {
        var digests = try ExpectedDigests([.reprDigest: "sha-256=:\(Self.helloBase64):"])
        try digests.add(field: Self.empty)
        expectMismatch(digests, file: Self.hello, body: nil, names: [Self.hello, Self.empty])
        expectMismatch(digests, file: Self.empty, body: nil, names: [Self.hello, Self.empty])
    }

    @Test(
        "no digest, or none of an algorithm we know, checks nothing",
        arguments: [
            [:], [.reprDigest: "sha-512=:AAAA:"], [.contentDigest: "md5=:AAAA:, unixsum=1"], [.reprDigest: ""],
        ] as [HTTPFields]
    )
    func nothing(headers: HTTPFields) throws {
        try ExpectedDigests(headers).verify(file: Self.hello, body: nil)
    }

    @Test(
        "a malformed digest is 400 and names its header",
        arguments: [
            "sha-256=\(helloBase64)", "sha-256=:\(helloBase64)", "sha-256=::", "sha-256=:AAAA:", "sha-256=:\(hello):",
            "sha-256=:!!!:", "sha-256=:",
        ]
    )
    func malformedHeader(value: String) {
        for name in [HTTPField.Name.reprDigest, .contentDigest] {
            let error = #expect(throws: APIError.self) { try ExpectedDigests([name: value]) }
            #expect(error?.status == .badRequest)
            #expect(error?.fields.map(\.path) == [[name.canonicalName]])
        }
    }

    @Test(
        "a malformed field is 400",
        arguments: [
            "", "abc", String(hello.dropLast()), hello + "0", String(hello.dropLast()) + "g", helloBase64,
            String(repeating: "٣", count: 32),
        ]
    )
    func malformedField(value: String) throws {
        var digests = try ExpectedDigests([:])
        let error = #expect(throws: APIError.self) { try digests.add(field: value) }
        #expect(error?.status == .badRequest)
        #expect(error?.fields.map(\.path) == [["sha256"]])
    }

    private func expectMismatch(_ digests: ExpectedDigests, file: String, body: String?, names: [String]) {
        let error = #expect(throws: APIError.self) { try digests.verify(file: file, body: body) }
        #expect(error?.status == .unprocessableContent)
        for name in names { #expect(error?.message.contains(name) == true) }
    }
}
