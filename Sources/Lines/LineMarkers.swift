/// How tools mark what a reader of their logs looks for: expressions of RE2. The page of a log has the same
/// (`Dashboard/markers.js`), and both are tried on the logs of many tools (`docs/logs.md`).
enum LineMarkers {
    private static let colour = #"\x1b\[[\d;]*m"#
    /// Where a word begins, behind a colour too.
    private static let start = #"(\b|\#(colour))"#
    /// What follows a word that stands for something: not the 0 of "FAILED: 0".
    private static let some = #"($|[^:=\s\w]|[:=\s]+($|[^0S:=\s]|0\w|S[^U]|SU[^M]))"#
    /// The same behind "error:", whatever colours there are.
    private static let said = #"(\[[\w-]+\])?(\#(colour))*:\s*($|[^0\s]|0\w)"#
    /// Where a line begins, behind the time of a CI system too.
    private static let line = #"^(\d[\d:.TZ-]+ )?"#

    static let errors = [
        "\(start)(ERRORS?|FATAL|CRITICAL|PANIC|FAIL|FAILED|FAILURES?)\(some)",
        #"\#(start)(error|fatal|panic)( [A-Z]+\d+)?\#(said)"#, "(Error|Exception)\(said)",
        #"\[(error|fatal|emerg)\]|\blevel=(error|fatal|panic)\b|: ?"(error|fatal|critical)""#,
        #"\#(line)(Traceback |not ok |E: Unable to |npm (ERR!|error)|CMake Error|Exception in thread |dpkg: error"#
            + #"|\S+\.go:\d+:\d+: |[EF]\d{4} \S+ +\d+ \S+\.go:\d+\])"#,
        ": ([Nn]o such file or directory|[Pp]ermission denied|[Cc]onnection refused|command not found)",
        #"ERROR SUMMARY: [1-9]|\] Error \d|[Ss]yntax error|[Ff]atal error|an error code|panicked at "#,
        #"\bFailed (to|with|at) |\*\*\*Failed|\bfailed after \d|Automatic merge failed"#,
    ].joined(separator: "|")
    static let warnings = [
        "\(start)(WARN|WARNINGS?)\(some)", #"\#(start)[Ww]arning( [A-Z]+\d+)?\#(said)"#, "Warning\(said)",
        #"\[warn(ing)?\]|\blevel=warn|: ?"warn(ing)?""#,
        #"\#(line)(npm (WARN|warn)|CMake Warning|DEPRECATED|W\d{4} \S+ +\d+ \S+\.go:\d+\])"#,
    ].joined(separator: "|")
    /// With which a group begins, as GitHub, GitLab and Buildkite write it.
    static let groups = #"##\[group\]|section_start:\d+:|\x1b_bk;t=\d+\x07(---|\+\+\+|~~~) "#
}
