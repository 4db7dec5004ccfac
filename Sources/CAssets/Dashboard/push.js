// This browser's part in Web Push: whether it can have notices, and the subscription by which the server sends them.
import { request } from "./api.js";

const SUBSCRIPTIONS = "/api/notifications/subscriptions";
/** The id that the server gave to the subscription of this browser. */
const KEPT = "placet.push";

/** @returns {string | null} */
export const thisBrowser = () => localStorage.getItem(KEPT);

/** Why this browser cannot have notices, and what to do; null when it can. */
export function pushProblem() {
  if (!isSecureContext) {
    return "Browsers take notices over https alone, or from localhost. Open this page by an address with https.";
  }
  if (!("serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis)) {
    return /iPhone|iPad/.test(navigator.userAgent)
      ? "Add this page to the Home Screen and open it there: elsewhere this system takes no notices."
      : "This browser takes no notices, as some do in private windows. Take another one, ntfy or e-mail.";
  }
  if (Notification.permission === "denied") {
    return "This browser was told to refuse notices of this page. Allow them in its settings for this site, and load "
      + "the page again.";
  }
  return null;
}

/**
 * Asks for permission, and has this browser subscribed.
 * @param {string} pushKey of the server
 * @returns {Promise<boolean>} false when the permission was not given
 */
export async function subscribe(pushKey) {
  if (await Notification.requestPermission() !== "granted") return false;
  await navigator.serviceWorker.register(workerAddress());
  const { pushManager } = await navigator.serviceWorker.ready;
  // One for the key of another server, or of this one before it was set up anew, is of no use.
  const old = await pushManager.getSubscription();
  if (old && encoded(old.options.applicationServerKey) !== pushKey) await old.unsubscribe();
  const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: pushKey });
  const { id } = await request("POST", SUBSCRIPTIONS, made.toJSON());
  localStorage.setItem(KEPT, id);
  return true;
}

/** Ends a subscription; in this browser first, if it is the one of it, whatever the server says. */
export async function unsubscribe(id) {
  if (id === thisBrowser()) {
    localStorage.removeItem(KEPT);
    const registration = await navigator.serviceWorker?.getRegistration();
    await (await registration?.pushManager.getSubscription())?.unsubscribe();
  }
  await request("DELETE", `${SUBSCRIPTIONS}/${encodeURIComponent(id)}`);
}

/** The policy of the page takes no text as the address of a script, but what this makes, which is always the same. */
function workerAddress() {
  const address = "/service-worker.js";
  const { trustedTypes } = /** @type {any} */ (globalThis);
  policy ??= trustedTypes?.createPolicy("service-worker", { createScriptURL: () => address });
  return policy?.createScriptURL("") ?? address;
}

let policy = null;

/** Base64 for URLs of bytes. */
function encoded(bytes) {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
