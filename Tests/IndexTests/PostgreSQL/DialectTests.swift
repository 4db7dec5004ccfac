import Testing

@testable import Index

@Suite("PostgreSQL's dialect") struct DialectTests {
    @Test(
        "numbers the arguments outside of quotes and comments",
        arguments: [
            ("SELECT ?, ? + 1", "SELECT $1, $2 + 1"),
            ("a = ?2 AND b = ?1 OR c = ?12", "a = $2 AND b = $1 OR c = $12"),
            ("'?' || ? || 'it''s ?' || ?", "'?' || $1 || 'it''s ?' || $2"),
            ("\"a?\" = ?", "\"a?\" = $1"),
            ("a -- why?\n= ? - -?", "a -- why?\n= $1 - -$2"),
            ("ä = ?", "ä = $1"),
            ("'open ?", "'open ?"),
        ]
    )
    func numbers(sql: String, expected: String) {
        #expect(Dialect.postgreSQL(sql) == expected)
    }
}
