// What tools write in a line about an error or a warning: expressions of RE2, which browsers take as well. docs/logs.md
// has the logs of many tools, and what is found in them. An error has one of sixteen words, as more would make a search
// slow (docs/decisions/0052-words-are-looked-for-before-expressions.md); "CMake Error" has "error" in it.

const COLOUR = String.raw`\x1b\[[\d;]*m`;
/** Where a word begins, behind a colour too. */
const START = `(\\b|${COLOUR})`;
/** What follows a word that stands for something: not the 0 of "FAILED: 0". */
const SOME = String.raw`($|[^:=\s\w]|[:=\s]+($|[^0S:=\s]|0\w|S[^U]|SU[^M]))`;
/** The same behind "error:", whatever colours there are. */
const SAID = String.raw`(\[[\w-]+\])?(${COLOUR})*:\s*($|[^0\s]|0\w)`;
/** Where a line begins, behind the time of a CI system too. */
const LINE = String.raw`^(\d[\d:.TZ-]+ )?`;

const ERROR = [
  `${START}(ERRORS?|FATAL|CRITICAL|PANIC|FAIL|FAILED|FAILURES?)${SOME}`,
  `${START}(error|fatal|panic)( [A-Z]+\\d+)?${SAID}`, `(Error|Exception)${SAID}`,
  String.raw`\[(error|fatal|emerg)\]|\blevel=(error|fatal|panic)\b|: ?"(error|fatal|critical)"`,
  String.raw`${LINE}(Traceback |not ok |E: Unable to |npm (ERR!|error)|CMake Error|Exception in thread |dpkg: error`
    + String.raw`|\S+\.go:\d+:\d+: |[EF]\d{4} \S+ +\d+ \S+\.go:\d+\])`,
  ": ([Nn]o such file or directory|[Pp]ermission denied|[Cc]onnection refused|command not found)",
  String.raw`ERROR SUMMARY: [1-9]|\] Error \d|[Ss]yntax error|[Ff]atal error|an error code|panicked at `,
  String.raw`\bFailed (to|with|at) |\*\*\*Failed|\bfailed after \d|Automatic merge failed`,
].join("|");
const WARNING = [
  `${START}(WARN|WARNINGS?)${SOME}`, `${START}[Ww]arning( [A-Z]+\\d+)?${SAID}`, `Warning${SAID}`,
  String.raw`\[warn(ing)?\]|\blevel=warn|: ?"warn(ing)?"`,
  String.raw`${LINE}(npm (WARN|warn)|CMake Warning|DEPRECATED|W\d{4} \S+ +\d+ \S+\.go:\d+\])`,
].join("|");

export const ERRORS = { grep: ERROR, regex: "true" };
const [isBad, isPoor] = [new RegExp(ERROR), new RegExp(WARNING)];
/** "error", "warning", or "" for any other line. */
export const weight = (text) => (isBad.test(text) ? "error" : isPoor.test(text) ? "warning" : "");
