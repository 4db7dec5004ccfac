// The page of one file: what is known of it, what is in it or has changed in it, and the way back.
import { $, button, fill, h, icon } from "./dom.js";
import { ask, Refusal, request } from "./api.js";
import { filePath, glyph, source } from "./attachment.js";
import { counterparts } from "./counterparts.js";
import { comparedFacts, facts, head } from "./file-head.js";
import { bind } from "./keys.js";
import { newer } from "./newer.js";
import { notice } from "./overlay.js";
import { agentName, read, tell } from "./store.js";
import { at } from "./words.js";
import { viewerOf } from "./viewers.js";

export function filePage(main, [, id]) {
  const view = { title: "File", isOver: false, unbind: [] };
  const query = new URLSearchParams(location.search);
  const begin = () => {
    fill(main, h("p.empty", { role: "status" }, "Reading…"));
    open(main, view, id, query.get("from") ?? "", query.get("compare")).catch((error) => {
      if (!view.isOver) unread(main, error, begin);
    });
  };
  begin();
  return Object.assign(view, { end: () => { view.isOver = true; view.unbind.forEach((one) => one()); } });
}

/** @param {string | null} compared the id of the file to compare with */
async function open(main, view, id, from, compared) {
  const [file, other] = await Promise.all([id, compared].map((one) =>
    one && found(`/api/files/${encodeURIComponent(one)}`)));
  const message = file?.messageId ? await read(file.messageId) : null;
  if (view.isOver) return;
  if (!file || (compared && !other)) return missing(main, file);
  const both = other && [file, other].sort((one, two) => at(one.createdAt) - at(two.createdAt));
  const content = h("div.view");
  const others = counterparts(file, message);
  const news = both ? null : newer(file, from, others);
  if (news) view.unbind.push(news.end);
  fill(main, h("article.pane", { "aria-labelledby": "file-name" }, head(file, message, from, Boolean(other), others),
    both ? comparedFacts(both[0], both[1]) : facts(file, message), news?.element, content));
  $("#file-name").focus({ preventScroll: true });
  view.title = file.filename;
  tell({ name: "title" });
  const press = (part) => () => $(`[data-way="${part}"]`, main)?.click();
  view.unbind.push(bind("File", [
    ["u", "Back", press("back")], ["l", "Next file of the message", press("next")],
    ["h", "The one before", press("before")], ["v", "Compare with another version", press("compare")],
  ]));
  await look(view, file, both, content);
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

/** Says why there is no page of the file yet. */
function unread(main, error, onAgain) {
  fill(main, h("div.empty", icon("warning"), h("h1", { tabindex: "-1" }, "The file could not be read"),
    h("p", error.message), error.requestID && h("p.small", `Request ${error.requestID}`),
    button("Try again", { on: onAgain })));
  $("h1", main).focus();
}

/** @param {object | null} file the one that is there, when the other is not */
function missing(main, file) {
  fill(main, h("div.empty", icon("files"), h("h1", "This file is not here"),
    h("p", file ? `${file.filename} cannot be compared with it: it was deleted, alone or with its message.`
      : "It was deleted, alone or with its message."),
    h("a.btn", { href: file ? filePath(file) : "/files" }, file ? file.filename : "All files")));
}

/** Shows what is in a file or what has changed from one to another, or why that cannot be seen. */
async function look(view, file, both, content) {
  const load = both ? () => import("./view-compare.js") : viewerOf(file);
  if (!file.size && !both) return fill(content, state("doc", "This file is empty"));
  const none = () => state(glyph(file.mimeType), "There is no preview for this kind of file", download(file));
  if (!load) return fill(content, none());
  const fail = async (error) => {
    const reason = await trouble(file, error);
    if (!view.isOver) fill(content, reason);
  };
  fill(content, h("p.empty", { role: "status" }, "Reading…"));
  try {
    const { show } = await load();
    const { element, keys, end } = await (both ? show(...both) : show(file, fail));
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
