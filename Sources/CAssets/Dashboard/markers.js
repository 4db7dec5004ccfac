// What tools write in a line about an error or a warning: expressions of RE2, which browsers take as well. docs/logs.md
// has the logs of many tools, and what is found in them.

const COLOUR = String.raw`\x1b\[[\d;]*m`;
/** Where a word begins, behind a colour too. */
const START = `(\\b|${COLOUR})`;
/** What follows a word that stands for something: not the 0 of "FAILED: 0". */
const SOME = String.raw`($|[^:=\s\w]|[:=\s]+($|[^0S:=\s]|0\w|S[^U]|SU[^M]))`;
/** The same behind "error:", whatever colours there are. */
const SAID = String.raw`(\[[\w-]+\])?(${COLOUR})*:\s*($|[^0\s]|0\w)`;
/** Where a line begins, behind the time of a CI system too. */
const LINE = String.raw`^(\d[\d:.TZ-]+ )?`;

const any = (...expressions) => expressions.join("|");

const ERROR = any(
  `${START}(ERRORS?|FATAL|CRITICAL|PANIC|FAIL|FAILED|FAILURES?)${SOME}`,
  `${START}(error|fatal|panic)( [A-Z]+\\d+)?${SAID}`, `(Error|Exception)${SAID}`,
  String.raw`ERROR SUMMARY: [1-9]|==\d+== Invalid `,
  String.raw`\[(error|fatal|emerg|crit|alert)\]|\blevel=(error|fatal|panic)\b`,
  String.raw`"(level|severity)": ?("(error|fatal|critical)"|[56]0\b)`,
  `${LINE}(${any("E: ", "E   +\\S", "Traceback ", "not ok ", "npm (ERR!|error)", "CMake Error", "CONFLICT ",
    "Exception in thread ", "dpkg: error", String.raw`g?make(\[\d+\])?: \*\*\* `, String.raw`curl: \(`,
    String.raw`[EF]\d{4} \d\d:\d\d:`, String.raw`\S+\.go:\d+:\d+: `)})`,
  `: ([Nn]o such file or directory|[Pp]ermission denied|[Cc]onnection refused|command not found)`,
  String.raw`panicked at |[Ss]yntax error|[Ff]atal error|\bFailed (to|with) |\*\*\*Failed|[✘✗✕✖] `,
  "Segmentation fault|segfault at|Out of memory|Kernel panic",
);
const WARNING = any(
  `${START}(WARN|WARNINGS?)${SOME}`, `${START}[Ww]arning( [A-Z]+\\d+)?${SAID}`, `Warning${SAID}`,
  String.raw`\[warn(ing)?\]|\blevel=warn|"(level|severity)": ?("warn(ing)?"|40\b)`,
  `${LINE}(${any("W: ", "npm (WARN|warn)", "CMake Warning", "DEPRECATED", String.raw`W\d{4} \d\d:\d\d:`)})`,
);

export const ERRORS = { grep: ERROR, regex: "true" };
const [isBad, isPoor] = [new RegExp(ERROR), new RegExp(WARNING)];
/** "error", "warning", or "" for any other line. */
export const weight = (text) => (isBad.test(text) ? "error" : isPoor.test(text) ? "warning" : "");
