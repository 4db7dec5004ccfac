// Lists of things one has, as settings show them: a name, what is known, and what can be done.
import { button, fill, h, newID } from "./dom.js";
import { copy, dialog, notice } from "./overlay.js";

export const list = (label, rows, empty = "Nothing here yet.") =>
  rows.length ? h("ul.rows.box", { role: "list", label }, rows) : h("p.quiet", empty);

export const entry = (title, below, ...actions) =>
  h("li", h("span.grow", h("b.cut", title), h("span.small.quiet", below)), actions);

/** Asks before something that cannot be taken back. */
export const sure = (title, text, label, run) => dialog(title, h("p", text), [label, "danger solid", run]);

/** Shows a secret, which nobody can see again. */
export function showOnce(title, secret, text) {
  const box = h("input.input.mono", { value: secret, readonly: true, label: title, id: newID("secret") });
  dialog(title, [
    notice("warning", h("p", "This is shown once. Copy it now: the server keeps only what it needs to know it again.")),
    h("div.with-button", box, button("Copy", { glyph: "copy", on: () => copy(secret, "Copied") })),
    text && h("p.hint", text),
  ], ["Done", "primary", () => true], { cancel: null });
}

const GIGABYTE = 1e9;

/** A box for a quota, which is empty when there is none. */
export const quotaInput = (quota) => h("input.input", {
  type: "number", min: "0", step: "any", value: quota === null ? "" : String(quota / GIGABYTE),
});

/** The quota that a box has, in bytes; null for none. */
export const quotaOf = (box) => (box.value === "" ? null : Math.round(Number(box.value) * GIGABYTE));

/** A table that scrolls by itself when it is too wide. Names that begin with ">" are of numbers. */
export function table(label, names, rows) {
  const isNumber = (name) => name.startsWith(">");
  const head = (name) => h("th", { scope: "col", class: isNumber(name) ? "n" : "" }, name.replace(">", ""));
  const cell = (value, place) => h("td", { class: isNumber(names[place]) ? "n" : "" }, value);
  return h("div.table.box", { tabindex: "0", role: "group", label }, h("table", h("thead", h("tr", names.map(head))),
    fill(h("tbody"), rows.map((row) => h("tr", row.map(cell))))));
}
