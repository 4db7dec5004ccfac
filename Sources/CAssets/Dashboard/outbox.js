// Answers that could not be sent, because the server was away. They are kept, sent once it is back, and can be taken
// back until then.
import { Refusal, request } from "./api.js";
import { keepDraft } from "./drafts.js";
import { kindOf } from "./kinds.js";
import { toast } from "./overlay.js";
import { note, read } from "./store.js";

const KEY = "placet.outbox";

/** Answers by the id of their review: {response, digest}. */
const kept = new Map(Object.entries(stored()));

function stored() {
  try { return JSON.parse(localStorage.getItem(KEY)) ?? {}; } catch { return {}; }
}

/** What waits to be sent, so that it outlives a reload. What may hold a password stays in the page alone. */
function store() {
  const rows = [...kept].filter(([, answer]) => !answer.isSecret);
  if (rows.length) localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(rows)));
  else localStorage.removeItem(KEY);
}

const isSecret = ({ review }) => kindOf(review) === "form"
  && review.payload.fields.some((field) => field.type === "password");

/** The answer that waits to be sent; undefined without one. */
export const keptAnswer = (message) => kept.get(message.id);

/** Keeps the answer to what was shown, for when the server is back. */
export function keepAnswer(message, response) {
  kept.set(message.id, { response, digest: message.review.digest, isSecret: isSecret(message) });
  store();
}

export function takeBack(message) {
  kept.delete(message.id);
  store();
}

/**
 * Answers a review, as it was when it was shown.
 * @returns the message as it is then
 * @throws {Refusal}
 */
export const respond = (id, response, digest) =>
  request("POST", `/api/messages/${encodeURIComponent(id)}/respond`, { response, digest });

let sending = null;

/** Sends what was kept. An answer that the server has already, because only its reply was lost, is not sent twice. */
export function sendKept() {
  sending ||= sendAll().finally(() => { sending = null; });
  return sending;
}

async function sendAll() {
  for (const [id, { response, digest }] of [...kept]) {
    try {
      note(await respond(id, response, digest), "review:responded");
      toast("Your answer was sent.");
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // Away again, or too busy: it stays for the next time.
      if (error.status === 0 || error.status === 429 || error.status >= 500) return;
      await settle(id, response, error);
    }
    keepDraft(id, null);
    kept.delete(id);
    store();
  }
}

/** Somebody was first, perhaps this very answer; or the question is over, or another one by now. */
async function settle(id, response, error) {
  const message = await read(id);
  if (same(message?.review?.response, response)) toast("Your answer was sent.");
  else toast(`An answer that was kept could not be sent: ${error.message}`, "error");
}

const same = (one, other) => JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));

function sorted(value) {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]));
}
