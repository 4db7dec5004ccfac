// Files on their way to the server, with progress. Large ones go in parts (tus, docs/api.md, "Resumable"): they go on
// after a broken connection, and after a reload when the same file is chosen again.
import { Refusal, ask } from "./api.js";
import { store } from "./store.js";

/** Above which a file goes in parts, and how much of it one request has, in bytes. */
const LARGE = 8 * 2 ** 20, PART = 16 * 2 ** 20;
/** How often a part is tried before the person is asked to, and the first pause, which doubles. */
const TRIES = 6, PAUSE = 500;
/** Statuses after which the next try may be better: no answer, elsewhere by now, another writer, a proxy in trouble. */
const PASSING = [0, 404, 409, 423, 502, 503, 504];
const VERSION = { "tus-resumable": "1.0.0" };
/** The names of what this page is sending in parts. */
const under = new Set();

/**
 * Stores a file in a channel, for a message that takes it later.
 * @param {File} file
 * @param {(sent: number) => void} onProgress
 * @returns {{done: Promise<{id: string}>, cancel: () => void}} a cancelled upload never settles
 */
export function upload(file, channelID, onProgress) {
  return file.size > LARGE ? inParts(file, channelID, onProgress) : atOnce(file, channelID, onProgress);
}

function atOnce(file, channelID, onProgress) {
  const call = new XMLHttpRequest();
  const form = new FormData();
  form.append("channelId", channelID);
  form.append("file", file);
  call.open("POST", "/api/files/store");
  const done = sent(call, form, onProgress).then(() => JSON.parse(call.responseText));
  return { done, cancel: () => call.abort() };
}

function inParts(file, channelID, onProgress) {
  const name = `placet.upload.${store.me.id}.${channelID}.${file.size}.${file.lastModified}.${file.name}`;
  // The same file twice at a time is two uploads, of which one can go on after a reload.
  const one = {
    file, channelID, onProgress, name, isKept: !under.has(name), path: null, call: null,
    isCancelled: false, isStored: false,
  };
  if (one.isKept) {
    under.add(name);
    one.path = localStorage.getItem(name);
  }
  const done = sendAll(one).finally(() => { if (one.isKept) under.delete(name); });
  return { done, cancel: () => cancel(one) };
}

function cancel(one) {
  if (one.isStored || one.isCancelled) return;
  one.isCancelled = true;
  one.call?.abort();
  const path = one.path;
  keep(one, null);
  if (one.isKept) under.delete(one.name);
  // If that fails, it expires.
  if (path) ask("DELETE", path, undefined, VERSION).catch(() => {});
}

function keep(one, path) {
  one.path = path;
  if (!one.isKept) return;
  if (path) localStorage.setItem(one.name, path);
  else localStorage.removeItem(one.name);
}

/** Sends parts until the server says which file it has become. */
async function sendAll(one) {
  for (let tries = 0; ;) {
    try {
      if (!one.path) keep(one, await begin(one));
      let { offset, id } = stateOf(await ask("HEAD", one.path, undefined, VERSION));
      while (!id && !one.isCancelled) {
        ({ offset, id } = await sendPart(one, offset));
        tries = 0;
      }
      if (one.isCancelled) return await new Promise(() => {});
      one.isStored = true;
      keep(one, null);
      return { id };
    } catch (error) {
      if (one.isCancelled) return await new Promise(() => {});
      if (error.status === 404) keep(one, null);
      if (!PASSING.includes(error.status) || ++tries === TRIES) throw error;
      await new Promise((resolve) => { setTimeout(resolve, PAUSE * 2 ** tries); });
    }
  }
}

async function begin({ file, channelID }) {
  const answer = await ask("POST", `/api/files/tus?channel=${encodeURIComponent(channelID)}`, undefined, {
    ...VERSION, "upload-length": String(file.size),
    "upload-metadata": `filename ${base64(file.name)}${file.type && `,filetype ${base64(file.type)}`}`,
  });
  return answer.headers.get("location");
}

async function sendPart(one, offset) {
  one.onProgress(offset);
  const call = one.call = new XMLHttpRequest();
  call.open("PATCH", one.path);
  const headers = { ...VERSION, "upload-offset": String(offset), "content-type": "application/offset+octet-stream" };
  for (const [name, value] of Object.entries(headers)) call.setRequestHeader(name, value);
  await sent(call, one.file.slice(offset, offset + PART), (count) => one.onProgress(offset + count));
  return stateOf({ headers: { get: (name) => call.getResponseHeader(name) } });
}

const stateOf = ({ headers }) => ({ offset: Number(headers.get("upload-offset")), id: headers.get("placet-file-id") });

const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

/** Sends a body. An aborted call never settles. */
function sent(call, body, onProgress) {
  return new Promise((resolve, reject) => {
    call.upload.onprogress = (event) => onProgress(event.loaded);
    call.onload = () => {
      if (call.status >= 200 && call.status < 300) return resolve(undefined);
      let content = null;
      try { content = JSON.parse(call.responseText); } catch { /* Not ours: the status has to do. */ }
      reject(new Refusal(call.status, content));
    };
    call.onerror = () => reject(new Refusal(0));
    call.send(body);
  });
}
