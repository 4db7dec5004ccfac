// Single keys: one listener, and what each view has bound. They choose and move, and never send: Enter does.
import { h } from "./dom.js";
import { dialog } from "./overlay.js";

const SETTING = "placet.keys";
/** @type {{title: string, keys: [string, string, (event: KeyboardEvent) => void][]}[]} */
let bound = [];

/** Whether single keys work. Who speaks to the device, or hits keys by accident, turns them off (WCAG 2.2, 2.1.4). */
export const singleKeys = {
  get on() { return localStorage.getItem(SETTING) !== "off"; },
  set on(value) { localStorage.setItem(SETTING, value ? "on" : "off"); },
};

/**
 * Binds keys, each with what it does, until the function that is returned is called. What is bound last wins. "1–9"
 * stands for nine keys.
 * @param {[string, string, (event: KeyboardEvent) => void][]} keys
 */
export function bind(title, keys) {
  const scope = { title, keys };
  bound.push(scope);
  return () => { bound = bound.filter((one) => one !== scope); };
}

const isTyped = (element) =>
  element.closest?.("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=range])");

function press(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (!singleKeys.on || isTyped(event.target) || document.querySelector("dialog[open]")) return;
  const name = /^[1-9]$/.test(event.key) ? "1–9" : event.key;
  const found = [...bound].reverse().flatMap((scope) => scope.keys).find(([key]) => key === name);
  if (!found) return;
  event.preventDefault();
  found[2](event);
}

/** What can be pressed here. */
export const keyList = () => h("dl.keys", bound.flatMap((scope) => scope.keys).flatMap(([key, what]) =>
  [h("dt", h("kbd", key)), h("dd", what)]));

export function startKeys() {
  document.addEventListener("keydown", press);
  bind("Everywhere", [["?", "What can be pressed", () => dialog("Keys", [
    keyList(), h("p.hint", "Ctrl or ⌘ with Enter sends what is written. Settings can turn single keys off."),
  ], null, { cancel: "Close" })]]);
}
