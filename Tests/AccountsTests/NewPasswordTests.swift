import Testing

@testable import Accounts

@Suite("New passwords")
struct NewPasswordTests {
    @Test("a chosen one is hashed and never shown; one that is made up is another each time, and is the one hashed")
    func kinds() throws {
        let chosen = try NewPassword("correct horse")
        #expect(chosen.generated == nil && PasswordHash.matches("correct horse", chosen.hash))
        let (first, second) = (try NewPassword(nil), try NewPassword(nil))
        let password = try #require(first.generated)
        #expect(password.wholeMatch(of: /[A-Za-z0-9_-]{16}/) != nil && password != second.generated)
        #expect(PasswordHash.matches(password, first.hash) && !PasswordHash.matches("", first.hash))
    }
}
