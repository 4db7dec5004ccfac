// The versions of a question: a link to each, what was answered to the one before, and what has changed since.
import { fill, h, icon, segmented, unseen } from "./dom.js";
import { request } from "./api.js";
import { filePath, glyph } from "./attachment.js";
import { outcome } from "./kinds.js";
import { reviewPath } from "./store.js";
import { isPicture } from "./viewers.js";
import { at, text, when } from "./words.js";

/**
 * Null for a question that has had no other version.
 * @param {HTMLElement} words where the text stands: it is shown as changes first
 */
export function versions(message, words) {
  if (!message.iterationGroupId) return null;
  const part = h("section.part", { label: "Versions" });
  const path = `/api/messages/${encodeURIComponent(message.id)}/iterations`;
  request("GET", path).then(async ({ iterations }) => {
    const older = iterations[iterations.findIndex((one) => one.id === message.id) - 1];
    fill(part, h("nav.steps", { label: "Versions" }, iterations.map((one) => step(one, message))),
      older?.review?.status === "completed" && before(older), older && files(older, message));
    if (older) await compare(older, message, words);
  });
  return part;
}

/** Shows what has changed in the text since the version before; the text as a whole is one click away. */
async function compare(older, message, words) {
  const { diff } = await import("./view-diff.js");
  const { element, added, removed } = diff(older.text ?? "", message.text ?? "");
  const isOther = JSON.stringify(older.review?.payload) !== JSON.stringify(message.review.payload);
  const rest = isOther && h("p.small.warning", "What can be answered has changed too.");
  const title = `Since version ${older.iteration}`;
  if (!added && !removed) {
    words.prepend(h("p.small.quiet", `${title} the text is the same.`), rest || "");
    return;
  }
  const whole = h("div", ...words.childNodes);
  whole.hidden = true;
  const choose = (shape) => {
    element.hidden = shape !== "changes";
    whole.hidden = !element.hidden;
  };
  fill(words, h("div.line", h("h3.grow", `${title} `, h("span.success.num", `+${added}`), " ",
    h("span.error.num", `−${removed}`)), segmented("Show", { changes: "Changes", whole: "Full text" }, "changes", choose)),
  rest, element, whole);
}

function step(one, shown) {
  return one.review && h("a", { href: reviewPath(one), "aria-current": one.id === shown.id ? "step" : null },
    h("b", { "aria-hidden": "true" }, one.iteration), unseen(`Version ${one.iteration}: `), when(at(one.createdAt)));
}

function before(older) {
  const { respondedBy, response, feedback } = older.review;
  const words = [response.comment, feedback].filter(Boolean).map(text);
  return h("div.note", icon("info"), h("div",
    h("p", h("b", outcome(older)), ` was the answer to version ${older.iteration}, by ${respondedBy.name}.`),
    words.map((one) => h("p", "“", one, "”"))));
}

/** Whether two files can be two versions of one thing, whatever they are called. */
export const isAlike = (one, other) => one.mimeType === other.mimeType || (isPicture(one) && isPicture(other));

/** What has become of the files of the version before. */
function files(older, message) {
  if (!older.attachments.length) return null;
  const since = `version ${older.iteration}`;
  const state = (was, is) => {
    if (!was) return h("span.quiet", "new");
    if (!is) return h("span.quiet", "no longer there");
    if (was.sha256 === is.sha256) return h("span.quiet", "the same");
    const name = `What has changed in ${is.filename} since ${since}`;
    return h("a", { href: filePath(is, message.id, was.id), label: name }, "what has changed");
  };
  return h("ul.small", { label: `Files since ${since}` }, pairs(older.attachments, message.attachments).map(([was, is]) =>
    h("li.line", icon(glyph((is ?? was).mimeType)), h("span.cut", (is ?? was).filename), state(was, is))));
}

/**
 * Files of two versions, [older, newer]: those of the same name, and if one is left on each side, those two when they
 * are alike. Null stands for none.
 */
function pairs(before, after) {
  const found = after.map((file) => [before.find(({ filename }) => filename === file.filename) ?? null, file]);
  const gone = before.filter((file) => !found.some(([was]) => was === file));
  const come = found.filter(([was]) => !was);
  if (gone.length === 1 && come.length === 1 && isAlike(gone[0], come[0][1])) come[0][0] = gone.pop();
  return [...found, ...gone.map((file) => [file, null])];
}
