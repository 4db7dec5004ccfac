// JSON as a tree. What is longer than 16 MB, or no JSON, is shown as text.
import { h } from "./dom.js";
import { textOf } from "./content.js";
import { takeFind } from "./finder.js";
import { JSONFault, JSONText } from "./json.js";
import { raw, shapes, textBelow } from "./shapes.js";
import { tree } from "./tree.js";
import { peekText } from "./view-text.js";
import { bytes, plural } from "./words.js";

/** A longer text is not read as a whole, in bytes. */
const MOST = 16_000_000;

export async function show(file) {
  if (file.size > MOST) return textBelow(file, `The file has more than ${bytes(MOST)}, so it is shown as text.`);
  const text = await textOf(file, MOST);
  try {
    const json = new JSONText(text);
    return await shapes(file, "Tree", () => treeViewer(file, json));
  } catch (error) {
    if (!(error instanceof JSONFault)) throw error;
    return textBelow(file, `This is not JSON, so it is shown as text. ${error.message}`, error.line);
  }
}

function treeViewer(file, json) {
  const { list, place, find, folds, keys } = tree(json, file.filename);
  const tools = h("div.viewtools.logtools", find.element, folds, raw(file),
    h("output.small.num", `${plural(json.count, "value")} · ${bytes(file.size)}`));
  return {
    element: h("div.viewer", tools, list, place), end: takeFind(find.focus),
    keys: { title: "Tree", list: [
      ["/", "Find", find.focus], ["n", "Next of what was found", () => find.step(1)],
      ["N", "The one before", () => find.step(-1)], ...keys,
    ] },
  };
}

export const peek = peekText;
