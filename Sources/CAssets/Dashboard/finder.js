// Find in the whole of a log: what is typed, whether case counts, whether it is an expression.
import { button, h } from "./dom.js";
import { trail } from "./trail.js";

/** The search begins when nothing was typed for so many milliseconds. */
const PAUSE = 250;

/**
 * What to mark in the lines in view; null for nothing. The server takes any expression in linear time, a browser does
 * not: one that could take for ever here is not marked within its lines.
 */
function patternOf(text, isRegex, isExact) {
  if (!text) return null;
  const flags = isExact ? "gu" : "giu";
  if (!isRegex) return new RegExp(text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"), flags);
  const repeats = text.replaceAll("(?", "(").match(/[*+?{]/g) ?? [];
  if (repeats.length > 1 || /\)[*+?{]/.test(text)) return null;
  try { return new RegExp(text, flags); } catch { return null; }
}

/**
 * Gives Ctrl+F, or ⌘F, to a field of ours; the second time it is the browser's. Returns what ends that.
 * @param {() => boolean} focus moves the focus there; false when it is there already
 */
export function takeFind(focus) {
  const take = (event) => {
    const isFind = event.key === "f" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    if (isFind && !document.querySelector("dialog[open]") && focus()) event.preventDefault();
  };
  document.addEventListener("keydown", take);
  return () => document.removeEventListener("keydown", take);
}

/**
 * @param {{element: HTMLElement, renew: () => void}} list where hits are marked
 * @param {() => number} here as for `trail`
 * @param {(number: number) => void} go
 * @param {() => void} onChange as for `trail`
 */
export function finder(file, list, here, go, onChange = () => {}) {
  let [pattern, timer, sought] = [null, 0, ""];
  const found = trail(file, "found lines", here, go, onChange);
  const field = h("input.input", {
    type: "search", label: "Find in the log", placeholder: "Find", maxlength: "1000", spellcheck: "false",
    oninput: () => { clearTimeout(timer); timer = setTimeout(look, PAUSE); }, onkeydown: press,
  });
  const choice = (text, name) => {
    const element = button(text, { kind: "mini ghost", name, title: name, "aria-pressed": "false", on: () => {
      element.setAttribute("aria-pressed", String(!isOn(element)));
      look();
    } });
    return element;
  };
  const isOn = (element) => element.getAttribute("aria-pressed") === "true";
  const exact = choice("Aa", "Match case");
  const regex = choice(".*", "Regular expression (RE2)");
  const state = () => JSON.stringify([field.value, isOn(exact), isOn(regex)]);

  function look() {
    clearTimeout(timer);
    if (state() === sought) return;
    sought = state();
    pattern = patternOf(field.value, isOn(regex), isOn(exact));
    list.renew();
    found.look(field.value ? { grep: field.value, regex: isOn(regex), case: isOn(exact) } : null, { isGoing: true });
  }
  function press(event) {
    if (event.key === "Escape") {
      event.preventDefault();
      list.element.focus();
    }
    if (event.key !== "Enter") return;
    if (state() === sought) found.step(event.shiftKey ? -1 : 1);
    else look();
  }
  return {
    element: h("search.line.find", field, exact, regex, found.element), step: found.step, numbers: found.numbers,
    stop() {
      clearTimeout(timer);
      found.stop();
    },
    pattern: () => pattern,
    /** Moves the focus into the field; false when it is there already. */
    focus() {
      if (document.activeElement === field) return false;
      field.focus();
      field.select();
      return true;
    },
  };
}
