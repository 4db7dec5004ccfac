/// How tools mark what a reader of their logs looks for. The page of a log has the same expressions.
enum LineMarkers {
    static let errors =
        #"\b(ERROR|FATAL|CRITICAL|PANIC|FAIL|FAILED|FAILURE)\b|(error|fatal|panic|Error|Exception)"#
        + #"(\[[\w-]+\])?:|\[(error|fatal)\]|\blevel=(error|fatal)\b|"level": ?"(error|fatal)"|^Traceback "#
        + #"|\x1b\[[0-9;]*m(error|fatal)\b|\*\*\* .* Error \d|npm ERR!"#
    static let warnings =
        #"\b(WARN|WARNING)\b|(warning|Warning)(\[[\w-]+\])?:|\[(warn|warning)\]"#
        + #"|\blevel=(warn|warning)\b|"level": ?"(warn|warning)"|\x1b\[[0-9;]*m(warn|warning)\b|npm WARN"#
    /// With which a group begins, as GitHub, GitLab and Buildkite write it.
    static let groups = #"##\[group\]|section_start:\d+:|\x1b_bk;t=\d+\x07(---|\+\+\+|~~~) "#
}
