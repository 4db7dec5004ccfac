// A message shown by the plugin that its agent asks for. The plugin is foreign code: its frame has no origin, and reaches
// what is passed on here and nothing else (docs/plugins.md): files of this message, the answer to this review.
import { $$, h } from "./dom.js";
import { ask, Refusal, request } from "./api.js";
import { source } from "./attachment.js";
import { dialog, toast } from "./overlay.js";
import { bytes } from "./words.js";

/** How many calls of a frame may be under way. */
const MOST_CALLS = 16;
const MOST_FILE = 100_000_000;
/** What a request may send (docs/api.md, "Plugins"). */
const MOST_SENT = 1 << 20;
const MOST_TOASTS = 4;
const [LEAST_HEIGHT, MOST_HEIGHT] = [40, 4000];

/** What listens to each frame that is in the page. */
const frames = new Map();

/**
 * @param {((response: object) => Promise<boolean>) | null} send answers the review; null when that cannot be done
 * @returns {Promise<HTMLElement | null>} null when there is no such plugin
 */
export async function frame(message, send) {
  const path = `/api/plugins/${encodeURIComponent(message.metadata.plugin)}`;
  const plugin = await manifest(path);
  if (!plugin) return null;
  const element = h("iframe.plugin", {
    sandbox: "allow-scripts", title: plugin.displayName, loading: "lazy",
    src: `${path}/render?message=${encodeURIComponent(message.id)}&theme=${theme()}`,
    onload: () => post(element, {
      type: "placet:init", payload: message.review?.payload ?? message.metadata, readOnly: send === null,
    }),
  });
  const state = { element, message, plugin, send, path, calls: 0, isAnswering: false };
  for (const old of frames.keys()) if (!old.isConnected) frames.delete(old);
  frames.set(element, (data) => take(state, data));
  return element;
}

/** What is being asked for, by path: many messages of a channel want the same plugin at once. */
const asked = new Map();

function manifest(path) {
  if (!asked.has(path)) {
    asked.set(path, request("GET", path).catch((error) => {
      if (!(error instanceof Refusal) || ![400, 404].includes(error.status)) throw error;
      return null;
    }).finally(() => asked.delete(path)));
  }
  return asked.get(path);
}

/** A frame without an origin cannot be named as the receiver. It cannot leave this server either: `frame-src`. */
const post = (element, data) => element.contentWindow?.postMessage(data, "*");

addEventListener("message", (event) => {
  for (const [element, listener] of frames) if (element.contentWindow === event.source) listener(event.data);
});

/** What a plugin's page may ask for. Each value comes from a stranger. */
const METHODS = {
  resize({ element }, height) {
    if (Number.isFinite(height)) {
      element.style.height = `${Math.max(LEAST_HEIGHT, Math.min(MOST_HEIGHT, height))}px`;
    }
  },
  toast({ plugin }, text, kind) {
    if ($$("#toasts .toast").length >= MOST_TOASTS) return;
    const known = ["success", "info", "warning", "error"].includes(kind) ? kind : "info";
    toast(`${plugin.displayName}: ${String(text).slice(0, 300)}`, known);
  },
  async getFile({ message }, id) {
    const file = message.attachments.find((one) => one.id === id);
    if (!file) throw new Error("This message has no such file");
    if (file.size > MOST_FILE) throw new Error(`The file is larger than ${bytes(MOST_FILE)}`);
    const content = await (await ask("GET", source(file))).blob();
    return new File([content], file.filename, { type: file.mimeType });
  },
  /** The server asks, and only where the plugin may. The body comes and goes as bytes. */
  async fetch({ path }, url, { method, headers, body }) {
    const answer = await request("POST", `${path}/fetch`, { url, method, headers, body: toBase64(body) });
    return { ...answer, body: Uint8Array.from(atob(answer.body), (sign) => sign.charCodeAt(0)) };
  },
  respond,
};

/** Bytes that cannot be sent as they are in JSON. */
function toBase64(body) {
  if (body.length > MOST_SENT) throw new Error(`A request may send ${bytes(MOST_SENT)}`);
  return btoa(Array.from(body, (byte) => String.fromCharCode(byte)).join(""));
}

async function respond(state, response) {
  const { element, plugin, send } = state;
  if (!send) throw new Error("There is nothing to answer");
  if (typeof response !== "object" || response === null || Array.isArray(response)) {
    throw new Error("A response must be an object");
  }
  if (state.isAnswering) throw new Error("An answer is on its way");
  state.isAnswering = true;
  try {
    if (!isHandled(element) && !(await confirmed(plugin, response))) throw new Error("The user does not want to answer");
    if (!(await send(response))) throw new Error("The answer was not accepted");
  } finally { state.isAnswering = false; }
}

/** Whether somebody is clicking or typing in the frame just now. */
function isHandled(element) {
  const { userActivation } = /** @type {any} */ (navigator);
  return document.activeElement === element && userActivation?.isActive === true;
}

/** An answer that a plugin gives by itself is the user's only if the user says so. */
function confirmed(plugin, response) {
  return new Promise((resolve) => {
    const content = [
      h("p", `${plugin.displayName} wants to send this answer, and you have not just used it:`),
      h("pre.code.soft", { tabindex: "0" }, JSON.stringify(response, null, 2)),
    ];
    dialog("Send this answer?", content, ["Send answer", "danger solid", () => resolve(true)])
      .addEventListener("close", () => resolve(false));
  });
}

async function take(state, data) {
  if (data?.type === "placet:respond") {
    await respond(state, data.response).catch((error) => toast(error.message, "warning"));
  }
  if (data?.type !== "placet:call") return;
  const answer = { type: "placet:return", id: data.id };
  try {
    post(state.element, { ...answer, value: await called(state, data) });
  } catch (error) {
    post(state.element, { ...answer, error: error.message });
  }
}

async function called(state, { method, values }) {
  if (state.calls >= MOST_CALLS) throw new Error("Too many calls at once");
  if (!Object.hasOwn(METHODS, method)) throw new Error("There is no such call");
  state.calls += 1;
  try {
    return await METHODS[method](state, ...(Array.isArray(values) ? values : []));
  } finally { state.calls -= 1; }
}

const dark = matchMedia("(prefers-color-scheme: dark)");
const theme = () => document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light");

function tellTheme() {
  for (const element of frames.keys()) post(element, { type: "placet:theme", theme: theme() });
}
dark.addEventListener("change", tellTheme);
new MutationObserver(tellTheme).observe(document.documentElement, { attributeFilter: ["data-theme"] });
