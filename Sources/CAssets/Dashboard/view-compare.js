// Two files, and what has changed from the older one to the newer one.
import { button, fill, h, icon, segmented, sheet } from "./dom.js";
import { textOf } from "./content.js";
import { notice } from "./overlay.js";
import { rows } from "./rows.js";
import { isPicture } from "./viewers.js";
import { bytes } from "./words.js";

/** Of longer texts the beginnings are compared, in bytes. */
const MOST = 8 * 1024 * 1024;
/** Larger JSON is compared line by line alone, as all its values together take many times its bytes. */
const MOST_VALUES = 2 * 1024 * 1024;

const isText = ({ mimeType }) => /^text\/|\b(json|x-ndjson|xml|yaml|toml|sql|x-subrip)$/.test(mimeType);
const isJSON = ({ mimeType, size }) => /\bjson$/.test(mimeType) && size <= MOST_VALUES;

/** As a viewer shows one file: {element, keys?, end?}. */
export async function show(older, newer) {
  await sheet("compare.css");
  const both = [older, newer];
  if (older.sha256 === newer.sha256) return { element: state("check", "Both are the same, byte by byte") };
  if (both.every(isPicture)) return (await import("./compare-pictures.js")).pictures(older, newer);
  if (both.every(isText)) return texts(both);
  const [one, other] = both.map(({ size, mimeType }) => `${bytes(size)} of ${mimeType}`);
  return { element: state("compare", "Files of these kinds cannot be compared here",
    h("p", `They differ: ${one}, and ${other}.`)) };
}

const state = (glyph, title, content) => h("div.empty", icon(glyph), h("h2", title), content);

/**
 * A way to compare answers what a list shows: {items, row, words, lines}. `items` answers all of them, of which one
 * that `begins` is the first of a change; `row` makes one into an element, and is given how to draw all anew; `lines` is
 * the highest number of a line.
 */
async function texts(both) {
  const contents = await Promise.all(both.map((file) => textOf(file, MOST)));
  const cuts = both.map(({ size }) => size > MOST);
  const { changedLines } = await import("./compare-lines.js");
  const byPath = async () => (await import("./compare-values.js")).changedValues(contents);
  const values = both.every(isJSON) ? await byPath() : null;
  const list = changeList();
  /** Ends what is under way when the reader wants the other way, or leaves. */
  let work = new AbortController();
  const compare = async (way) => {
    work.abort();
    work = new AbortController();
    const { signal } = work;
    const view = way === "path" ? values : await changedLines(contents, cuts, signal);
    if (!signal.aborted) list.put(view);
  };
  const choice = values && segmented("Compare", { path: "By path", line: "By line" }, "path", compare);
  const tools = h("div.viewtools", choice, list.tools);
  const cut = cuts.includes(true)
    && notice("warning", h("p", `Of each the first ${bytes(MOST)} are compared, and the rest is not.`));
  compare(values ? "path" : "line");
  return {
    element: h("div.viewer", tools, cut, list.element), end: () => work.abort(),
    keys: { title: "Comparison", list: [
      ["n", "Next change", () => list.step(1)], ["N", "The change before", () => list.step(-1)],
      ["w", "Wrap long lines", list.wrap],
    ] },
  };
}

/** A list in which one steps from change to change. */
function changeList() {
  /** @type {any} */
  let [list, shown, items] = [null, null, []];
  /** The change where the reader stands, and the row that was on top then: later one may have scrolled. */
  let [here, top] = [-1, 0];
  const place = h("div.viewer", h("p.empty", { role: "status" }, "Comparing…"));
  const [count, sum] = [h("output.small.num", { label: "How many changes" }), h("output.small.num")];
  const steps = [["left", "Change before", -1], ["right", "Next change", 1]].map(([glyph, name, by]) =>
    button("", { glyph, name, kind: "mini ghost", disabled: true, on: () => step(by) }));
  const wrap = button("Wrap", { kind: "mini ghost", "aria-pressed": "false", on: () => {
    wrap.setAttribute("aria-pressed", String(!isWrapped()));
    list?.wrap(isWrapped());
  } });
  const isWrapped = () => wrap.getAttribute("aria-pressed") === "true";
  /** @returns {any} */
  const starts = () => items.flatMap((item, index) => (item.begins ? [index] : []));

  function goTo(index) {
    const all = starts();
    count.textContent = all.length ? `${all.indexOf(index) + 1} of ${all.length.toLocaleString("en-US")}` : "None";
    steps.forEach((one) => { one.disabled = !all.length; });
    if (!all.length) return;
    here = index;
    list.renew();
    list.show(index);
    top = list.top();
  }
  /** Behind the last change comes the first. */
  function step(by) {
    if (!list) return;
    const all = starts();
    const from = list.top() === top ? here : list.top();
    const next = by > 0 ? all.find((one) => one > from) : all.findLast((one) => one < from);
    goTo(next ?? all.at(by > 0 ? 0 : -1));
  }
  function renew() {
    const change = items[here];
    items = shown.items();
    here = items.indexOf(change);
    list.renew();
    list.element.focus({ preventScroll: true });
  }
  function row(index) {
    const element = shown.row(items[index], renew);
    element.setAttribute("role", "listitem");
    element.classList.toggle("here", index === here);
    return element;
  }
  return {
    element: place, step, wrap: () => wrap.click(),
    tools: [h("span.line.trail", h("b.small", "Changes"), count, steps), wrap, sum],
    put(view) {
      shown = view;
      items = shown.items();
      list = rows(shown.words, () => items.length, row);
      list.element.classList.add("changes");
      list.element.style.setProperty("--gutter", `${String(shown.lines).length + 1}ch`);
      sum.textContent = shown.words;
      fill(place, items.length ? list.element : state("check", shown.words));
      list.wrap(isWrapped());
      goTo(starts()[0]);
    },
  };
}
