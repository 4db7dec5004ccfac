// A file of a message where it hangs: what is known of it, the picture if it is one, the way to its page.
import { fill, h, icon } from "./dom.js";
import { peekOf } from "./viewers.js";
import { bytes } from "./words.js";

const THUMBS = /^image\/(png|jpeg|gif|webp|avif)$/;
/** A larger picture is not loaded before somebody asks for it. */
const MOST_SHOWN = 20_000_000;
/** So many texts of a message are shown in place. */
const MOST_PEEKS = 3;

/** What is said of a file whose bytes are no longer those that were stored. */
export const DAMAGED = "Damaged on the server's disk. Upload it again to mend it.";

/** Where the bytes of a file are, or those of an entry of an archive, which says so itself. */
export const source = (file) => file.source ?? `/api/files/${encodeURIComponent(file.id)}/download`;
/** Where a file is shown, or compared with an older one. The page leads back to the message that is named. */
export function filePath(file, from = "", older = "") {
  const query = new URLSearchParams({ ...(from && { from }), ...(older && { compare: older }) });
  return `/files/${encodeURIComponent(file.id)}${String(query) && `?${query}`}`;
}

/** The icon of a media type. */
export function glyph(type) {
  const [family] = type.split("/");
  if (["image", "video", "audio"].includes(family)) return family;
  if (type === "application/pdf") return "pdf";
  if (type === "text/csv") return "table";
  return /zip|tar|gzip/.test(type) ? "zip" : "doc";
}

/** A file as a card that leads to its page. */
export function card(file, from = "") {
  const isShown = THUMBS.test(file.mimeType) && file.size <= MOST_SHOWN && !file.damagedAt;
  const thumb = isShown ? h("img", { src: source(file), alt: "", loading: "lazy" }) : icon(glyph(file.mimeType));
  return h("a.att", { href: filePath(file, from) }, h("span.thumb", thumb),
    h("span", h("b.cut", file.filename), file.damagedAt ? h("span.error.small", DAMAGED)
      : h("span.quiet.small.num", `${bytes(file.size)} · ${file.mimeType}`)));
}

/** The files of a message side by side, and below them its short texts; null without any. */
export function attachments({ id, attachments: files }) {
  if (!files.length) return null;
  return [
    h("ul.strip", { label: "Attachments" }, files.map((file) => h("li", card(file, id)))),
    files.filter(peekOf).slice(0, MOST_PEEKS).map((file) => peek(file, id)),
  ];
}

/** A short text in place. It is read when it comes into view. */
function peek(file, from) {
  const place = h("div.inside", { tabindex: "0", role: "group", label: file.filename }, h("p.quiet.small", "Reading…"));
  const observer = new IntersectionObserver(async ([entry]) => {
    if (!entry.isIntersecting) return;
    observer.disconnect();
    try {
      const { peek: look } = await peekOf(file)();
      fill(place, await look(file, from));
    } catch (error) {
      fill(place, h("p.error.small", `It could not be read: ${error.message}`));
    }
  });
  observer.observe(place);
  return h("section.peek", h("a.line.small", { href: filePath(file, from) }, icon(glyph(file.mimeType)),
    h("span.cut", file.filename)), place);
}
