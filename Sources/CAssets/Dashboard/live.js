// The stream of events, for as long as somebody is signed in. It comes back by itself, and goes on where it stopped.
import { request } from "./api.js";
import { sendKept } from "./outbox.js";
import { banner } from "./overlay.js";
import { load, store, take } from "./store.js";

const NAMES = [
  "message:created", "message:updated", "message:deleted", "message:delivery", "review:responded", "review:expired",
  "agent:status", "agent:deleted",
];
const RETRY = 2000;
/** A restart of the server is over before this: nobody need be told. */
const GRACE = 1500;

let source = null;
/** The id of the last event, after which a new stream begins. */
let last = "";
/** Something could not be read: all of it has to be, once the server is back. */
let isStale = false;
let warning = 0;
let retry = 0;

export function connect() {
  source?.close();
  clearTimeout(retry);
  source = new EventSource(`/api/events${last && `?lastEventId=${last}`}`);
  source.onopen = () => {
    clearTimeout(warning);
    warning = 0;
    banner(null);
    sendKept();
    sameUser().catch(() => {});
  };
  source.onerror = lose;
  source.addEventListener("ready", (event) => {
    last = event.lastEventId;
    if (isStale) reload();
  });
  source.addEventListener("reset", (event) => { last = event.lastEventId; reload(); });
  for (const name of NAMES) {
    source.addEventListener(name, (event) => {
      last = event.lastEventId;
      take(name, JSON.parse(event.data)).catch(fail);
    });
  }
}

/** Another tab may have signed somebody else in: then this page is not theirs. */
async function sameUser() {
  const { user } = await request("GET", "/api/auth/me");
  if (user.id !== store.me.id) location.reload();
}

function reload() {
  load().then(() => { isStale = false; }, fail);
}

function fail() {
  isStale = true;
  source.close();
  lose();
}

/** The browser connects again by itself, unless it was refused. Then a request tells whether the session has ended. */
function lose() {
  warning ||= setTimeout(() => banner("Connection lost. Trying again…"), GRACE);
  if (source.readyState !== EventSource.CLOSED) return;
  clearTimeout(retry);
  retry = setTimeout(() => request("GET", "/api/preferences").then(connect, lose), RETRY);
}
