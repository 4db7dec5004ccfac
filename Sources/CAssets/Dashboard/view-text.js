// A text as it stands in the file, and Markdown as what it means. What would change how a text reads is made visible.
import { fill, h, segmented } from "./dom.js";
import { ask } from "./api.js";
import { source } from "./attachment.js";
import { markdown } from "./markdown.js";
import { notice } from "./overlay.js";
import { bytes } from "./words.js";

/** Of a longer text the beginning is shown. */
const MOST = 256 * 1024;
/** The server reads no longer Markdown (docs/api.md, "Markdown"). */
const MOST_MARKDOWN = 64 * 1024;

const isMarkdown = (file) => file.mimeType === "text/markdown" && file.size <= MOST_MARKDOWN;

export async function show(file) {
  const text = await read(file);
  const rest = file.size > MOST
    && notice("info", h("p", `This is the beginning, ${bytes(MOST)} of ${bytes(file.size)}. Download it to have all.`));
  const place = h("div.scroll", { tabindex: "0", role: "group", label: file.filename });
  const plain = () => fill(place, h("div.stack.pad", rest, asIs(text)));
  // Its headings are below this one.
  const meant = () => fill(place, h("h2.vh", "What it says"), h("div.sheet", markdown(text)));
  if (!isMarkdown(file)) return { element: plain() };
  const choose = (shape) => (shape === "text" ? plain : meant)();
  meant();
  return {
    element: h("div.viewer", h("div.viewtools",
      segmented("Show", { meant: "Rendered", text: "Source" }, "meant", choose)), place),
  };
}

export async function peek(file) {
  const text = await read(file);
  return isMarkdown(file) ? markdown(text) : asIs(text);
}

async function read(file) {
  const range = file.size > MOST ? { range: `bytes=0-${MOST - 1}` } : {};
  const answer = await ask("GET", source(file), undefined, range);
  const [, charset] = /charset=([\w-]+)/.exec(answer.headers.get("content-type") ?? "") ?? [];
  // As of a stream: a character that was cut in two at the end is left out.
  return new TextDecoder(charset ?? "utf-8").decode(await answer.arrayBuffer(), { stream: true });
}

const asIs = (text) => h("pre.text", visible(text));

/** Control characters, but for tabs and ends of lines, those that change the direction of reading, and what has no
 * shape at all. What joins letters and emoji stays. */
const SIGNS =
  /[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu;

function visible(text) {
  return text.replaceAll("\r\n", "\n").replace(SIGNS, (sign) => {
    const code = sign.codePointAt(0);
    // Unicode has a picture for each of the oldest: ␛ for escape.
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
  });
}
