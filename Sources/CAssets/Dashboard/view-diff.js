// What has changed between two versions of a text: line by line, and word by word within lines that are alike.
import { button, h, unseen } from "./dom.js";
import { steps } from "./steps.js";
import { plural } from "./words.js";

/** How many lines that have not changed stand around those that have. */
const CONTEXT = 3;
/** Lines are alike when at least this part of their words is the same. */
const ALIKE = 1 / 3;

const words = (line) => line.match(/\s+|\S+/g) ?? [];
const isWord = (part) => part.trim() !== "";

/** Both lines as nodes, with the words that differ marked, unless nearly all of them do. */
export function pair(before, after) {
  const found = steps(words(before), words(after));
  const same = found.filter(([sign, part]) => sign === " " && isWord(part)).length;
  if (same < words(after).filter(isWord).length * ALIKE) return [before, after];
  return [side(found, "-"), side(found, "+")];
}

/** One side of the steps: neighbours that differ are one mark, with the blanks between them. */
function side(found, sign) {
  const runs = [];
  for (const [kind, part] of found.filter(([kind]) => kind === " " || kind === sign)) {
    if (runs.at(-1)?.kind === kind) runs.at(-1).text += part;
    else runs.push({ kind, text: part });
  }
  for (let i = runs.length - 2; i > 0; i -= 1) {
    if (runs[i].kind !== " " || isWord(runs[i].text)) continue;
    const text = runs.slice(i - 1, i + 2).map((run) => run.text).join("");
    runs.splice(i - 1, 3, { kind: sign, text });
  }
  const marked = (text) => [h("mark", text.trimEnd()), text.slice(text.trimEnd().length)];
  return runs.map(({ kind, text }) => (kind === " " ? text : marked(text)));
}

const LINES = { " ": ["span", "", " "], "-": ["del", "Removed: ", "−"], "+": ["ins", "Added: ", "+"] };

function row(sign, content) {
  const [tag, spoken, mark] = LINES[sign];
  return h(`div.${tag}`, h("span", { "aria-hidden": "true" }, mark), h(tag, spoken && unseen(spoken), content || " "));
}

/**
 * Two texts as one, with what was removed and what was added.
 * @returns {{element: HTMLElement, added: number, removed: number}} counted in lines
 */
export function diff(before, after) {
  const found = steps(before.split("\n"), after.split("\n"));
  const count = (sign) => found.filter(([kind]) => kind === sign).length;
  const [added, removed] = [count("+"), count("-")];
  const label = `${plural(added, "line")} added, ${removed} removed`;
  return { element: h("div.diff", { role: "group", label }, rows(found)), added, removed };
}

function rows(found) {
  const shown = [];
  for (let i = 0; i < found.length;) {
    const from = i;
    const kind = found[i][0];
    if (kind === " ") {
      while (i < found.length && found[i][0] === " ") i += 1;
      shown.push(unchanged(found.slice(from, i).map(([, line]) => line), from === 0, i === found.length));
    } else {
      while (i < found.length && found[i][0] !== " ") i += 1;
      shown.push(changed(found.slice(from, i)));
    }
  }
  return shown;
}

/** Lines that were replaced stand together, old ones first; each is compared with the one in its place. */
function changed(found) {
  const lines = (sign) => found.filter(([kind]) => kind === sign).map(([, line]) => line);
  const [gone, come] = [lines("-"), lines("+")];
  const pairs = gone.map((line, i) => (i < come.length ? pair(line, come[i]) : [line]));
  return [pairs.map(([old]) => row("-", old)), come.map((line, i) => row("+", pairs[i]?.[1] ?? line))];
}

/** Of many lines that have not changed only those beside a change are shown, and the rest when asked for. */
function unchanged(lines, isFirst, isLast) {
  const head = isFirst ? 0 : CONTEXT;
  const tail = isLast ? 0 : CONTEXT;
  const all = lines.map((line) => row(" ", line));
  if (lines.length <= head + tail + 1) return all;
  const hidden = all.slice(head, all.length - tail);
  const more = button(`${plural(hidden.length, "line")} unchanged`, {
    kind: "mini ghost", on: () => more.replaceWith(...hidden),
  });
  return [all.slice(0, head), more, all.slice(all.length - tail)];
}
