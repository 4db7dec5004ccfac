// Why a content is stored, or when and why it went: asked by its digest, or by the id of a file.
import { button, fill, h, icon, labelled } from "./dom.js";
import { Refusal, request } from "./api.js";
import { entry, list } from "./lists.js";
import { notice } from "./overlay.js";
import { at, bytes, plural, span, when } from "./words.js";

const STATES = {
  kept: ["success", "It is kept: files have it."], unreferenced: ["info", "No file has it any more."],
  collected: ["warning", "A collection took it. It can still be brought back."],
  doomed: ["warning", "It is to be removed from the disk, and nothing brings it back."],
  unknown: ["info", "Nothing here knows it."],
};
const REASONS = {
  expired: "it was in no message until its time was over", fileDeleted: "its last file was deleted",
  messageDeleted: "the message of its last file was deleted",
  ageLimit: "the message of its last file was older than its channel keeps them",
  channelDeleted: "the channel of its last file was deleted",
};
const FATES = {
  kept: "The file is there.", collected: "The file's time was over, and a collection took it.",
  deleted: "Somebody deleted the file; the audit log says who.", gone: "The file went with its message or channel.",
  unknown: "Nothing here knows the file.",
};

export function explainForm() {
  const box = h("input.input.mono", { required: true, spellcheck: "false", autocomplete: "off", maxlength: 200 });
  const result = h("div", { "aria-live": "polite" });
  const ask = async () => {
    try {
      fill(result, answer(await request("GET", `/api/admin/blobs/${encodeURIComponent(box.value.trim())}/explain`)));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      fill(result, notice("error", h("p", error.message)));
    }
  };
  return h("section.part", h("h2", "Explain"), h("form.form", { onsubmit: ask },
    h("div.full", labelled("A SHA-256, or the id of a file", box)),
    h("div.full", button("Why is it here, or not?", { type: "submit" }))), result);
}

function answer(found) {
  const [kind, words] = STATES[found.state];
  const facts = [
    found.sha256 && h("span.mono", `${found.sha256.slice(0, 16)}…, ${bytes(found.size)}`),
    found.createdAt && `Stored ${when(at(found.createdAt))}.`,
    found.unreferencedSince && `Since ${when(at(found.unreferencedSince))}, because ${REASONS[found.reason]}.`,
    found.collectedFrom && `The server takes it from ${when(at(found.collectedFrom))} on.`,
    found.run?.undoUntil && `Taken ${when(at(found.run.beganAt))}; undo until ${when(at(found.run.undoUntil))}.`,
    found.removedFrom && `Its bytes go from ${when(at(found.removedFrom))} on.`,
    found.heldUntil && `A backup holds its bytes until ${when(at(found.heldUntil))}, or longer.`,
    found.state === "unknown" && `What a collection took is known for ${span(found.rememberedSeconds * 1000)}.`,
    found.file && FATES[found.file.state],
  ];
  const more = found.fileCount - found.files.length;
  return [
    notice(kind, h("p", h("b", words)), facts.filter(Boolean).map((fact) => h("p.small", fact))),
    found.damagedAt && h("p.error", icon("error"), ` Its bytes were found damaged ${when(at(found.damagedAt))}.`),
    found.files.length > 0 && list("Files that have it", found.files.map((file) => entry(file.email,
      `${file.channelName ?? "A channel that is deleted"}, ${when(at(file.createdAt))}`
        + `${file.expiresAt ? `, until ${when(at(file.expiresAt))}` : ""}`, h("code.small", file.id)))),
    more > 0 && h("p.hint", `and ${plural(more, "more file")}.`),
  ];
}
