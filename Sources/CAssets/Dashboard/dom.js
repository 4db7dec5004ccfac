// Makes nodes. Nothing here, or anywhere, writes HTML as text: a hostile name stays a name.

/**
 * h("a.btn.primary", {href}, …children). A property that begins with "on" is a listener; `label` is aria-label; a
 * child or property that is null, undefined or false is left out.
 * @param {string} spec
 * @param {any} [properties] or the first child
 * @param {any[]} children
 * @returns {any} the element
 */
export function h(spec, properties, ...children) {
  const [tag, ...classes] = spec.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length) element.className = classes.join(" ");
  const isChild = properties === null || typeof properties !== "object" || properties instanceof Node
    || Array.isArray(properties);
  if (isChild) children.unshift(properties);
  else for (const [name, value] of Object.entries(properties)) set(element, name, value);
  element.append(...nodes(children));
  return element;
}

const OWN = new Set(["checked", "value", "disabled", "hidden", "open"]);

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "onsubmit") {
    element.addEventListener("submit", (event) => { event.preventDefault(); value(event); });
  } else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "class") element.classList.add(...value.split(" ").filter(Boolean));
  else if (OWN.has(name)) element[name] = value;
  else element.setAttribute(name === "label" ? "aria-label" : name, value === true ? "" : value);
}

const isShown = (child) => child !== null && child !== undefined && child !== false && child !== "";
const nodes = (children) => children.flat(9).filter(isShown);

/** Replaces what is in an element. */
export function fill(element, ...children) {
  element.replaceChildren(...nodes(children));
  return element;
}

/** @returns {any} @param {ParentNode} root */
export const $ = (selector, root = document) => root.querySelector(selector);
/** @returns {any[]} @param {ParentNode} root */
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

const sheets = new Map();

/** Loads a style sheet that comes with a view, once. */
export function sheet(name) {
  if (sheets.has(name)) return sheets.get(name);
  sheets.set(name, new Promise((resolve, reject) => {
    const fail = () => {
      sheets.delete(name);
      reject(new Error("A part of the page could not be loaded: load it again"));
    };
    const href = new URL(name, import.meta.url).pathname;
    document.head.append(h("link", { rel: "stylesheet", href, onload: resolve, onerror: fail }));
  }));
  return sheets.get(name);
}

let serial = 0;
/** An id that no other element of the page has. */
export const newID = (prefix) => `${prefix}-${++serial}`;

/** One of icons.svg, which is part of the page: decoration, unless it has a label. */
export function icon(name, label = "") {
  const element = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  element.setAttribute("class", "icon");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  element.append(use);
  if (label) {
    element.setAttribute("role", "img");
    element.setAttribute("aria-label", label);
  } else element.setAttribute("aria-hidden", "true");
  return element;
}

/**
 * A button. Without a text, `name` is what a screen reader says.
 * @param {any} [options] what is not named here is a property
 */
export function button(text, options = {}) {
  const { glyph, kind = "", name, on, type = "button", ...rest } = options;
  const shape = text ? "" : " square";
  const properties = { type, class: kind + shape, label: name, title: text ? null : name, onclick: on, ...rest };
  return h("button.btn", properties, glyph && icon(glyph), text);
}

/** Text for screen readers alone. */
export const unseen = (text) => h("span.vh", text);

/** What waits between a field and its label. */
export function labelled(text, input, hint = "") {
  input.id ||= newID("field");
  return h("div.field", h("label", { for: input.id }, text), input, hint && h("span.hint", hint));
}

/**
 * One of a few choices.
 * @param {Record<string, any>} choices what is shown, by value
 * @param {(value: any) => void} on
 */
export function segmented(label, choices, current, on) {
  const name = newID("choice");
  return h("div.seg", { role: "radiogroup", label }, Object.entries(choices).map(([value, text]) => h("label",
    h("input", { type: "radio", name, checked: value === current, onchange: () => on(value) }), text)));
}

/** Says something to screen readers without moving the focus. */
export function say(text) {
  const live = $("#say");
  live.textContent = "";
  requestAnimationFrame(() => { live.textContent = text; });
}
