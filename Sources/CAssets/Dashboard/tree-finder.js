// Find in all values of a tree, their keys among them, and the steps from one to the next.
import { button, h } from "./dom.js";

/** More values are not counted when something is looked for. */
const MOST_FOUND = 10_000;
/** The search begins when nothing was typed for so many milliseconds. */
const PAUSE = 250;

/** The values in which a text is, in their keys or in what they say. */
function matches(json, text) {
  const wanted = text.toLowerCase();
  const isIn = (one) => one.toLowerCase().includes(wanted);
  /** As a value is spelt, and as it reads. */
  const isHit = (spelt) => isIn(spelt) || (spelt.includes("\\") && isIn(JSON.parse(spelt)));
  const found = [];
  for (let number = 0; number < json.count && found.length < MOST_FOUND; number += 1) {
    const isNested = json.isList(number) || json.isObject(number);
    if ((json.keys[number] >= 0 && isIn(json.key(number))) || (!isNested && isHit(json.spelt(number)))) {
      found.push(number);
    }
  }
  return found;
}

/**
 * @param {import("./json.js").JSONText} json
 * @param {{chosen: number, found: Set<number> | null}} state the value where the reader stands; what was found is set
 * @param {(number: number) => void} go to a value
 * @param {{element: HTMLElement, renew: () => void}} list where it is marked
 */
export function treeFinder(json, state, go, list) {
  /** @type {any} */
  let numbers = [];
  let [at, timer, sought] = [-1, 0, ""];
  const count = h("output.small.num", { label: "How many found values" });
  const field = h("input.input", {
    type: "search", label: "Find in the tree", placeholder: "Find", maxlength: "1000", spellcheck: "false",
    oninput: () => { clearTimeout(timer); timer = setTimeout(() => field.isConnected && look(), PAUSE); },
    onkeydown: press,
  });
  const steps = [["left", "Previous", -1], ["right", "Next", 1]].map(([glyph, way, by]) => button("", {
    glyph, kind: "mini ghost", name: `${way} of the found values`, disabled: true, on: () => step(by),
  }));
  function look() {
    clearTimeout(timer);
    sought = field.value;
    numbers = sought ? matches(json, sought) : [];
    at = -1;
    state.found = new Set(numbers);
    steps.forEach((one) => { one.disabled = !numbers.length; });
    if (numbers.length) step(1);
    else {
      count.textContent = sought && "None";
      list.renew();
    }
  }
  /** To the next or the one before of the chosen value; behind the last comes the first. */
  function step(by) {
    if (!numbers.length) return;
    const isFirst = at < 0;
    const next = numbers.findIndex((one) => (isFirst ? one >= state.chosen : one > state.chosen));
    const before = numbers.findLastIndex((one) => one < state.chosen);
    at = by > 0 ? Math.max(0, next) : before < 0 ? numbers.length - 1 : before;
    const all = numbers.length < MOST_FOUND ? numbers.length : `the first ${MOST_FOUND}`;
    count.textContent = `${(at + 1).toLocaleString("en-US")} of ${all.toLocaleString("en-US")}`;
    go(numbers[at]);
  }
  function press(event) {
    if (event.key === "Escape") {
      event.preventDefault();
      list.element.focus();
    }
    if (event.key !== "Enter") return;
    if (field.value === sought) step(event.shiftKey ? -1 : 1);
    else look();
  }
  return {
    element: h("search.line.find", field, h("span.line.trail", count, steps)), step,
    /** Moves the focus into the field; false when it is there already. */
    focus() {
      if (document.activeElement === field) return false;
      field.focus();
      field.select();
      return true;
    },
  };
}
