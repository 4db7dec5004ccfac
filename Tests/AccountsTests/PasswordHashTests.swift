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
}
