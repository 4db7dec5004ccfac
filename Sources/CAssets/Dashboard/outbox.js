// Answers that could not be sent, because the server was away. They are kept in this browser, sent once it is back, and
// can be taken back until then. What is written down counts, so all tabs have one and the same outbox.
import { Refusal, request } from "./api.js";
import { keepDraft } from "./drafts.js";
import { kindOf } from "./kinds.js";
import { toast } from "./overlay.js";
import { note, read, store, tell } from "./store.js";

const PREFIX = "placet.outbox.";
/** How long until it is tried again while something is kept, in milliseconds. */
const PAUSE = 5000;

/** Answers that may not be written down, or could not be, by the id of their review. */
const inPage = new Map();

/**
 * The answer that waits to be sent: {response, digest, isInPage}; undefined without one. Somebody else's is none.
 * @param {{id: string}} message
 */
export function keptAnswer({ id }) {
  if (inPage.has(id)) return inPage.get(id);
  try {
    const written = JSON.parse(localStorage.getItem(PREFIX + id));
    return written?.user === store.me.id ? written : undefined;
  } catch { return undefined; }
}

function drop(id) {
  inPage.delete(id);
  localStorage.removeItem(PREFIX + id);
}

const ids = () => [...inPage.keys(), ...Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))
  .map((key) => key.slice(PREFIX.length))].filter((id) => keptAnswer({ id }));

const isSecret = ({ review }) => kindOf(review) === "form"
  && review.payload.fields.some((field) => field.type === "password");

/** Keeps the answer to what was shown, for when the server is back. What may hold a password stays in the page. */
export function keepAnswer(message, response) {
  const answer = { user: store.me.id, response, digest: message.review.digest };
  try {
    if (isSecret(message)) throw new Error("not to be written down");
    localStorage.setItem(PREFIX + message.id, JSON.stringify(answer));
  } catch {
    inPage.set(message.id, { ...answer, isInPage: true });
  }
  sendLater();
}

/** Resolves to whether it was still there; one that is being sent just now is not. */
export const takeBack = (message) => alone(() => {
  const isThere = keptAnswer(message) !== undefined;
  drop(message.id);
  return isThere;
});

/**
 * Answers a review, as it was when it was shown.
 * @returns the message as it is then
 * @throws {Refusal}
 */
export const respond = (id, response, digest) =>
  request("POST", `/api/messages/${encodeURIComponent(id)}/respond`, { response, digest });

let turn = Promise.resolve();

/** One at a time, in all tabs where the browser has locks for that (on https and on this machine). */
function alone(run) {
  if (navigator.locks) return navigator.locks.request("placet.outbox", run);
  const mine = turn.then(run);
  turn = mine.catch(() => {});
  return mine;
}

let later = 0;

function sendLater() {
  clearTimeout(later);
  later = setTimeout(sendKept, PAUSE);
}

let sending = null;

/** Sends what is kept, now and again until nothing is. */
export function sendKept() {
  sending ||= sendAll().finally(() => {
    sending = null;
    if (ids().length) sendLater();
  });
  return sending;
}

async function sendAll() {
  for (const id of ids()) if (!await alone(() => sendOne(id))) return;
}

/** Resolves to whether the server is there. */
async function sendOne(id) {
  const answer = keptAnswer({ id });
  if (!answer) return true;
  try {
    const answered = await respond(id, answer.response, answer.digest);
    sent(id, answered);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 0 || error.status === 429 || error.status >= 500) return false;
    drop(id);
    await settle(id, answer.response, error);
  }
  return true;
}

function sent(id, message) {
  drop(id);
  keepDraft(id, null);
  note(message, "review:responded");
  toast("Your answer was sent.");
}

/**
 * Somebody was first, perhaps this very answer, whose reply was lost; or the question is over, or another one by now.
 * Then what was typed stays as a draft.
 */
async function settle(id, response, error) {
  const message = await read(id);
  if (same(message?.review?.response, response)) sent(id, message);
  else toast(`An answer that was kept could not be sent: ${error.message}`, "error");
}

const same = (one, other) => JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));

function sorted(value) {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]));
}

/** From now on what is kept is sent, and other tabs are followed. */
export function watchOutbox() {
  addEventListener("online", sendKept);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) sendKept(); });
  addEventListener("storage", ({ key }) => {
    const message = key?.startsWith(PREFIX) && store.reviews.get(key.slice(PREFIX.length));
    if (message) tell({ name: "outbox", channelId: message.channelId, messageId: message.id, message });
  });
  sendKept();
}
