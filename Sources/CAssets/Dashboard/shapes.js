// A file that means something beside its text: both are a click away, and so are its bytes.
import { $, fill, h, segmented, sheet } from "./dom.js";
import { source } from "./attachment.js";
import { readRange } from "./chosen.js";
import { bind } from "./keys.js";
import { notice } from "./overlay.js";
import { textViewer } from "./viewers.js";

/** Loads how all this looks. */
export const styles = () => sheet("shapes.css");

/** The bytes as they are, in a page of their own. */
export const raw = (file) =>
  h("a.btn.mini.ghost", { href: source(file), target: "_blank", rel: "noopener" }, "Raw");

/** The text of a file, from its first line on. */
export const asText = async (file, from = 1) => (await textViewer(file)).show(file, null, { from });

/** The text of a file, and above it why. */
export async function textBelow(file, reason, line = 1) {
  await styles();
  const shown = await asText(file, line);
  $(".viewtools", shown.element).before(h("div.notes", notice("warning", h("p", reason))));
  return shown;
}

/**
 * What `show` of a viewer answers: first what the file means, or its text when the address leads to a line of that.
 * @param {string} name of what it means: "Table"
 * @param {() => any} meant makes that as `show` does, with a bar `.viewtools`; called again when it is chosen again
 */
export async function shapes(file, name, meant) {
  await styles();
  const element = h("div.viewer");
  const makers = { meant, text: () => asText(file) };
  const first = readRange(location.hash, Infinity) ? "text" : "meant";
  let [shown, unbind, wanted] = [null, null, first];
  const leave = () => {
    shown?.end?.();
    unbind?.();
  };
  const choose = async (shape) => {
    wanted = shape;
    let next = null;
    try {
      next = await makers[shape]();
    } catch (error) {
      // What is shown stays, and the choice says so: the other can be chosen again.
      if (wanted === shape) $("input:not(:checked)", choice).checked = true;
      throw error;
    }
    if (wanted !== shape) return next.end?.();
    leave();
    shown = next;
    unbind = next.keys && bind(next.keys.title, next.keys.list);
    const isFocused = choice.contains(document.activeElement);
    $(".viewtools", next.element).prepend(choice);
    fill(element, next.element);
    if (isFocused) $("input:checked", choice).focus();
  };
  const choice = segmented("Show", { meant: name, text: "Text" }, first, choose);
  await choose(first);
  return { element, end: () => { wanted = ""; leave(); } };
}
