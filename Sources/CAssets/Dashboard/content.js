// What is in a file, as text.
import { ask } from "./api.js";
import { source } from "./attachment.js";

/**
 * The text of a file, of a larger one its beginning.
 * @param {number} most in bytes
 * @throws {Refusal}
 */
export const textOf = (file, most) => textAt(file, 0, Math.min(most, file.size));

/**
 * Some bytes of a file as text. Without a charset they are UTF-8 or, when they cannot be that, Windows-1252.
 * @throws {Refusal}
 */
export async function textAt(file, start, count) {
  const range = count < file.size ? { range: `bytes=${start}-${start + count - 1}` } : {};
  const answer = await ask("GET", source(file), undefined, range);
  const [, charset] = /charset=([\w-]+)/.exec(answer.headers.get("content-type") ?? "") ?? [];
  const bytes = await beginning(answer.body, count);
  // As of a stream: a character that was cut in two at the end is left out.
  const read = (name, fatal) => new TextDecoder(name, { fatal }).decode(bytes, { stream: true });
  if (charset) return read(charset, false);
  try { return read("utf-8", true); } catch { return read("windows-1252", false); }
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
