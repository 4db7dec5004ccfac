// What a file can be compared with: the files of its name in its channel, and those of other versions of its question.
import { h } from "./dom.js";
import { request } from "./api.js";
import { filePath } from "./attachment.js";
import { entry, list } from "./lists.js";
import { dialog } from "./overlay.js";
import { isAlike } from "./versions.js";
import { at, bytes, when } from "./words.js";

/** Of the files whose names have the file's name in them, so many are looked at, the newest first. */
const MOST = 100;

/** @returns {Promise<{file: any, version?: number}[]>} the newest first */
export async function counterparts(file, message) {
  const query = new URLSearchParams({ agent: file.channelId, search: file.filename, limit: String(MOST) });
  const versions = message?.iterationGroupId
    ? request("GET", `/api/messages/${encodeURIComponent(message.id)}/iterations`) : { iterations: [] };
  const [{ data }, { iterations }] = await Promise.all([request("GET", `/api/files?${query}`), versions]);
  const namesakes = data.filter(({ filename }) => filename === file.filename);
  const found = new Map(namesakes.map((one) => [one.id, { file: one }]));
  for (const { attachments, iteration } of iterations) {
    for (const one of attachments) {
      if (isAlike(one, file) || found.has(one.id)) found.set(one.id, { file: one, version: iteration });
    }
  }
  found.delete(file.id);
  return [...found.values()].sort((a, b) => at(b.file.createdAt) - at(a.file.createdAt));
}

/** Lets somebody choose what to compare a file with. */
export function chooseCounterpart(file, found, from) {
  const row = ({ file: one, version }) => entry(
    h("a", { href: filePath(file, from, one.id), onclick: () => shown.close() }, one.filename),
    `${version ? `Version ${version}, ` : ""}${when(at(one.createdAt))}, ${bytes(one.size)}`);
  const shown = dialog("Compare with", list("Files", found.map(row)), null, { cancel: "Close" });
}
