// JSON line by line, of any length: the lines as they stand, and the tree of the one that is chosen.
import { button, fill, h } from "./dom.js";
import { nodes } from "./ansi.js";
import { chosenLines, readRange, writtenRange } from "./chosen.js";
import { textAt } from "./content.js";
import { finder, takeFind } from "./finder.js";
import { JSONFault, JSONText } from "./json.js";
import { ask, linesOf, range } from "./lines.js";
import { weight } from "./markers.js";
import { rows } from "./rows.js";
import { raw, styles } from "./shapes.js";
import { tree } from "./tree.js";
import { peekText } from "./view-text.js";
import { bytes, plural } from "./words.js";

/** Of a longer line there is no tree, in bytes. */
const MOST = 16_000_000;
/** Of a longer line the beginning is in its row, in characters. */
const MOST_SHOWN = 2000;

export async function show(file) {
  await styles();
  const { total } = await ask(file, { count: 1 });
  const below = h("section.below", { label: "The chosen line" });
  const view = viewer(file, total, below);
  const linked = readRange(location.hash, total);
  if (linked) view.chosen.set(linked);
  else await view.go(1);
  const { list, find, chosen } = view;
  const leaveFind = takeFind(find.focus);
  const tools = h("div.viewtools.logtools", find.element,
    button("Line…", { kind: "mini ghost", name: "Go to line", on: chosen.ask }), chosen.element, raw(file),
    h("output.small.num", `${plural(total, "line")} · ${bytes(file.size)}`));
  const step = (by) => () => pick(view, Math.max(1, Math.min(total, view.here + by)));
  return {
    element: h("div.viewer", tools, list.element, below), end: () => { leaveFind(); find.stop(); },
    keys: { title: "Lines", list: [
      ["j", "Next line", step(1)], ["k", "The one before", step(-1)], ["/", "Find", find.focus],
      ["n", "Next of what was found", () => find.step(1)], ["N", "The one before", () => find.step(-1)],
      [":", "Go to line", chosen.ask], ["c", "Copy the chosen lines", chosen.copy],
    ] },
  };
}

/** The list of lines, and what moves in it; `below` shows the line where the reader stands. */
function viewer(file, total, below) {
  const lines = linesOf(file, total, () => view.list.renew((element) => element.classList.contains("waiting")));
  const view = {
    here: 1,
    list: rows(`${file.filename}, ${plural(total, "line")}`, () => total,
      (index) => row(view, lines.at(index), index + 1, total)),
    async go(number) {
      view.here = number;
      view.list.renew();
      view.list.reveal(number - 1);
      const content = await parsed(file, number);
      if (view.here === number) fill(below, content);
    },
    chosen: null, find: null,
  };
  view.chosen = chosenLines(file, total, view.go, view.list.renew);
  view.find = finder(file, view.list, () => view.here, view.go);
  view.list.element.style.setProperty("--gutter", `${String(total).length + 3}ch`);
  return view;
}

function pick(view, number, isMore = false) {
  view.chosen.pick(number, isMore);
  view.go(number);
}

function row(view, line, number, total) {
  const kind = line ? weight(line.text) : "";
  const is = {
    waiting: !line, bad: kind === "error", poor: kind === "warning", on: view.chosen.has(number),
    here: number === view.here,
  };
  return h("div.ln", {
    role: "listitem", "aria-setsize": total, "aria-posinset": number,
    class: Object.keys(is).filter((name) => is[name]).join(" "),
  }, h("a", {
    href: writtenRange([number]), label: `Line ${number}${kind && `, ${kind}`}`,
    onclick: (event) => { event.preventDefault(); pick(view, number, event.shiftKey); },
  }, number), line && h("span", nodes(line.text.slice(0, MOST_SHOWN), view.find.pattern()),
    line.text.length > MOST_SHOWN && h("span.lost", ` … cut: the line has ${bytes(sizeOf(line))}`)));
}

/** Of a line that the server gave as a whole it does not say how long it is. */
const sizeOf = (line) => line.cut ?? new Blob([line.text]).size;

/** The tree of a line, or why it has none. */
async function parsed(file, number) {
  const [line] = await range(file, number, number);
  const heading = (what) => h("h2.small", `Line ${number.toLocaleString("en-US")}`, what);
  if (!line.text.trim()) return heading(" is empty.");
  if (line.cut > MOST) return heading(` has ${bytes(line.cut)}: more than ${bytes(MOST)} are not read.`);
  try {
    // Of a long line the server gave the beginning.
    const text = line.cut ? await textAt(file, line.offset, line.cut) : line.text;
    const { list, place } = tree(new JSONText(text), `Line ${number}`);
    return [heading(""), list, place];
  } catch (error) {
    if (!(error instanceof JSONFault)) throw error;
    return heading(` is not JSON. ${error.message}`);
  }
}

export const peek = peekText;
