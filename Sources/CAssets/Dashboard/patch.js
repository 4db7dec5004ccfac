// What a difference says, as diff and git write it (the unified format): files, and in them what was and what is.

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/;

/**
 * @typedef {{number: number, text: string, isLast?: boolean}} Side a line of a file; `isLast`: no end of line follows
 * @typedef {{kind: "file" | "hunk" | "text" | "same" | "changed", text: string, added?: number,
 *   removed?: number, old?: Side | null, now?: Side | null, other?: Side | null}} Row
 *   `text` is the name of a file, or a line of no file; `old` what was and `now` what is, one of them null when a line
 *   only went or came; `other` is what a line is compared with that stands in a row of its own
 */

/**
 * The rows of a difference; nothing of it is left out.
 * @returns {Row[]}
 */
export function rowsOf(text) {
  // Where all lines of a difference end with CR LF, that says nothing of the files.
  const lines = text.split(/(?<!\r)\n/.test(text) ? "\n" : "\r\n");
  if (lines.at(-1) === "") lines.pop();
  /** @type {any[]} */
  const rows = [];
  /** The file whose lines come, and whether its own head named it. @type {{file: any, isNamed: boolean}} */
  const open = { file: null, isNamed: false };
  const begin = (text) => {
    Object.assign(open, { file: { kind: "file", text, added: 0, removed: 0 }, isNamed: false });
    rows.push(open.file);
  };
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at].replace(/\r$/, "");
    const hunk = HUNK.exec(line);
    if (hunk && open.file) {
      rows.push({ kind: "hunk", text: line });
      at = takeHunk(lines, at, hunk, open.file, rows);
    } else if (line.startsWith("--- ") && lines[at + 1]?.startsWith("+++ ")) {
      if (!open.file || open.isNamed) begin("");
      open.file.text = nameOf(line, lines[at + 1]);
      open.isNamed = true;
      at += 1;
    } else if (line.startsWith("diff ")) {
      const [, name = line.slice(5)] = / b\/(.*)$/.exec(line) ?? [];
      begin(name);
    } else rows.push({ kind: "text", text: line });
  }
  return rows;
}

/** What a file is called now, and what it was called when that is another name. */
function nameOf(before, after) {
  const [old, now] = [before, after].map((line) => line.slice(4).split(/[\t\r]/)[0].replace(/^[ab]\//, ""));
  if (now === "/dev/null") return old;
  return old === now || old === "/dev/null" ? now : `${old} → ${now}`;
}

/** Takes the lines that belong to a hunk, and returns the place of the last. @param {string[]} found by HUNK */
function takeHunk(lines, head, found, file, rows) {
  const [, oldStart, oldCount = "1", start, count = "1"] = found;
  const [left, number] = [{ "-": Number(oldCount), "+": Number(count) }, { "-": Number(oldStart), "+": Number(start) }];
  let block = { "-": [], "+": [] };
  const side = (sign, text) => {
    left[sign] -= 1;
    number[sign] += 1;
    return { number: number[sign] - 1, text };
  };
  const endBlock = () => {
    for (const row of replaced(block)) rows.push(row);
    block = { "-": [], "+": [] };
  };
  let at = head + 1;
  let last = null;
  for (; at < lines.length; at += 1) {
    // Some programs take the blank away from an empty line that stays.
    const line = /^\r?$/.test(lines[at]) ? ` ${lines[at]}` : lines[at];
    const [sign, text] = [line[0], line.slice(1)];
    if (sign === "\\" && last) last.isLast = true;
    else if (left["-"] <= 0 && left["+"] <= 0) break;
    else if (sign === "-" || sign === "+") {
      if (sign === "-" && block["+"].length) endBlock();
      last = side(sign, text);
      block[sign].push(last);
      file[sign === "-" ? "removed" : "added"] += 1;
    } else if (sign === " ") {
      endBlock();
      last = side("+", text);
      rows.push({ kind: "same", text: "", old: side("-", text), now: last });
    } else break;
  }
  endBlock();
  return at - 1;
}

/** Lines that were taken out beside those that came in their place. */
const replaced = ({ "-": gone, "+": come }) => Array.from({ length: Math.max(gone.length, come.length) },
  (_, i) => ({ kind: "changed", text: "", old: gone[i] ?? null, now: come[i] ?? null }));

/** The same in one column: of lines that stand together first all that were, then all that are. @param {Row[]} rows */
export function inOneColumn(rows) {
  const found = [];
  let block = [];
  const endBlock = () => {
    for (const row of block) if (row.old) found.push({ ...row, now: null, other: row.now });
    for (const row of block) if (row.now) found.push({ ...row, old: null, other: row.old });
    block = [];
  };
  for (const row of rows) {
    if (row.kind === "changed") block.push(row);
    else {
      endBlock();
      found.push(row);
    }
  }
  endBlock();
  return found;
}
