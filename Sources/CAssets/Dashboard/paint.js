// Light colouring of source: comments, strings, numbers and the words that most languages have. Nobody parses anything:
// one expression for each family of languages finds what stands out, line by line.

const quoted = (mark) => `${mark}(?:[^${mark}\\\\\\n]|\\\\.)*(?:${mark}|$)`;
const [DOUBLE, SINGLE, BACKTICK] = ['"', "'", "`"].map(quoted);
const NUMBER = String.raw`(?<![\w.])(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+`
  + String.raw`|\d[\d_]*(?:\.[\d_]+)?(?:[eE][-+]?\d+)?)[a-zA-Z%]{0,3}(?!\w)`;

const FAMILIES = {
  c: {
    comment: "//.*", string: `${DOUBLE}|${SINGLE}|${BACKTICK}`, long: [["/*", "*/"], ['"""', '"""']],
    words: "abstract actor any as async await auto bool boolean break byte case catch chan char class const "
      + "constexpr continue crate data def default defer delete do double else enum explicit export extends "
      + "extension extern false final finally float fn for foreach friend from fun func function get go goto "
      + "guard if impl implements import in inline instanceof int interface internal is let long loop map match "
      + "mod module move mut mutable namespace native new nil null nullptr object of open operator out override "
      + "package params private protected protocol pub public range readonly ref return sealed select self Self "
      + "set short signed sizeof static strictfp string struct super switch synchronized template this throw "
      + "throws trait transient true try type typealias typedef typename typeof undefined union unsafe unsigned "
      + "use using val var virtual void volatile when where while with yield",
  },
  script: {
    comment: "(?<![^\\s;])#.*", string: `${DOUBLE}|${SINGLE}`, long: [['"""', '"""'], ["'''", "'''"]],
    words: "and as assert async await begin break case class continue def del do done elif else elsif end ensure "
      + "esac except export False false fi finally for from function global if import in is lambda let local "
      + "match module my next nil None nonlocal not null or our pass puts raise redo rescue retry return self set "
      + "shift sub super then True true try undef unless until use when where while with yield",
  },
  sql: {
    comment: "--.*", string: `${SINGLE}|${DOUBLE}`, long: [["/*", "*/"]], isLoose: true,
    words: "add all alter and as asc begin between by cascade case check column commit constraint create cross "
      + "default delete desc distinct drop else end exists foreign from full group having if in index inner "
      + "insert into is join key left like limit not null offset on or order outer primary references returning "
      + "right rollback select set table then transaction trigger true false union unique update using values "
      + "view when where with",
  },
  lua: {
    comment: "--.*", string: `${DOUBLE}|${SINGLE}`, long: [["--[[", "]]"], ["[[", "]]"]],
    words: "and break do else elseif end false for function goto if in local nil not or repeat return then true "
      + "until while",
  },
  markup: {
    comment: "", string: `(?<==\\s*)(?:${DOUBLE}|${SINGLE})`, long: [["<!--", "-->"]], word: "</?[\\w:.-]+|/?>",
  },
  data: {
    comment: "(?<!\\S)[#;].*", string: `${DOUBLE}|${SINGLE}`, long: [],
    word: "^\\s*(?:- )*[\\w.-]+(?=\\s*[:=])|^\\s*\\[.*\\]",
  },
  css: { comment: "", string: `${DOUBLE}|${SINGLE}`, long: [["/*", "*/"]], word: "[\\w-]+(?=\\s*:)|@[\\w-]+" },
};

/** Which family a file is of, by its type or its extension. */
const NAMES = {
  c: "x-c x-c++ x-java x-kotlin x-csharp x-go x-rust x-swift x-typescript x-php js mjs cjs jsx ts tsx scala dart "
    + "groovy gradle proto json m mm",
  script: "x-python x-shellscript x-ruby x-perl x-r x-awk x-tcl x-makefile dockerfile makefile gemfile rakefile cmake "
    + "jl ex exs fish",
  sql: "sql", lua: "x-lua", markup: "xml html vue svelte xhtml", css: "css scss less",
  data: "yaml toml ini cfg conf properties env editorconfig tf",
};
const FAMILY = new Map(Object.entries(NAMES).flatMap(([family, names]) =>
  names.split(" ").map((one) => [one, family])));

/** Words, or what else the family marks as one. */
const wordsOf = ({ words, word }) => word ?? `(?<![\\w$])(?:${words.replaceAll(" ", "|")})(?![\\w$])`;
const escaped = (text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

/**
 * What colours the lines of a file; null when nothing is known of its language. It is given the lines in their order.
 * @returns {((line: string, open: string) => {parts: [string, string][], open: string}) | null} the kinds and texts of
 *   a line, and what ends a comment or a string that goes on behind it
 */
export function painter({ filename, mimeType }) {
  const [, subtype] = mimeType.split("/");
  const extension = filename.toLowerCase().split(/[./]/).at(-1);
  const family = FAMILIES[FAMILY.get(subtype) ?? FAMILY.get(extension)];
  if (!family) return null;
  const { comment, string, long, isLoose } = family;
  const begins = long.map(([begin]) => escaped(begin)).join("|") || "(?!)";
  const pattern = new RegExp(`(?<long>${begins})|(?<comment>${comment || "(?!)"})|(?<string>${string})`
    + `|(?<word>${wordsOf(family)})|(?<number>${NUMBER})`, isLoose ? "gi" : "g");
  return (line, open) => paint(line, open, pattern, new Map(long));
}

function paint(line, open, pattern, ends) {
  const parts = [];
  let at = 0;
  const put = (kind, end) => {
    if (end > at) parts.push([kind, line.slice(at, end)]);
    at = end;
  };
  const kindOf = (end) => (/["'\]]/.test(end) ? "string" : "comment");
  /** Goes on to what ends a comment or a string; all of the line when that is further down. */
  const goOn = (end, from) => {
    const place = line.indexOf(end, from);
    put(kindOf(end), place < 0 ? line.length : place + end.length);
    return place < 0 ? end : "";
  };
  let isOpen = open && goOn(open, 0);
  while (!isOpen && at < line.length) {
    pattern.lastIndex = at;
    const found = pattern.exec(line);
    if (!found) break;
    put("", found.index);
    const [kind] = Object.entries(found.groups).find(([, text]) => text !== undefined);
    if (kind === "long") isOpen = goOn(ends.get(found[0]), found.index + found[0].length);
    else put(kind, found.index + Math.max(1, found[0].length));
  }
  put("", line.length);
  return { parts, open: isOpen };
}
