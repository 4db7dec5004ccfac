// Markdown as nodes. The server reads it (docs/api.md, "Markdown"): there is no HTML on the way, so none can get in.
import { button, fill, h, icon } from "./dom.js";
import { Refusal, request } from "./api.js";
import { copy } from "./overlay.js";

/** A text without any of these looks the same as Markdown. */
const SIGNS = /[*_`~#>|[\]\\&<]|^\s*([-+]|\d+[.)])\s|https?:|www\.|\n|@/m;
/** The limits of one request. */
const MOST_TEXTS = 100;
const MOST_BYTES = 200_000;
const MOST_KEPT = 500;

/** What the server made of texts, the newest last. */
const known = new Map();
/** Who waits for a text: what to do with its nodes. */
const waiting = new Map();

/** A text as it was written, until it is known what it consists of. */
export function markdown(text, spec = "div.prose") {
  const element = h(spec);
  const nodes = known.get(text);
  if (nodes) return fill(element, nodes.map(node));
  fill(element, h("p.words", text));
  if (nodes === undefined && SIGNS.test(text)) {
    if (!waiting.size) queueMicrotask(ask);
    waiting.set(text, [...(waiting.get(text) ?? []), (found) => found && fill(element, found.map(node))]);
  }
  return element;
}

/** Resolves once it is known what the texts consist of, so that they can be drawn at once as they will be. */
export async function prepare(texts) {
  const unknown = [...new Set(texts)].filter((text) => SIGNS.test(text) && !known.has(text));
  await Promise.all(batches(unknown).filter((batch) => batch.length).map(learn));
}

/** Asks for all texts that were drawn in one go. */
async function ask() {
  const asked = new Map(waiting);
  waiting.clear();
  for (const texts of batches([...asked.keys()])) {
    await learn(texts);
    for (const text of texts) for (const draw of asked.get(text)) draw(known.get(text));
  }
}

async function learn(texts) {
  try {
    const { data } = await request("POST", "/api/markdown", { texts });
    texts.forEach((text, place) => keep(text, data[place]));
  } catch (error) {
    // They stay as they were written.
    if (!(error instanceof Refusal)) throw error;
  }
}

function batches(texts) {
  const found = [[]];
  let size = 0;
  for (const text of texts) {
    // At most three bytes for each unit of UTF-16.
    size += text.length * 3;
    if (found.at(-1).length === MOST_TEXTS || (size > MOST_BYTES && found.at(-1).length)) {
      found.push([]);
      size = text.length * 3;
    }
    found.at(-1).push(text);
  }
  return found;
}

function keep(text, nodes) {
  known.set(text, nodes);
  if (known.size > MOST_KEPT) known.delete(known.keys().next().value);
}

const SHAPES = {
  paragraph: "p", item: "li", quote: "blockquote", code: "code", rule: "hr", emphasis: "em", strong: "strong",
  strikethrough: "del", lineBreak: "br",
};

/** What turns the direction of reading, and so could make a text read as another one. */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/g;
const shown = (sign) => `⟨U+${sign.charCodeAt(0).toString(16).toUpperCase()}⟩`;

function node(part) {
  if (typeof part === "string") return part.replace(TURNS, shown);
  const inside = () => part.children.map(node);
  switch (part.type) {
    // The page has its own headings; these are below them.
    case "heading": return h(`h${Math.min(6, part.level + 2)}`, inside());
    case "list": return part.start === undefined ? h("ul", inside()) : h("ol", { start: part.start }, inside());
    case "item": return part.checked === undefined ? h("li", inside())
      : h("li.task", icon(part.checked ? "check" : "box", part.checked ? "Done" : "To do"), h("div", inside()));
    case "codeBlock": return code(part);
    case "link": return link(part.url, inside());
    // Nothing of another host is loaded by itself.
    case "image": return link(part.url, [icon("image", "Picture"), " ", part.children.length ? inside() : part.url]);
    case "table": return table(part.children);
    default: return h(SHAPES[part.type] ?? "span", inside());
  }
}

const link = (url, content) =>
  url ? h("a", { href: url, target: "_blank", rel: "noopener noreferrer nofollow" }, content) : h("span", content);

function code(part) {
  const text = part.children.join("");
  return h("div.block", h("pre.code", { tabindex: "0", "data-language": part.language ?? null }, text),
    button("", { glyph: "copy", kind: "mini ghost", name: "Copy code", on: () => copy(text, "Copied") }));
}

function table(rows) {
  const row = (one) => h("tr", one.children.map((cell) => h(one.head ? "th" : "td", cell.children.map(node))));
  const head = rows.filter((one) => one.head);
  return h("div.table.box", { tabindex: "0", role: "group", label: "Table" }, h("table", h("thead", head.map(row)),
    h("tbody", rows.filter((one) => !one.head).map(row))));
}
