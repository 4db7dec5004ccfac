// The fields of a form review: twelve types, checked here as the server checks them.
import { $, h, icon, newID } from "./dom.js";
import { choices } from "./kinds.js";
import { text } from "./words.js";

const isNumber = (field) => field.type === "number" || field.type === "range";
const finite = (value) => (typeof value === "number" ? value : undefined);

function control(field, id, saved) {
  const value = saved ?? field.defaultValue ?? "";
  const common = {
    id, "data-field": field.name, "aria-required": field.required === true ? "true" : null,
    "aria-describedby": `${id}-hint ${id}-fault`, placeholder: field.placeholder && text(field.placeholder),
  };
  if (field.type === "textarea") return h("textarea.input", { ...common, value: text(value) });
  if (field.type === "select") {
    // The values of options may be numbers: the number of the option stands for them.
    const isChosen = (option, i) => (saved === undefined ? option.value === field.defaultValue : String(i) === saved);
    const options = choices(field).map((option, i) =>
      h("option", { value: String(i), selected: isChosen(option, i) }, text(option.label)));
    return h("select.input", common, h("option", { value: "" }, "Choose…"), options);
  }
  const type = field.type === "datetime" ? "datetime-local" : field.type;
  const bounds = isNumber(field)
    ? { min: finite(field.min), max: finite(field.max), step: field.step > 0 ? field.step : "any" } : {};
  return h("input.input", {
    ...common, ...bounds, type, autocomplete: field.type === "password" ? "off" : null, value: text(value),
  });
}

/** One field with its label, hint and place for what is wrong. `saved` is its text from a draft. */
export function formField(field, saved) {
  const id = newID("field");
  const hint = h("span.hint", { id: `${id}-hint` }, field.description && text(field.description));
  const fault = h("span.fault", { id: `${id}-fault`, "aria-live": "polite" });
  const label = text(field.label ?? field.name);
  if (field.type === "checkbox") {
    const checked = saved ?? field.defaultValue === true;
    const hints = `${id}-hint`;
    const box = h("input", { type: "checkbox", id, "data-field": field.name, checked, "aria-describedby": hints });
    return h("div.field.full", h("label.line", box, label), hint, fault);
  }
  const input = control(field, id, saved);
  const name = h("label", { for: id }, label, field.required === true && h("span.quiet", " (required)"));
  const unit = field.unit ? text(field.unit) : "";
  const isRange = field.type === "range";
  const shown = isRange ? h("output.num", { for: id }) : unit && h("span.quiet", unit);
  if (isRange) {
    const tell = () => { shown.textContent = `${input.value} ${unit}`; };
    input.addEventListener("input", tell);
    tell();
  }
  const width = field.type === "textarea" ? "full" : "";
  return h("div.field", { class: width }, name, shown ? h("div.with-unit", input, shown) : input, hint, fault);
}

/** The sentence for what is wrong with a value; empty when nothing is. */
function problem(field, input) {
  if (input.validity.badInput) return "This is not complete.";
  if (input.value === "") return field.required === true ? "An answer is needed." : "";
  if (field.type === "email" && !/^[^@\s]+@[^@\s]+$/.test(input.value)) {
    return "Write an address like name@example.org.";
  }
  if (field.type === "url" && !/^https?:\/\/[^\s/?#]/i.test(input.value)) return "Begin with https:// or http://.";
  if (!isNumber(field)) return "";
  const { rangeUnderflow, rangeOverflow, stepMismatch } = input.validity;
  if (rangeUnderflow) return `At least ${field.min}.`;
  if (rangeOverflow) return `At most ${field.max}.`;
  return stepMismatch ? `In steps of ${field.step}${field.min === undefined ? "" : ` from ${field.min}`}.` : "";
}

function valueOf(field, input) {
  if (field.type === "checkbox") return input.checked;
  if (input.value === "") return null;
  if (field.type === "select") return choices(field)[Number(input.value)].value;
  return isNumber(field) ? Number(input.value) : input.value;
}

const inputOf = (root, field) => $(`[data-field="${CSS.escape(field.name)}"]`, root);

/** Shows a sentence at a field; an empty one takes it away. */
export function blame(root, field, sentence) {
  const input = inputOf(root, field);
  $(`#${input.id}-fault`, root).replaceChildren(...(sentence ? [icon("error"), sentence] : []));
  input.setAttribute("aria-invalid", sentence ? "true" : "false");
  return input;
}

/** The response; or null, with what is wrong shown and the focus on the first field at fault. */
export function readForm(root, fields) {
  const values = [];
  let first = null;
  for (const field of fields) {
    const sentence = field.type === "checkbox" ? "" : problem(field, inputOf(root, field));
    const input = blame(root, field, sentence);
    if (sentence) first ||= input;
    else values.push([field.name, valueOf(field, input)]);
  }
  first?.focus();
  return first ? null : Object.fromEntries(values);
}

/** What is typed, for a draft: text by name, without passwords. */
export function formDraft(root, fields) {
  const kept = fields.filter((field) => field.type !== "password").map((field) => {
    const input = inputOf(root, field);
    return [field.name, field.type === "checkbox" ? input.checked : input.value];
  });
  return Object.fromEntries(kept.filter(([, value]) => value !== "" && value !== false));
}
