// What kind of question a review is, judged as the server judges it: a payload that has not the shape of its type
// takes any object as its answer, and so is shown as freeform.

import { text } from "./words.js";

export const KINDS = {
  approval: "Approval", selection: "Selection", form: "Form", "text-input": "Text", freeform: "Free form",
};
export const FIELD_TYPES = new Set([
  "text", "number", "email", "url", "textarea", "select", "checkbox", "date", "time", "datetime", "range", "password",
]);

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const haveIDs = (list) => Array.isArray(list) && list.length > 0
  && list.every((element) => isObject(element) && typeof element.id === "string");
const isScalar = (value) => ["string", "number", "boolean"].includes(typeof value);

/** What a select offers: [{value, label}]. Null when it is not in that shape. */
export function choices(field) {
  if (!Array.isArray(field.options) || !field.options.length) return null;
  const list = field.options.map((option) => (isObject(option) ? option : { value: option, label: option }));
  // One that is written as its value alone must be a string.
  const fits = ({ value }, i) => isScalar(value) && (isObject(field.options[i]) || typeof value === "string");
  return list.every(fits) ? list : null;
}

function isField(field) {
  return isObject(field) && typeof field.name === "string" && field.name !== "" && FIELD_TYPES.has(field.type)
    && (field.type !== "select" || choices(field) !== null);
}

function isForm({ fields }) {
  return Array.isArray(fields) && fields.length > 0 && fields.every(isField)
    && new Set(fields.map((field) => field.name)).size === fields.length;
}

/** @returns {keyof typeof KINDS} */
export function kindOf({ type, payload }) {
  if (type === "approval" && haveIDs(payload.options)) return type;
  if (type === "selection" && haveIDs(payload.items) && ["single", "multi"].includes(payload.mode)) return type;
  if (type === "form" && isForm(payload)) return type;
  return type === "text-input" ? type : "freeform";
}

/** What a kind is called; one that is not known is called as its agent calls it. */
export const kindName = (type) => (Object.hasOwn(KINDS, type) ? KINDS[type] : type);

/** What somebody answered, in a word. */
export function outcome({ review: { payload, response } }) {
  const option = payload.options?.find?.((one) => one?.id === response?.selectedOption);
  if (option) return text(option.label ?? option.id);
  return response?._dismissed === true ? "Dismissed" : "Answered";
}
