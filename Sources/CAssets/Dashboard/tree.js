// JSON as a tree: folded below its first levels, found in, with the path of each value.
import { button, h, icon, newID } from "./dom.js";
import { copy, dialog } from "./overlay.js";
import { rows } from "./rows.js";
import { treeFinder } from "./tree-finder.js";
import { foldedValues } from "./tree-folds.js";
import { visible } from "./visible.js";
import { plural } from "./words.js";

/** Of a longer value the beginning is shown in its row, in characters. */
const MOST_SHOWN = 300;
/** The height of a row, in pixels; as in shapes.css. */
const TALL = 24;

/**
 * @param {import("./json.js").JSONText} json
 * @param {string} label
 */
export function tree(json, label) {
  const id = newID("value");
  const folds = foldedValues(json);
  const state = { chosen: 0, found: null };
  const list = rows(label, () => folds.numbers.length, (index) => row(json, folds, index, state, id),
    { kind: "tree", tall: TALL });
  const place = chosenBar(json, state);
  const choose = (number) => {
    state.chosen = number;
    place.draw();
    list.element.setAttribute("aria-activedescendant", `${id}-${number}`);
    list.renew();
  };
  const go = (number) => {
    folds.reveal(number);
    choose(number);
    list.reveal(folds.row(number));
  };
  const toggle = (number) => {
    folds.toggle(number);
    choose(number);
  };
  list.element.addEventListener("click", (event) => {
    const number = Number(event.target.closest("[data-value]")?.dataset.value ?? -1);
    if (number < 0) return;
    // Who has marked some text does not want it to move.
    if (folds.canFold(number) && !String(getSelection())) toggle(number);
    else choose(number);
  });
  list.element.addEventListener("keydown", (event) => move(event, json, folds, state.chosen, go, toggle));
  choose(0);
  const openTo = (depth) => () => {
    folds.openTo(depth);
    go(folds.nearest(state.chosen));
  };
  return {
    list: list.element, place: place.element, keys: place.keys, find: treeFinder(json, state, go, list),
    folds: [button("Fold", { kind: "mini ghost", name: "Fold all", on: openTo(1) }),
      button("Unfold", { kind: "mini ghost", name: "Unfold all", on: openTo(Infinity) })],
  };
}

/** Where the chosen value is, and what can be taken of it. */
function chosenBar(json, state) {
  const path = h("output.path");
  const copyPath = () => copy(json.path(state.chosen), "Path copied");
  const copyValue = () => copy(json.spelt(state.chosen), "Value copied");
  return {
    element: h("div.viewtools.place", path,
      button("Copy path", { glyph: "copy", kind: "mini ghost", on: copyPath }),
      button("Copy value", { glyph: "copy", kind: "mini ghost", on: copyValue }),
      button("Open", { kind: "mini ghost", name: "Open the value", on: () => whole(json, state.chosen) })),
    keys: [["c", "Copy the path", copyPath], ["C", "Copy the value", copyValue]],
    draw() { path.textContent = visible(json.path(state.chosen)); },
  };
}

/** The keys of a tree (ARIA Authoring Practices, "Tree View"). */
function move(event, json, folds, chosen, go, toggle) {
  const row = folds.row(chosen);
  const isOpen = folds.canFold(chosen) && folds.isOpen(row);
  const to = (index) => go(folds.numbers[Math.max(0, Math.min(folds.numbers.length - 1, index))]);
  const acts = {
    ArrowDown: () => to(row + 1), ArrowUp: () => to(row - 1), Home: () => to(0), End: () => to(Infinity),
    ArrowRight: () => (isOpen ? to(row + 1) : folds.canFold(chosen) && toggle(chosen)),
    ArrowLeft: () => (isOpen ? toggle(chosen) : json.parents[chosen] >= 0 && go(json.parents[chosen])),
    Enter: () => (folds.canFold(chosen) ? toggle(chosen) : whole(json, chosen)),
  };
  if (!acts[event.key] || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  event.preventDefault();
  acts[event.key]();
}

function row(json, folds, index, state, id) {
  const [number, level] = [folds.numbers[index], folds.levels[index]];
  const canFold = folds.canFold(number);
  const key = json.key(number);
  const isItem = key === undefined && number > 0;
  const element = h("div.node", {
    role: "treeitem", id: `${id}-${number}`, "data-value": number, "aria-level": level + 1,
    "aria-expanded": canFold ? String(folds.isOpen(index)) : null, "aria-selected": String(number === state.chosen),
    class: state.found?.has(number) ? "hit" : "",
  }, h("span.turn", canFold && icon("right")),
  key !== undefined && [h("b", visible(JSON.stringify(key).slice(1, -1)) || "“”"), ": "],
  isItem && h("span.lost", `${json.indexes[number]}: `), value(json, number, canFold && folds.isOpen(index)));
  element.style.setProperty("--level", String(level));
  return element;
}

/** A value in one line, as it is spelt; of one that is open only how much is in it. */
function value(json, number, isOpen) {
  const size = json.sizes[number];
  const start = json.text.slice(json.starts[number], Math.min(json.ends[number], json.starts[number] + MOST_SHOWN));
  if (json.isList(number) || json.isObject(number)) {
    const what = json.isList(number) ? plural(size, "item") : plural(size, "key");
    return [!isOpen && h("span.preview", visible(start.replace(/\s+/g, " "))), h("span.lost", what)];
  }
  const cut = json.ends[number] - json.starts[number] - start.length;
  const kind = start[0] === '"' ? "string" : /[tfn]/.test(start[0]) ? "word" : "number";
  // What JSON escapes without need is shown as it reads: é for \u00e9.
  const text = kind === "string" && !cut ? JSON.stringify(JSON.parse(start)) : start;
  return [h(`span.${kind}`, visible(text)), cut > 0 && h("span.lost", `… and ${plural(cut, "character")} more`)];
}

/** A value as a whole: a string with its lines. */
function whole(json, number) {
  const spelt = json.spelt(number);
  const text = spelt[0] === '"' ? JSON.parse(spelt) : spelt;
  dialog(json.path(number), h("pre.text", visible(text)), ["Copy", "", () => copy(text, "Value copied")],
    { cancel: "Close", wide: true });
}
