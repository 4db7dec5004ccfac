// The stream of events, for as long as somebody is signed in. It comes back by itself, and goes on where it stopped.
import { request } from "./api.js";
import { banner } from "./overlay.js";
import { load, take } from "./store.js";

const NAMES = [
  "message:created", "message:updated", "message:deleted", "message:delivery", "review:responded", "review:expired",
  "agent:status", "agent:deleted",
];
const RETRY = 2000;
/** A restart of the server is over before this: nobody need be told. */
const GRACE = 1500;

let source = null;
let last = "";
let warning = 0;
let retry = 0;

export function connect() {
  source?.close();
  clearTimeout(retry);
  source = new EventSource(`/api/events${last && `?lastEventId=${last}`}`);
  source.onopen = () => { clearTimeout(warning); warning = 0; banner(null); };
  source.onerror = lose;
  source.addEventListener("ready", (event) => { last = event.lastEventId; });
  source.addEventListener("reset", (event) => { last = event.lastEventId; load().catch(lose); });
  for (const name of NAMES) {
    source.addEventListener(name, (event) => {
      last = event.lastEventId;
      take(name, JSON.parse(event.data)).catch(lose);
    });
  }
}

export function disconnect() {
  source?.close();
  source = null;
  clearTimeout(retry);
}

/** The browser connects again by itself, unless it was refused. Then a request tells whether the session has ended. */
function lose() {
  warning ||= setTimeout(() => banner("Connection lost. Trying again…"), GRACE);
  if (source?.readyState !== EventSource.CLOSED) return;
  clearTimeout(retry);
  retry = setTimeout(() => request("GET", "/api/preferences").then(connect, lose), RETRY);
}
