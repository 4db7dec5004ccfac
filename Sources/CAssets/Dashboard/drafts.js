// What was typed and not sent, kept in this browser. A draft goes only when it was sent or discarded.
import { store } from "./store.js";

/** Of who is signed in: another user of this browser has drafts of their own. */
const key = (id) => `placet.draft.${store.me.id}.${id}`;

/** The draft of a review or a channel; null when there is none. */
export function draftOf(id) {
  try { return JSON.parse(localStorage.getItem(key(id))); } catch { return null; }
}

/** Keeps a draft; one without content goes. Never give it a password. */
export function keepDraft(id, value) {
  const isEmpty = value === null || value === "" || (typeof value === "object" && !Object.keys(value).length);
  if (isEmpty) localStorage.removeItem(key(id));
  else localStorage.setItem(key(id), JSON.stringify(value));
}
