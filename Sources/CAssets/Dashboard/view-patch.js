// A difference (.diff, .patch): side by side on a wide window, in one column on a narrow one.
import { button, h, unseen } from "./dom.js";
import { textOf } from "./content.js";
import { inOneColumn, rowsOf } from "./patch.js";
import { rows } from "./rows.js";
import { raw, shapes, styles, textBelow } from "./shapes.js";
import { pair } from "./view-diff.js";
import { visible } from "./visible.js";
import { bytes, plural } from "./words.js";

/** A longer difference is not read as a whole, in bytes. */
const MOST = 16_000_000;
/** Words are not compared in longer lines, in characters. */
const MOST_COMPARED = 1000;
/** Rows that are shown in place. */
const PEEK_ROWS = 40;
/** From this width on the two sides have room beside each other. */
const WIDE = "(min-width: 1000px)";

export async function show(file) {
  if (file.size > MOST) return textBelow(file, `The file has more than ${bytes(MOST)}, so it is shown as text.`);
  const all = rowsOf(await textOf(file, MOST));
  const files = all.filter((row) => row.kind === "file");
  if (!all.some((row) => row.kind === "hunk")) {
    return textBelow(file, "It has no changes as diff -u and git write them, so it is shown as text.");
  }
  return shapes(file, "Changes", () => viewer(file, all, files));
}

function viewer(file, all, files) {
  const wide = matchMedia(WIDE);
  let shown = all;
  const list = rows(`${file.filename}, ${plural(files.length, "file")}`, () => shown.length,
    (index) => row(shown[index], wide.matches, index, shown.length));
  const lay = () => {
    shown = wide.matches ? all : inOneColumn(all);
    list.renew();
  };
  lay();
  wide.addEventListener("change", lay);
  list.wrap(true);
  list.element.style.setProperty("--number", `${String(lastNumber(all)).length + 2}ch`);
  const step = (by) => () => {
    const starts = shown.flatMap(({ kind }, i) => (kind === "file" ? [i] : []));
    const top = list.top();
    const next = by > 0 ? starts.find((one) => one > top) : starts.findLast((one) => one < top);
    if (next !== undefined) list.show(next, 0);
  };
  return {
    element: h("div.viewer", tools(file, files, step), list.element),
    end: () => wide.removeEventListener("change", lay),
    keys: { title: "Changes", list: [["]", "Next file", step(1)], ["[", "The file before", step(-1)],
      ["g", "First line", () => list.show(0)], ["G", "Last line", list.showEnd]] },
  };
}

function tools(file, files, step) {
  const sum = (what) => files.reduce((count, one) => count + one[what], 0);
  return h("div.viewtools",
    button("", { glyph: "left", kind: "mini ghost", name: "Previous file", on: step(-1) }),
    button("", { glyph: "right", kind: "mini ghost", name: "Next file", on: step(1) }), raw(file),
    h("output.small.num", `${plural(files.length, "file")} · `, h("span.success", `+${sum("added")}`), " ",
      h("span.error", `−${sum("removed")}`), ` · ${bytes(file.size)}`));
}

const lastNumber = (all) => all.reduce((most, { old, now }) => Math.max(most, old?.number ?? 0, now?.number ?? 0), 1);

/** The first rows in place. */
export async function peek(file) {
  await styles();
  const all = inOneColumn(rowsOf(await textOf(file, file.size)));
  const list = h("div.excerpt", { role: "list" },
    all.slice(0, PEEK_ROWS).map((one, i) => row(one, false, i, all.length)));
  list.style.setProperty("--number", `${String(lastNumber(all)).length + 2}ch`);
  return [list, all.length > PEEK_ROWS && h("p.quiet.small.pad", "This is the beginning.")];
}

function row(one, isWide, index, count) {
  const properties = { role: "listitem", "aria-setsize": count, "aria-posinset": index + 1 };
  if (one.kind === "file") {
    return h("div.patch.named", properties, h("b", visible(one.text)), h("span.num",
      h("span.success", `+${one.added}`), " ", h("span.error", `−${one.removed}`)));
  }
  if (one.kind === "hunk" || one.kind === "text") return h("div.patch.said", properties, visible(one.text) || " ");
  const { old, now } = one;
  const [was, is] = words(one);
  const isSame = one.kind === "same";
  const [gone, come] = [half(old, was, isSame ? "" : "gone"), half(now, is, isSame ? "" : "come")];
  return isWide ? h("div.patch.wide", properties, number(old), gone, number(now), come)
    : h("div.patch.slim", properties, number(old), number(now), now ? come : gone);
}

/** What was and what is, with the words marked that differ. */
function words({ kind, old, now, other }) {
  const [before, after] = [old ?? other, now ?? other].map((one) => one && visible(one.text));
  const isCompared = kind === "changed" && before && after && before.length + after.length <= MOST_COMPARED;
  return isCompared ? pair(before, after) : [before, after];
}

const number = (line) => h("span.no", { "aria-hidden": "true" }, line?.number);
const SPOKEN = { gone: "Removed: ", come: "Added: " };

/** A line on its side; nothing where the other side has one more. */
const half = (line, text, sign) => h("span.half", { class: line ? sign : "none" }, line && [
  sign && unseen(SPOKEN[sign]), text, line.isLast && h("span.lost", " no end of line"),
]);
