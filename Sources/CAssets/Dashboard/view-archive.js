// What is in an archive, and one entry of it at a time, without the rest.
import { $, button, fill, h, icon } from "./dom.js";
import { plain } from "./ansi.js";
import { ask, Refusal, request } from "./api.js";
import { textOf } from "./content.js";
import { table } from "./lists.js";
import { notice } from "./overlay.js";
import { isMedia, isPicture } from "./viewers.js";
import { at, bytes, plural, when } from "./words.js";

/** So many entries are shown at first, and so many more each time. */
const PORTION = 500;
/** Of a longer text the beginning is shown, in bytes. */
const MOST = 256 * 1024;

const path = (file) => `/api/files/${encodeURIComponent(file.id)}/entries`;
const state = (glyph, title, ...content) => h("div.empty", icon(glyph), h("h2", title), content);

export async function show(file) {
  try {
    const [first, linked] = await Promise.all([request("GET", `${path(file)}?count=${PORTION}`), linkedEntry(file)]);
    return { element: archive(file, first, linked) };
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 415) throw error;
    return { element: state("zip", "What is in it cannot be listed", h("p", error.message)) };
  }
}

/** The entry that the address names (#entry-3), wherever it is in the list; nothing when there is none. */
async function linkedEntry(file) {
  const [, number] = /^#entry-([1-9]\d{0,5})$/.exec(location.hash) ?? [];
  return number && (await request("GET", `${path(file)}?from=${number}&count=1`)).entries[0];
}

/** The list, or in its place the entry that is open. */
function archive(file, first, linked) {
  const opened = h("div.viewer", { hidden: true });
  const turn = (number) => {
    history.replaceState(null, "", location.pathname + location.search + (number ? `#entry-${number}` : ""));
    opened.hidden = !number;
    list.hidden = !opened.hidden;
  };
  const open = (entry) => {
    turn(entry.number);
    fill(opened, entryView(file, entry, () => close(entry)));
    $("button", opened).focus();
  };
  const close = (entry) => {
    turn(0);
    fill(opened);
    ($(`[href="#entry-${entry.number}"]`, list) ?? $(".scroll", list)).focus();
  };
  const list = entries(file, first, open);
  if (linked) open(linked);
  return h("div.viewer", list, opened);
}

const STOPPED = {
  entries: () => "There are more entries, which the server does not list.",
  bytes: () => "It is too large to be listed to its end.",
  time: () => "It takes too long to be listed to its end.",
  damaged: ({ problem }) => `It is damaged: ${problem}`,
};

/** @param {(entry: object) => void} open */
function entries(file, first, open) {
  const known = [];
  let next = null;
  const [place, warning, count] = [h("div"), h("div"), h("output.small.num")];
  const more = button("More entries", {
    on: async () => {
      const from = next;
      const answer = await request("GET", `${path(file)}?from=${from}&count=${PORTION}`);
      // Who pressed it twice asked twice for the same.
      if (from === next) take(answer);
    },
  });
  function take(answer) {
    known.push(...answer.entries);
    next = answer.next;
    more.hidden = next === null;
    const all = plural(answer.total ?? known.length, "entry", "entries");
    count.textContent = known.length < answer.total ? `${known.length.toLocaleString("en-US")} of ${all}` : all;
    fill(place, table("Entries", ["Name", ">Size", ">Packed", ">Changed"], known.map((entry) => row(entry, open))));
    const words = next === null && STOPPED[answer.stopped]?.(answer);
    fill(warning, words && h("div.pad", notice("warning", h("p", words))));
  }
  take(first);
  return h("div.viewer", h("div.viewtools", count),
    h("div.scroll", { tabindex: "0", role: "group", label: "Entries" }, warning, place, h("div.center", more)));
}

/** Its name is made visible by the server, and is no path to anything. */
function row(entry, open) {
  const isFile = entry.kind === "file";
  const why = entry.encrypted ? "encrypted" : isFile ? "cannot be unpacked here" : entry.kind === "link" ? "a link" : "";
  const show = (event) => { event.preventDefault(); open(entry); };
  return [
    entry.opens ? h("a", { href: `#entry-${entry.number}`, onclick: show }, entry.name)
      : h("span", entry.name, why && h("span.quiet.small", ` ${why}`)),
    isFile && bytes(entry.size), isFile && entry.compressedSize !== null && bytes(entry.compressedSize),
    entry.modifiedAt && when(at(entry.modifiedAt)),
  ];
}

/** An entry by itself. */
function entryView(file, entry, close) {
  const source = `${path(file)}/${entry.number}`;
  const filename = entry.name.split(/[/\\]/).pop() || entry.name;
  const place = h("div.view", h("p.empty", { role: "status" }, "Reading…"));
  look({ filename, size: entry.size, source }).then((shown) => fill(place, shown), (error) =>
    fill(place, h("div.pad", notice("error", h("p", h("b", "It could not be read. "), error.message)))));
  return [
    h("div.viewtools", button("All entries", { glyph: "back", kind: "mini", on: close }),
      h("b.cut.small", entry.name), h("span.small.num", bytes(entry.size)),
      h("a.btn.mini", { href: source, download: filename }, icon("download"), "Download entry")),
    place,
  ];
}

/** What shows it, by its type, which its bytes tell. */
async function look(entry) {
  const answer = await ask("GET", entry.source);
  const mimeType = answer.headers.get("content-type").split(";")[0];
  await answer.body.cancel();
  const one = { ...entry, mimeType };
  const none = () => state("doc", "There is no preview for this kind of file");
  if (!isPicture(one) && !isMedia(one)) return TEXT.test(mimeType) && entry.size ? text(one) : none();
  const { show } = await (isPicture(one) ? import("./view-image.js") : import("./view-media.js"));
  const place = h("div.view");
  const { element } = await show(one, () => fill(place, state("doc", "Your browser cannot show it")));
  return fill(place, element);
}

const TEXT = /^text\/|\b(json|x-ndjson|xml|yaml|toml|sql|x-subrip)$/;

async function text(entry) {
  const lines = (await textOf(entry, MOST)).split("\n");
  const words = `This is the beginning, ${bytes(MOST)} of ${bytes(entry.size)}.`;
  const cut = entry.size > MOST && notice("info", h("p", words));
  return h("div.scroll", { tabindex: "0", role: "group", label: entry.filename },
    h("div.stack.pad", cut, h("pre.text", lines.map((line) => plain(line)).join("\n"))));
}
