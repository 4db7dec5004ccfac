// What stands above the content of a file on its page: its name, what can be done with it, what is known of it.
import { button, h, icon } from "./dom.js";
import { Refusal, request } from "./api.js";
import { DAMAGED, filePath, source } from "./attachment.js";
import { chooseCounterpart } from "./counterparts.js";
import { entry, list } from "./lists.js";
import { copy, dialog } from "./overlay.js";
import { shareDialog } from "./shares.js";
import { agentName, channelPath, reviewPath, store } from "./store.js";
import { at, bytes, plural, span, split, when } from "./words.js";

/**
 * @param {boolean} isCompared whether another file is shown beside it
 * @param {Promise<object[]>} others what it can be compared with
 */
export function head(file, message, from, isCompared, others) {
  const [back, where] = wayBack(message, from);
  const siblings = message?.attachments ?? [];
  const place = siblings.findIndex((one) => one.id === file.id);
  const step = (way, name, turn, by) => (siblings[place + by]
    ? h("a.btn.ghost.square", { href: filePath(siblings[place + by], from), label: name, "data-way": way }, icon(turn))
    : button("", { glyph: turn, kind: "ghost", name, disabled: true }));
  return h("div.head", h("a.btn.ghost.square", { href: back, label: `Back to ${where}`, "data-way": "back" },
    icon("back")), h("h1.cut.grow", { id: "file-name", tabindex: "-1" }, file.filename),
  siblings.length > 1 && [
    h("span.quiet.small.num.wide-only", `${place + 1} of ${siblings.length}`),
    step("before", "Previous file", "left", -1), step("next", "Next file", "right", 1),
  ],
  isCompared && h("a.btn.ghost", { href: filePath(file, from), label: "Close comparison" }, icon("x"),
    h("span.wide-only", "Close comparison")),
  comparing(file, from, others),
  button("", { glyph: "link", kind: "ghost", name: "Share", on: () => shareDialog(file) }),
  h("a.btn", { href: source(file), download: file.filename, label: "Download" }, icon("download"),
    h("span.wide-only", "Download")));
}

/** What leads to a comparison, once it is known that there is something to compare with. */
function comparing(file, from, others) {
  const place = h("span", { hidden: true });
  others.then((found) => {
    if (found.length) place.replaceWith(button("", {
      glyph: "compare", kind: "ghost", name: "Compare", "data-way": "compare",
      on: () => chooseCounterpart(file, found, from),
    }));
  });
  return place;
}

const WAYS = { key: "An agent, by a key", link: "Somebody with a link" };
const DEEDS = { "file.opened": "looked at it", "file.downloaded": "downloaded it" };

/** Who has looked at the file or downloaded it, the last first. */
async function openings(file) {
  const path = `/api/files/${encodeURIComponent(file.id)}/openings?limit=50`;
  const { data, nextCursor } = await request("GET", path);
  const row = (one) => entry(one.via === "session" ? one.userEmail ?? "A user who is gone" : WAYS[one.via] ?? one.via,
    `${DEEDS[one.action] ?? one.action} ${when(at(one.at))}, from ${one.address ?? "this machine"}`);
  dialog("Who opened it", [list("Openings", data.map(row), "Nobody yet."),
    nextCursor && h("p.hint", "These are the last 50. Owners find all of them in the audit log.")],
  null, { cancel: "Close" });
}

/** Where one came from, and what it is called. */
function wayBack(message, from) {
  if (!from || message?.id !== from) return ["/files", "all files"];
  return message.review ? [reviewPath(message), "the review"] : [channelPath(message.channelId), "the channel"];
}

/** Which files are compared. */
export function comparedFacts(older, newer) {
  const one = (word, file) => h("span", `${word} `, h("a", { href: filePath(file) }, file.filename),
    file.channelId !== newer.channelId && ` in ${agentName(file.channelId)}`,
    `, ${when(at(file.createdAt))}, ${bytes(file.size)}`);
  return h("p.facts", one("From", older), one("to", newer));
}

/** What the bytes of a file say of themselves (docs/api.md, "Facts"); nothing when the server cannot say. */
async function measured(file) {
  try {
    return said((await request("GET", `/api/files/${encodeURIComponent(file.id)}?facts=true`)).facts);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return "";
  }
}

function said({ lines, errors, warnings, rows, columns, width, height, seconds, pages, entries }) {
  const parts = [
    rows === undefined ? lines !== undefined && plural(lines, "line")
      : `${plural(rows, "row")} × ${plural(columns, "column")}`,
    errors > 0 && plural(errors, "error"), warnings > 0 && plural(warnings, "warning"),
    width !== undefined && `${width} × ${height} pixels`, pages !== undefined && plural(pages, "page"),
    entries !== undefined && plural(entries, "entry", "entries"), seconds !== undefined && span(seconds * 1000),
  ];
  return parts.filter(Boolean).join(" · ");
}

export function facts(file, message) {
  const channel = h("a", { href: channelPath(file.channelId) }, agentName(file.channelId));
  const isMine = message?.senderId === store.me.id;
  const sender = message?.senderType === "user" ? (isMine ? store.me.displayName : "a user")
    : agentName(file.channelId);
  const known = h("span.num", { hidden: true });
  measured(file).then((words) => Object.assign(known, { textContent: words, hidden: !words }));
  return h("p.facts", h("span", file.mimeType), h("span.num", bytes(file.size)), known,
    h("span", message ? `sent by ${sender} in ` : "stored in ", channel, `, ${when(at(file.createdAt))}`),
    message?.review && h("a", { href: reviewPath(message) }, split(message.text)[0] || "its review"),
    file.damagedAt && h("span.error", DAMAGED),
    file.expiresAt && h("span", `in no message: it is deleted ${when(at(file.expiresAt))}`),
    h("span", button("Who opened it", { kind: "mini ghost", on: () => openings(file) })),
    h("span.wide-only", "SHA-256 ", h("code", file.sha256.slice(0, 12)), "… ", button("", {
      glyph: "copy", kind: "mini ghost", name: "Copy the digest", on: () => copy(file.sha256, "Digest copied"),
    })));
}
