// Two texts of JSON value by value: at which paths something was added, removed or changed. Numbers are compared, and
// shown, as they are spelt.
import { h, unseen } from "./dom.js";
import { JSONFault, JSONText } from "./json.js";
import { steps } from "./steps.js";
import { pair } from "./view-diff.js";
import { visible } from "./visible.js";

/** Of a longer value the beginning is shown, in characters. */
const LONG = 1000;
/** The tables of all lists together have at most so many cells: more would take seconds. */
const MOST_CELLS = 40_000_000;

/** A number as it is spelt: 1.0 is not 1, and none is rounded. */
class Figure {
  constructor(text) { this.text = text; }
}

/** What is JSON, but cannot be compared by path. */
class Unfit extends Error {}

/**
 * What a text says.
 * @throws {JSONFault}
 * @throws {Unfit} when a key repeats, as a path would not tell which
 */
function valueOf(text) {
  const json = new JSONText(text);
  /** @type {any[]} */
  const values = [];
  for (let number = 0; number < json.count; number += 1) {
    const value = json.isList(number) ? [] : json.isObject(number) ? Object.create(null) : simple(json.spelt(number));
    values.push(value);
    const parent = values[json.parents[number]];
    if (!parent) continue;
    const key = json.key(number) ?? json.indexes[number];
    if (Object.hasOwn(parent, key)) throw new Unfit("A key repeats.");
    parent[key] = value;
  }
  return values[0];
}

const simple = (spelt) => (/^[-\d]/.test(spelt) ? new Figure(spelt) : JSON.parse(spelt));

/**
 * What a list of changes shows (view-compare.js); null when the texts are not JSON, repeat a key, are nested too deeply
 * for a browser, or would take too long.
 * @param {string[]} texts
 */
export function changedValues(texts) {
  try {
    const [before, after] = texts.map(valueOf);
    const items = changes(before, after);
    const count = (kind) => items.filter((item) => item.kind === kind).length.toLocaleString("en-US");
    return {
      items: () => items, row, lines: 0,
      words: items.length ? `${count("added")} added, ${count("removed")} removed, ${count("changed")} changed`
        : "All values are the same; what differs is how they are written down",
    };
  } catch (error) {
    if ([JSONFault, Unfit, RangeError].some((kind) => error instanceof kind)) return null;
    throw error;
  }
}

const isList = Array.isArray;
const isObject = (value) => typeof value === "object" && value !== null && !isList(value) && !(value instanceof Figure);

/** @returns {{kind: "added" | "removed" | "changed", path: string, before?: any, after?: any, begins: true}[]} */
function changes(before, after) {
  const number = numbering();
  const found = [];
  let left = MOST_CELLS;
  const spend = (cells) => {
    left -= cells;
    if (left < 0) throw new Unfit("It would take too long.");
  };
  const add = (kind, path, values) => found.push({ kind, path, ...values, begins: true });
  const compare = (a, b, path) => {
    if (number(a) === number(b)) return;
    if (isList(a) && isList(b)) compareLists(a, b, path);
    else if (isObject(a) && isObject(b)) compareObjects(a, b, path);
    else add("changed", path, { before: a, after: b });
  };
  const compareObjects = (a, b, path) => {
    for (const name of Object.keys(a)) {
      if (Object.hasOwn(b, name)) compare(a[name], b[name], path + member(name));
      else add("removed", path + member(name), { before: a[name] });
    }
    for (const name of Object.keys(b)) {
      if (!Object.hasOwn(a, name)) add("added", path + member(name), { after: b[name] });
    }
  };
  /** What tells an element from its neighbours, if it has such a thing. */
  const nameOf = (value) => {
    const name = isObject(value) ? value.id ?? value.key ?? value.name : undefined;
    return typeof name === "string" || name instanceof Figure ? number(name) : undefined;
  };
  /** Between equal elements, those of one name are compared with each other, and those without a name in turn. */
  const compareLists = (a, b, path) => {
    let [i, j, gone, come] = [0, 0, [], []];
    const settle = () => {
      const named = new Map(come.map((k) => [nameOf(b[k]), k]));
      const others = come.filter((k) => nameOf(b[k]) === undefined).values();
      const added = new Set(come);
      for (const k of gone) {
        const name = nameOf(a[k]);
        const mate = name === undefined ? others.next().value : named.get(name);
        if (added.delete(mate)) compare(a[k], b[mate], `${path}[${mate}]`);
        else add("removed", `${path}[${k}]`, { before: a[k] });
      }
      for (const k of added) add("added", `${path}[${k}]`, { after: b[k] });
      [gone, come] = [[], []];
    };
    for (const [sign] of steps(a.map(number), b.map(number), spend)) {
      if (sign === " ") settle();
      if (sign === "-") gone.push(i);
      if (sign === "+") come.push(j);
      if (sign !== "+") i += 1;
      if (sign !== "-") j += 1;
    }
    settle();
  };
  compare(before, after, "$");
  return found;
}

const member = (name) => (/^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`);

/** Equal values get equal numbers, each in one step once its parts have theirs. The order of names does not count. */
function numbering() {
  const known = new Map();
  const numbers = new WeakMap();
  const keyOf = (value) => {
    if (value instanceof Figure) return value.text;
    if (isList(value)) return `[${value.map(number)}]`;
    if (!isObject(value)) return JSON.stringify(value);
    return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${number(value[name])}`)}}`;
  };
  const number = (value) => {
    const isOld = typeof value === "object" && value !== null && numbers.has(value);
    if (isOld) return numbers.get(value);
    const key = keyOf(value);
    if (!known.has(key)) known.set(key, known.size);
    if (typeof value === "object" && value !== null) numbers.set(value, known.get(key));
    return known.get(key);
  };
  return number;
}

/** As JSON, with what is not seen made visible; of a long value the beginning. */
function written(value) {
  let text = "";
  const write = (one) => {
    if (text.length > LONG) return;
    if (one instanceof Figure) text += one.text;
    else if (isList(one)) writeAll("[", one, write, "]");
    else if (isObject(one)) {
      writeAll("{", Object.keys(one), (name) => { text += `${JSON.stringify(name)}: `; write(one[name]); }, "}");
    } else text += JSON.stringify(one);
  };
  const writeAll = (open, parts, each, close) => {
    text += open;
    for (const [place, part] of parts.entries()) {
      if (text.length > LONG) return;
      text += place ? ", " : "";
      each(part);
    }
    text += close;
  };
  write(value);
  return visible(text.length > LONG ? `${text.slice(0, LONG)} …` : text);
}

const SIGNS = {
  added: ["+", "Added: ", "ins"], removed: ["−", "Removed: ", "del"], changed: ["≠", "Changed: ", "both"],
};

function row({ kind, path, before, after }) {
  const [sign, spoken, name] = SIGNS[kind];
  const values = kind === "changed" ? pair(written(before), written(after)) : [written(before), written(after)];
  return h(`div.ln.${name}`, h("span.symbol", { "aria-hidden": "true" }, sign),
    h("span.path", unseen(spoken), visible(path)), kind !== "added" && h("del", values[0]),
    kind === "changed" && [h("span.to", { "aria-hidden": "true" }, "→"), unseen(" is now ")],
    kind !== "removed" && h("ins", values[1]));
}
