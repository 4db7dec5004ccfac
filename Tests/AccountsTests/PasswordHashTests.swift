import Foundation
import HTTP
import Testing

@testable import Accounts

@Suite("PasswordHash")
struct PasswordHashTests {
    @Test("a hash names its function and parameters, and carries 16 bytes of salt and 32 of hash")
    func format() throws {
        let encoded = try PasswordHash(hashing: "correct horse", logRounds: PasswordHash.logRounds).encoded
        let parts = encoded.split(separator: "$").map(String.init)
        #expect(parts.count == 4)
        #expect(parts.prefix(2) == ["scrypt", "ln=15,r=8,p=3"])
        #expect(parts[2].wholeMatch(of: /[A-Za-z0-9_-]{22}/) != nil)
        #expect(parts[3].wholeMatch(of: /[A-Za-z0-9_-]{43}/) != nil)
        #expect(!encoded.contains("horse"))
    }

    @Test("two hashes of one password have neither salt nor hash in common")
    func salted() throws {
        let first = try PasswordHash(hashing: "correct horse").encoded.split(separator: "$")
        let second = try PasswordHash(hashing: "correct horse").encoded.split(separator: "$")
        #expect(first[2] != second[2])
        #expect(first[3] != second[3])
    }

    @Test("a password is the same in either Unicode form, and whichever space the keyboard sends")
    func unicodeForms() throws {
        let spellings = ["caf\u{E9} noir", "cafe\u{301} noir", "caf\u{E9}\u{A0}noir"]
        let encoded = try PasswordHash(hashing: spellings[0], logRounds: 1).encoded
        for spelling in spellings { #expect(PasswordHash.matches(spelling, encoded)) }
        for other in ["cafe noir", "caf\u{E9}noir", "CAF\u{C9} NOIR"] { #expect(!PasswordHash.matches(other, encoded)) }
    }

    @Test("a hash of the bytes as they were typed, decomposed, is still matched by both forms")
    func olderHashes() throws {
        // scrypt of "cafe\u{301} noir", N=2, r=8, p=3, salt of 16 zero bytes.
        let encoded = "$scrypt$ln=1,r=8,p=3$AAAAAAAAAAAAAAAAAAAAAA$9rKjaMXBYxj665yqVGH00but_q6SS_ureF8-f3Gh5T0"
        #expect(PasswordHash.matches("cafe\u{301} noir", encoded))
        #expect(PasswordHash.matches("caf\u{E9} noir", encoded))
    }
}
