// Two texts line by line, and word by word within lines that were replaced.
import { h, icon, unseen } from "./dom.js";
import { plain } from "./ansi.js";
import { stepsInTurns } from "./steps.js";
import { pair } from "./view-diff.js";
import { visible } from "./visible.js";
import { plural } from "./words.js";

/** How many lines that have not changed stand around those that have. */
const CONTEXT = 3;
/** Of a longer line the beginning is shown, in characters. */
const LONG = 4096;

/**
 * What a list of changes shows (view-compare.js).
 * @param {string[]} texts
 * @param {boolean[]} cuts of which of them the last line may not be whole
 * @param {AbortSignal} signal ends the work; what is answered then is no comparison
 */
export async function changedLines(texts, cuts, signal) {
  const [before, after] = texts.map((text, place) => {
    const lines = text.split("\n");
    if (cuts[place] || lines.at(-1) === "") lines.pop();
    return lines;
  });
  const found = await stepsInTurns(before, after, signal);
  const count = (sign) => found.filter(([kind]) => kind === sign).length;
  const [added, removed] = [count("+"), count("-")];
  const isSame = !added && !removed;
  const items = isSame ? [] : itemsOf(found);
  return {
    items: () => items.flatMap((item) => (item.isOpen ? item.lines : [item])),
    lines: Math.max(before.length, after.length), row: (item, renew) => (item.lines ? fold(item, renew) : line(item)),
    words: isSame ? "All lines are the same; what differs is the coding of the text, or its end"
      : `${plural(added, "line")} added, ${removed.toLocaleString("en-US")} removed`,
  };
}

/**
 * Lines that were replaced stand together, the old ones first; each has as its mate the one in its place. Of many lines
 * that stay, those beside a change are shown, and the others are one item that can be opened.
 */
function itemsOf(found) {
  const items = [];
  let [old, now] = [0, 0];
  for (let i = 0; i < found.length;) {
    const from = i;
    const isSame = found[i][0] === " ";
    while (i < found.length && (found[i][0] === " ") === isSame) i += 1;
    const run = found.slice(from, i);
    if (isSame) {
      const same = run.map(([sign, text]) => ({ sign, text, old: (old += 1), now: (now += 1) }));
      items.push(...folded(same, from === 0 ? 0 : CONTEXT, i === found.length ? 0 : CONTEXT));
      continue;
    }
    const [gone, come] = ["-", "+"].map((sign) => run.filter(([kind]) => kind === sign).map(([, text]) => text));
    const changed = [
      ...gone.map((text, k) => ({ sign: "-", text, mate: come[k], old: (old += 1), begins: false })),
      ...come.map((text, k) => ({ sign: "+", text, mate: gone[k], now: (now += 1), begins: false })),
    ];
    changed[0].begins = true;
    for (const item of changed) items.push(item);
  }
  return items;
}

function folded(lines, head, tail) {
  if (lines.length <= head + tail + 1) return lines;
  const end = lines.length - tail;
  return [...lines.slice(0, head), { lines: lines.slice(head, end), isOpen: false }, ...lines.slice(end)];
}

function fold(item, renew) {
  const open = () => { item.isOpen = true; renew(); };
  return h("div.ln", h("button.fold", { type: "button", "aria-expanded": "false", onclick: open }, icon("right"),
    h("span.lost", `${plural(item.lines.length, "line")} unchanged`)));
}

const KINDS = { " ": ["span", "", " "], "-": ["del", "Removed: ", "−"], "+": ["ins", "Added: ", "+"] };

function line({ sign, text, mate, old, now }) {
  const [tag, spoken, mark] = KINDS[sign];
  return h(`div.ln.${tag}`, h("span.no", old), h("span.no", now), h("span.symbol", { "aria-hidden": "true" }, mark),
    h(tag, spoken && unseen(spoken), content(sign, text, mate), cut(text)));
}

/** What a terminal would show; all signs that are there, when that alone would be the same as in the line's mate. */
function content(sign, text, mate) {
  if (mate === undefined) return plain(text.slice(0, LONG));
  const lines = (sign === "-" ? [text, mate] : [mate, text]).map((one) => one.slice(0, LONG));
  const [before, after] = lines.map(plain);
  return pair(...(before === after ? lines.map(visible) : [before, after]))[sign === "-" ? 0 : 1];
}

const cut = ({ length }) => length > LONG && h("span.lost", ` … cut: the line has ${plural(length, "character")}`);
