// The page of one file: what is known of it, what is in it, and the way back.
import { $, button, fill, h, icon } from "./dom.js";
import { ask, Refusal, request } from "./api.js";
import { DAMAGED, filePath, glyph, source } from "./attachment.js";
import { bind } from "./keys.js";
import { entry, list } from "./lists.js";
import { copy, dialog, notice } from "./overlay.js";
import { shareDialog } from "./shares.js";
import { agentName, channelPath, read, reviewPath, store, tell } from "./store.js";
import { at, bytes, split, when } from "./words.js";
import { viewerOf } from "./viewers.js";

export function filePage(main, [, id]) {
  const view = { title: "File", isOver: false, unbind: [] };
  const from = new URLSearchParams(location.search).get("from") ?? "";
  fill(main, h("p.empty", { role: "status" }, "Reading…"));
  open(main, view, id, from);
  return Object.assign(view, { end: () => { view.isOver = true; view.unbind.forEach((one) => one()); } });
}

async function open(main, view, id, from) {
  const file = await found(`/api/files/${encodeURIComponent(id)}`);
  const message = file?.messageId ? await read(file.messageId) : null;
  if (view.isOver) return;
  if (!file) return missing(main);
  const content = h("div.view");
  fill(main, h("article.pane", { "aria-labelledby": "file-name" }, head(file, message, from), facts(file, message),
    content));
  $("#file-name").focus({ preventScroll: true });
  view.title = file.filename;
  tell({ name: "title" });
  const press = (part) => () => $(`[data-way="${part}"]`, main)?.click();
  view.unbind.push(bind("File", [
    ["u", "Back", press("back")], ["l", "Next file of the message", press("next")],
    ["h", "The one before", press("before")],
  ]));
  await look(view, file, content);
}

/** What is at a path of the API; null when there is nothing for us. */
async function found(path) {
  try {
    return await request("GET", path);
  } catch (error) {
    if (!(error instanceof Refusal) || ![400, 403, 404].includes(error.status)) throw error;
    return null;
  }
}

function missing(main) {
  fill(main, h("div.empty", icon("files"), h("h1", "This file is not here"),
    h("p", "It was deleted, alone or with its message."), h("a.btn", { href: "/files" }, "All files")));
}

function head(file, message, from) {
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
  button("", { glyph: "link", kind: "ghost", name: "Share", on: () => shareDialog(file) }),
  h("a.btn", { href: source(file), download: file.filename, label: "Download" }, icon("download"),
    h("span.wide-only", "Download")));
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

function facts(file, message) {
  const channel = h("a", { href: channelPath(file.channelId) }, agentName(file.channelId));
  const isMine = message?.senderId === store.me.id;
  const sender = message?.senderType === "user" ? (isMine ? store.me.displayName : "a user")
    : agentName(file.channelId);
  return h("p.facts", h("span", file.mimeType), h("span.num", bytes(file.size)),
    h("span", message ? `sent by ${sender} in ` : "stored in ", channel, `, ${when(at(file.createdAt))}`),
    message?.review && h("a", { href: reviewPath(message) }, split(message.text)[0] || "its review"),
    file.damagedAt && h("span.error", DAMAGED),
    file.expiresAt && h("span", `in no message: it is deleted ${when(at(file.expiresAt))}`),
    h("span", button("Who opened it", { kind: "mini ghost", on: () => openings(file) })),
    h("span.wide-only", "SHA-256 ", h("code", file.sha256.slice(0, 12)), "… ", button("", {
      glyph: "copy", kind: "mini ghost", name: "Copy the digest", on: () => copy(file.sha256, "Digest copied"),
    })));
}

/** Shows what is in a file, or why that cannot be seen. */
async function look(view, file, content) {
  const load = viewerOf(file);
  if (!file.size) return fill(content, state("doc", "This file is empty"));
  if (!load) return fill(content, state(glyph(file.mimeType), "There is no preview for this kind of file", download(file)));
  const fail = async (error) => {
    const reason = await trouble(file, error);
    if (!view.isOver) fill(content, reason);
  };
  fill(content, h("p.empty", { role: "status" }, "Reading…"));
  try {
    const { show } = await load();
    const { element, keys, end } = await show(file, fail);
    if (end) view.unbind.push(end);
    if (view.isOver) return end?.();
    if (keys) view.unbind.push(bind(keys.title, keys.list));
    return fill(content, element);
  } catch (error) {
    return fail(error);
  }
}

const download = (file) => [
  h("p", `Download it only if you trust ${agentName(file.channelId)}.`),
  h("a.btn", { href: source(file), download: file.filename }, icon("download"), "Download"),
];

const state = (name, title, ...content) => h("div.empty", icon(name), h("h2", title), content);

/** Why a file is not seen: the server does not give it, or the browser cannot show it. */
async function trouble(file, error) {
  try {
    if (error) throw error;
    await ask("GET", source(file), undefined, { range: "bytes=0-0" });
  } catch (reason) {
    const code = reason instanceof Refusal && reason.requestID;
    return h("div.pad", notice("error", h("p", h("b", `${file.filename} could not be read. `), reason.message),
      code && h("p.small", `Request ${code}`)));
  }
  return state(glyph(file.mimeType), "Your browser cannot show this file", download(file));
}
