// The groups of a log, as three build systems write them, and which of them are folded.

/** Lines with which groups begin or end: an expression of RE2. Those of Buildkite have its marks of time. */
export const MARKERS = {
  grep: String.raw`##\[(end)?group\]|section_(start|end):\d+:|\x1b_bk;t=\d+\x07(---|\+\+\+|~~~) `, regex: "true",
};
const MARKER = new RegExp([
  String.raw`(?:(?<time>\d{4}-\d\d-\d\dT[\d:.]+Z) )?##\[(?<github>group|endgroup)\](?<title>.*)`,
  String.raw`section_(?<gitlab>start|end):(?<seconds>\d+):(?<key>[\w.-]+)[^\r]*\r?(?:\x1b\[0K)?`
    + String.raw`(?<head>(?:(?!section_).)*)`,
  String.raw`\x1b_bk;t=(?<millis>\d+)\x07(?<buildkite>---|\+\+\+|~~~) (?<name>.*)`,
].join("|"), "gs");

/**
 * @typedef {{name: string, key?: string, first: number, last: number, time: number, span: number}} Group
 *   lines, its head among them; when it began and how long it took, in milliseconds, NaN when nobody says
 */

/**
 * The groups that lines have.
 * @param {{number: number, text: string}[]} lines those with markers, in order
 * @param {number} count of all lines: a group that nothing ends goes to the last
 * @returns {Group[]} by their first lines
 */
export function groupsOf(lines, count) {
  /** @type {any[]} */
  const found = [];
  /** @type {any[]} */
  let open = [];
  const begin = (name, first, time, key = "") => {
    // GitLab ends a group in the line in which the next begins.
    const before = found.filter((one) => one.last === first && !open.includes(one)).at(-1);
    if (before) before.last -= 1;
    open.push({ name: name.trim(), key, first, last: count, time, span: NaN });
    found.push(open.at(-1));
  };
  const end = (group, last, time) => {
    if (!group) return;
    Object.assign(group, { last, span: time - group.time });
    open = open.filter((one) => one !== group);
  };
  for (const { number, text } of lines) {
    for (const { groups: is } of text.matchAll(MARKER)) {
      const time = is.time ? Date.parse(is.time) : Number(is.seconds ?? NaN) * 1000 || Number(is.millis ?? NaN);
      if (is.github === "group") begin(is.title, number, time);
      else if (is.github) end(open.at(-1), number, time);
      else if (is.gitlab === "start") begin(is.head || is.key, number, time, is.key);
      else if (is.gitlab) end(open.filter(({ key }) => key === is.key).at(-1), number, time);
      else {
        end(open.at(-1), number - 1, time);
        begin(is.name, number, time);
      }
    }
  }
  return found.filter(({ first, last }) => last > first);
}

/**
 * The rows of a log of which some groups are folded: then the head alone is a row. Rows count from 0, lines from 1.
 * @param {number} count how many lines there are
 */
export function foldedRows(count) {
  /** @type {Map<number, Group>} by the first line */
  let heads = new Map();
  /** @type {Set<Group>} */
  const folded = new Set();
  /** What is hidden, [first line, last line], in order, none within another. @type {number[][]} */
  let hidden = [];
  const renew = () => {
    hidden = [];
    for (const { first, last } of [...folded].sort((a, b) => a.first - b.first)) {
      const end = hidden.at(-1)?.[1] ?? 0;
      if (last > end && last > first) hidden.push([Math.max(first, end) + 1, last]);
    }
  };
  return {
    /** @param {Group[]} groups @param {(group: Group) => boolean} isFolded */
    set(groups, isFolded) {
      heads = new Map(groups.map((group) => [group.first, group]));
      groups.filter(isFolded).forEach((group) => folded.add(group));
      renew();
    },
    count: () => hidden.reduce((left, [first, last]) => left - (last - first + 1), count),
    line: (row) => hidden.reduce((line, [first, last]) => (line >= first ? line + (last - first + 1) : line), row + 1),
    row: (line) => hidden.reduce((row, [first, last]) => row - Math.max(0, Math.min(line, last) - first + 1), line - 1),
    head: (line) => heads.get(line),
    isFolded: (group) => folded.has(group),
    toggle(group) {
      if (!folded.delete(group)) folded.add(group);
      renew();
    },
    /** Opens what hides a line. */
    reveal(line) {
      for (const group of folded) if (line > group.first && line <= group.last) folded.delete(group);
      renew();
    },
  };
}
