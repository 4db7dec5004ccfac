// What the page knows, in one place: who is signed in, the channels, the reviews. The API fills it, events keep it.
// Views listen, and draw anew what concerns them.
import { all, request, Refusal } from "./api.js";

/** More pending reviews than anybody answers; the list says when it ends there. */
const MOST_PENDING = 2000;

export const store = {
  me: null,
  /** Newest first. */
  agents: [],
  /** Messages with a review, by id. */
  reviews: new Map(),
};

const listeners = new Set();

/**
 * Calls `listener` with each change: {name, channelId?, messageId?, message?}, named as events of the server are, or
 * "reset" when lists have to be read anew, or "title" when a view has found what it shows.
 * @returns a function that ends it
 */
export function listen(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Tells all who listen. */
export function tell(change) {
  for (const listener of [...listeners]) listener(change);
}

/** Where a channel is shown. Ids that were imported may hold anything. */
export const channelPath = (id) => `/channels/${encodeURIComponent(id)}`;
const TABS = { pending: "pending", completed: "answered", expired: "expired" };
/** Where a review is shown. */
export const reviewPath = (message) => `/inbox/${TABS[message.review.status]}/${message.id}`;
export const agentOf = (id) => store.agents.find((agent) => agent.id === id);
export const agentName = (id) => agentOf(id)?.name ?? "The agent";
export const pending = () => [...store.reviews.values()].filter((message) => message.review.status === "pending");

export async function load() {
  const [agents, reviews] = await Promise.all([
    request("GET", "/api/agents"),
    all("/api/messages/reviews?status=pending", MOST_PENDING),
  ]);
  store.agents = agents;
  // What is not pending any more is looked at again by whoever shows it.
  for (const message of pending()) store.reviews.delete(message.id);
  for (const message of reviews) store.reviews.set(message.id, message);
  tell({ name: "reset" });
}

let reading = null;
let following = null;

/** Reads the channels anew. Who asks while they are being read waits for one reading more, as that one may be old. */
export function loadAgents() {
  if (!reading) {
    reading = readAgents().finally(() => { reading = null; });
    return reading;
  }
  following ||= reading.catch(() => {}).then(() => { following = null; return loadAgents(); });
  return following;
}

async function readAgents() {
  store.agents = await request("GET", "/api/agents");
  tell({ name: "agents" });
}

/** Notes a message as it is now, and tells who listens. */
export function note(message, name = "message:updated") {
  if (message.review) store.reviews.set(message.id, message);
  tell({ name, channelId: message.channelId, messageId: message.id, message });
}

/** The message as it is now; null when there is none. */
export async function read(id) {
  try {
    const message = await request("GET", `/api/messages/${encodeURIComponent(id)}`);
    note(message);
    return message;
  } catch (error) {
    if (!(error instanceof Refusal) || ![400, 403, 404].includes(error.status)) throw error;
    forget(id);
    return null;
  }
}

function forget(id) {
  store.reviews.delete(id);
  tell({ name: "message:deleted", messageId: id });
}

/** An event of the server. A message that is too large for one is read. */
export async function take(name, data) {
  if (name === "message:deleted") forget(data.messageId);
  else if (name.startsWith("agent:")) await loadAgents();
  else if (data.message) note(data.message, name);
  else if (data.messageId) await read(data.messageId);
  if (name === "message:created") await loadAgents();
}
