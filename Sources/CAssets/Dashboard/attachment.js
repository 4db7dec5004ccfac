// A file of a message: what is known of it, the picture if it is one, and the download.
import { h, icon } from "./dom.js";
import { dialog } from "./overlay.js";
import { bytes } from "./words.js";

const PICTURES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"]);
/** A larger picture is not loaded before somebody asks for it. */
const MOST_SHOWN = 20_000_000;

const source = (file) => `/api/files/${encodeURIComponent(file.id)}/download`;

/** The icon of a media type. */
export function glyph(type) {
  const [family] = type.split("/");
  if (["image", "video", "audio"].includes(family)) return family;
  if (type === "application/pdf") return "pdf";
  if (type === "text/csv") return "table";
  return /zip|tar|gzip/.test(type) ? "zip" : "doc";
}

function look(file) {
  const download = h("a.btn", { href: source(file), download: file.filename }, icon("download"), "Download");
  dialog(file.filename, [h("div.stage", h("img", { src: source(file), alt: file.filename })), h("div", download)], null,
    { cancel: "Close", wide: true });
}

/** A file as a card, or as its name alone: a picture opens, anything else is downloaded. */
export function card(file, { isPlain = false } = {}) {
  const isPicture = PICTURES.has(file.mimeType);
  const thumb = isPicture && file.size <= MOST_SHOWN
    ? h("img", { src: source(file), alt: "", loading: "lazy" }) : icon(glyph(file.mimeType));
  const content = isPlain ? file.filename : [
    h("span.thumb", thumb),
    h("span", h("b.cut", file.filename), h("span.quiet.small.num", `${bytes(file.size)} · ${file.mimeType}`)),
  ];
  const shape = isPlain ? "a" : "a.att";
  if (!isPicture) {
    const label = `Download ${file.filename}, ${bytes(file.size)}`;
    return h(shape, { href: source(file), download: file.filename, label }, content);
  }
  const open = (event) => { event.preventDefault(); look(file); };
  return h(shape, { href: source(file), label: `Look at ${file.filename}`, onclick: open }, content);
}

/** The files of a message side by side; null without any. */
export function attachments(files) {
  return files.length ? h("ul.strip", { label: "Attachments" }, files.map((file) => h("li", card(file)))) : null;
}
