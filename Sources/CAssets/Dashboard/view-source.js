// A text by its lines, in light colours when it is source: up to 256 KiB. What is longer is read as a log.
import { button, h } from "./dom.js";
import { painted } from "./ansi.js";
import { chosenLines, readRange, writtenRange } from "./chosen.js";
import { textOf } from "./content.js";
import { finder, takeFind } from "./finder.js";
import { painter } from "./paint.js";
import { rows } from "./rows.js";
import { raw, styles } from "./shapes.js";
import { visible } from "./visible.js";
import { bytes, plural } from "./words.js";

/** Longer lines have no colours, in characters. */
const MOST_PAINTED = 2000;

/** Opens at the line that the address names, else at `from`. */
export async function show(file, _fail, { from = 1 } = {}) {
  const text = await textOf(file, file.size);
  if (file.mimeType === "text/plain" && text.includes("\x1b[")) return (await import("./view-log.js")).show(file);
  await styles();
  const lines = linesOf(text);
  const painting = painter(file);
  const view = viewer(file, painting ? colours(lines, painting) : lines.map((line) => [["", line]]));
  const linked = readRange(location.hash, lines.length);
  if (linked) view.chosen.set(linked);
  else view.go(from, from > 1);
  const { tools, keys } = controls(file, lines.length, view, !painting);
  const leaveFind = takeFind(view.find.focus);
  return {
    element: h("div.viewer", tools, view.list.element), keys: { title: "Text", list: keys },
    end: () => { leaveFind(); view.find.stop(); },
  };
}

/** The bar above the lines, and what keys do. */
function controls(file, count, { list, find, chosen }, isWrapped) {
  const wrap = button("Wrap", { kind: "mini ghost", "aria-pressed": String(isWrapped), on: () => {
    const isOn = wrap.getAttribute("aria-pressed") !== "true";
    wrap.setAttribute("aria-pressed", String(isOn));
    list.wrap(isOn);
  } });
  list.wrap(isWrapped);
  const tools = h("div.viewtools.logtools", find.element, wrap,
    button("Line…", { kind: "mini ghost", name: "Go to line", on: chosen.ask }), chosen.element, raw(file),
    h("output.small.num", `${plural(count, "line")} · ${bytes(file.size)}`));
  return { tools, keys: [
    ["/", "Find", find.focus], ["n", "Next of what was found", () => find.step(1)],
    ["N", "The one before", () => find.step(-1)], ["g", "First line", () => list.show(0)],
    ["G", "Last line", list.showEnd], [":", "Go to line", chosen.ask],
    ["w", "Wrap long lines", () => wrap.click()], ["c", "Copy the chosen lines", chosen.copy],
  ] };
}

/** The lines as the server counts them (docs/api.md, "Lines of a text"). */
function linesOf(text) {
  const lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** The parts of all lines, [[kind, text], …] each. */
function colours(lines, painting) {
  let open = "";
  return lines.map((line) => {
    if (line.length > MOST_PAINTED) return [["", line]];
    const found = painting(line, open);
    open = found.open;
    return found.parts;
  });
}

function viewer(file, lines) {
  const view = {
    /** The line where the reader stands; 0 when that is what is in view. */
    here: 0,
    list: rows(`${file.filename}, ${plural(lines.length, "line")}`, () => lines.length,
      (index) => row(view, lines, index)),
    go(number, isChosen = true) {
      view.here = isChosen ? number : 0;
      view.list.renew();
      view.list.show(number - 1);
    },
    chosen: null, find: null,
  };
  const here = () => view.here || view.list.top() + 1;
  view.chosen = chosenLines(file, lines.length, view.go, view.list.renew);
  view.find = finder(file, view.list, here, view.go);
  view.list.element.style.setProperty("--gutter", `${String(lines.length).length + 3}ch`);
  return view;
}

function row(view, lines, index) {
  const number = index + 1;
  const is = { on: view.chosen.has(number), here: number === view.here };
  const parts = lines[index].map(([kind, text]) => [visible(text), kind]);
  return h("div.ln", {
    role: "listitem", "aria-setsize": lines.length, "aria-posinset": number,
    class: Object.keys(is).filter((name) => is[name]).join(" "),
  }, h("a", {
    href: writtenRange([number]), tabindex: "-1", label: `Line ${number}`,
    onclick: (event) => { event.preventDefault(); view.chosen.pick(number, event.shiftKey); },
  }, number), h("span", painted(parts, view.find.pattern(), (content, kind) =>
    (kind ? h("span", { class: kind }, content) : content))));
}
