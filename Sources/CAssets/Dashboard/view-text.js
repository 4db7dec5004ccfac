// A text as it stands in the file, and Markdown as what it means.
import { fill, h, segmented } from "./dom.js";
import { ask } from "./api.js";
import { source } from "./attachment.js";
import { markdown } from "./markdown.js";
import { notice } from "./overlay.js";
import { visible } from "./visible.js";
import { bytes } from "./words.js";

/** Of a longer text the beginning is shown. */
const MOST = 256 * 1024;
/** The server reads no longer Markdown (docs/api.md, "Markdown"). */
const MOST_MARKDOWN = 64 * 1024;

const isMarkdown = (file) => file.mimeType === "text/markdown" && file.size <= MOST_MARKDOWN;

export async function show(file) {
  const text = await read(file);
  if (file.mimeType === "text/plain" && text.includes("\x1b[")) return (await import("./view-log.js")).show(file);
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

/** The text of a file, or its beginning of so many bytes. */
export async function read(file, most = MOST) {
  const range = file.size > most ? { range: `bytes=0-${most - 1}` } : {};
  const answer = await ask("GET", source(file), undefined, range);
  const [, charset] = /charset=([\w-]+)/.exec(answer.headers.get("content-type") ?? "") ?? [];
  // As of a stream: a character that was cut in two at the end is left out.
  return new TextDecoder(charset ?? "utf-8").decode(await beginning(answer.body, most), { stream: true });
}

/** An entry of an archive has no ranges: what is not wanted is not read. */
async function beginning(body, most) {
  const reader = body.getReader();
  const parts = [];
  for (let size = 0; size < most;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    size += value.length;
  }
  reader.cancel();
  return new Blob(parts).slice(0, most).arrayBuffer();
}

const asIs = (text) => h("pre.text", visible(text.replaceAll("\r\n", "\n")));
