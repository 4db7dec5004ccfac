// A text: Markdown as what it means, another by its lines.
import { h } from "./dom.js";
import { textOf } from "./content.js";
import { markdown } from "./markdown.js";
import { asText, raw, shapes } from "./shapes.js";
import { visible } from "./visible.js";

/** Of a longer text the beginning is shown in place. */
const MOST = 256 * 1024;
/** The server reads no longer Markdown (docs/api.md, "Markdown"). */
const MOST_MARKDOWN = 64 * 1024;

const isMarkdown = (file) => file.mimeType === "text/markdown" && file.size <= MOST_MARKDOWN;

export async function show(file) {
  if (!isMarkdown(file)) return asText(file);
  const text = await textOf(file, MOST_MARKDOWN);
  return shapes(file, "Rendered", () => ({
    // Its headings are below this one.
    element: h("div.viewer", h("div.viewtools", raw(file)), h("div.scroll", {
      tabindex: "0", role: "group", label: file.filename,
    }, h("h2.vh", "What it says"), h("div.sheet", markdown(text)))),
  }));
}

export async function peekText(file) {
  const text = await textOf(file, MOST);
  if (isMarkdown(file)) return markdown(text);
  return [h("pre.text", visible(text.replaceAll("\r\n", "\n"))),
    file.size > MOST && h("p.quiet.small", "This is the beginning.")];
}

export const peek = peekText;
