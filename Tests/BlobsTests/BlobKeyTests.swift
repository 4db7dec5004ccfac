import Blobs
import Testing

@Suite struct BlobKeyTests {
    static let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    static let key = "sha256/ba/" + digest.dropFirst(2) + ".0123456789abcdef0123456789abcdef"

    @Test("a key is written as it is read")
    func roundTrip() throws {
        let key = try #require(BlobKey(Self.key))
        #expect(key.description == Self.key)
        #expect(key.digest.hex == Self.digest)
        #expect(key.generation == "0123456789abcdef0123456789abcdef")
    }

    @Test(
        "only the exact form is a key, so no path leaves the store",
        arguments: [
            "", "sha256/ba", "../../etc/passwd", key + "0", String(key.dropLast()), key.uppercased(), " " + key,
            "sha512" + key.dropFirst(6), "sha256/b/a" + key.dropFirst(9), "sha256/BA" + key.dropFirst(9), "/" + key,
            key.replacing("ba/", with: "ba//"), key.replacing(".", with: "/"), key + ".x", String(key.dropLast(33)),
            key.replacing("sha256/ba/78", with: "sha256/ba/7\u{0}"), key.replacing(".0", with: ".é"),
        ]
    )
    func strict(text: String) {
        #expect(BlobKey(text) == nil)
    }

    @Test("a part's key begins with another word, and comes after all contents")
    func part() throws {
        let (content, part) = (try #require(BlobKey(Self.key)), try #require(BlobKey("upload" + Self.key.dropFirst(6))))
        #expect(part.kind == .part && content.kind == .content && part != content)
        #expect(part.description == "upload" + Self.key.dropFirst(6))
        #expect(part.digest == content.digest)
        let last = try #require(BlobKey("sha256/ff/" + String(repeating: "f", count: 62) + Self.key.suffix(33)))
        let first = try #require(BlobKey("upload/00/" + String(repeating: "0", count: 62) + Self.key.suffix(33)))
        #expect([part, last, first, content].sorted() == [content, last, first, part])
        #expect([part, last, first, content].map(\.description).sorted().last == part.description)
    }

    @Test("a digest takes 64 hex digits of either case and shows lower case")
    func digestHex() {
        #expect(BlobDigest(hex: Self.digest.uppercased())?.hex == Self.digest)
        #expect(BlobDigest(hex: Self.digest.dropLast()) == nil)
        #expect(BlobDigest(hex: Self.digest.dropLast() + "g") == nil)
        #expect(BlobDigest(hex: Self.digest + "00") == nil)
        #expect(BlobDigest(bytes: [UInt8](repeating: 1, count: 31)) == nil)
        #expect(BlobDigest(hex: Self.digest)?.bytes.prefix(2) == [0xba, 0x78])
    }

    @Test("no error sentence shows a path, a key or an errno to a client")
    func errorSentences() throws {
        let key = try #require(BlobKey(Self.key))
        let errors: [BlobError] = [
            .storageFull, .locked(pid: 77), .notFound(key), .keyTaken(key), .missingLayout, .foreignLayout, .closed,
            .io(operation: "pwrite", errno: 5),
        ]
        for error in errors {
            #expect(!error.description.contains(/[0-9\/]|pwrite/))
            #expect(error.description.hasSuffix("."))
        }
        #expect(BlobError.io(operation: "pwrite", errno: 5).logDescription.contains("pwrite: Input/output error (5)"))
        #expect(BlobError.locked(pid: 77).logDescription.contains("77"))
    }
}
