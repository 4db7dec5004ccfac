// Starts the page: who is signed in, what is shown at which path, the side bar.
import { $, $$, button, fill, h, icon, unseen } from "./dom.js";
import { Refusal, request } from "./api.js";
import { inbox } from "./inbox.js";
import { startKeys } from "./keys.js";
import { connect } from "./live.js";
import { watchOutbox } from "./outbox.js";
import { notice, toast } from "./overlay.js";
import { loadPreferences, switchTheme } from "./preferences.js";
import { choosePassword, keepSession, signInPage, signOut } from "./sign.js";
import { channelPath, listen, load, pending, store } from "./store.js";
import { plural, span } from "./words.js";

const main = $("#main");
const HOME = "/inbox";
/**
 * What is shown at a path, by its first part. A view draws itself, and returns its title, which may change, and how to
 * end it. The inbox comes with the page, the other views when they are asked for.
 * @type {Map<string, (parts: string[]) => any>}
 */
const VIEWS = new Map(Object.entries({
  inbox: () => inbox,
  channels: async () => (await import("./channel.js")).channels,
  files: async ([, id]) => (id ? (await import("./file.js")).filePage : (await import("./files.js")).files),
  storage: async () => (await import("./storage.js")).storage,
  settings: async () => (await import("./settings.js")).settings,
}));

let shown = { title: "", end: null };
let turn = 0;

/** Shows another view, and puts its path into the address bar. */
function go(path) {
  history.pushState(null, "", path);
  show();
}

async function show() {
  turn += 1;
  const mine = turn;
  const parts = location.pathname.split("/").filter(Boolean).map(decoded);
  const view = await Promise.resolve((VIEWS.get(parts[0] ?? "inbox") ?? (() => missing))(parts)).catch(() => changed);
  if (mine !== turn) return;
  shown.end?.();
  shown = view(main, parts);
  drawSide();
}

function decoded(part) {
  try { return decodeURIComponent(part); } catch { return part; }
}

/** The files of a view could not be loaded: the server is away, or another version of it runs. */
function changed() {
  const again = button("Load the page again", { kind: "primary", on: () => location.reload() });
  fill(main, h("div.empty", icon("offline"), h("h1", "This part could not be loaded"),
    h("p", "The connection was lost, or the server has been updated."), again));
  return { title: "Not loaded", end: null };
}

function missing() {
  fill(main, h("div.empty", icon("search"), h("h1", "There is no page here"),
    h("p", "The address may be mistyped."), h("a.btn", { href: HOME }, "Inbox")));
  return { title: "Not found", end: null };
}

function drawSide() {
  const [section, id] = location.pathname.split("/").filter(Boolean).map(decoded);
  const waiting = pending().length;
  const link = (name, label, count) => h("a",
    { href: `/${name}`, "aria-current": name === (section ?? "inbox") ? "page" : null },
    icon(name === "channels" ? "channel" : name), h("span", label),
    count > 0 && h("span.num", count, unseen(" waiting")));
  const channel = (agent) => h("a",
    { href: channelPath(agent.id), class: agent.unreadCount ? "unread" : "",
      "aria-current": section === "channels" && id === agent.id ? "page" : null },
    h("span.dot", { class: agent.status }), h("span.cut", agent.name), unseen(`, ${agent.status}`),
    agent.unreadCount > 0 && h("span.num", agent.unreadCount, unseen(" unread")));
  fill($("#nav"), link("inbox", "Inbox", waiting), link("channels", "Channels", 0),
    h("div.sub", store.agents.map(channel)), link("files", "Files", 0),
    store.me.role === "owner" && link("storage", "Storage", 0), link("settings", "Settings", 0));
  document.title = `${waiting ? `(${waiting}) ` : ""}${shown.title} · Placet`;
}

function drawMe() {
  fill($("#me"), h("span.cut.grow", { title: store.me.email }, store.me.displayName),
    button("", { glyph: "theme", kind: "ghost", name: "Switch between light and dark", on: switchTheme }),
    button("", { glyph: "leave", kind: "ghost", name: "Sign out", on: signOut }));
}

/** Time left, renewed where it stands; the card in view warns at five minutes and at one. */
function tick() {
  for (const element of $$("[data-due]")) {
    const left = Number(element.dataset.due) - Date.now();
    const text = span(left);
    if (element.textContent !== text) element.textContent = text;
    const step = [1, 5].find((minutes) => left > 0 && left < minutes * 60_000);
    if (step && "card" in element.dataset && element.dataset.warned !== String(step)) {
      element.dataset.warned = String(step);
      toast(`Less than ${plural(step, "minute")} left to answer.`, "warning");
    }
  }
}

/** Links to our own views do not load the page anew. */
function follow(event) {
  const link = event.target.closest?.("a[href]");
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!link || !isPlain || event.defaultPrevented || link.target || link.hasAttribute("download")) return;
  if (link.hash && link.pathname === location.pathname) {
    event.preventDefault();
    main.focus();
    return;
  }
  if (link.origin !== location.origin || !VIEWS.has(link.pathname.split("/")[1])) return;
  event.preventDefault();
  go(link.pathname + link.search + link.hash);
}

/** Whether the side bar stands there. The browser remembers it, so that it is there with the first paint. */
function signedIn(isSo) {
  $("#app").classList.toggle("bare", !isSo);
  document.documentElement.toggleAttribute("data-in", isSo);
  if (isSo) localStorage.setItem("placet.in", "yes");
  else localStorage.removeItem("placet.in");
}

/** Who is signed in; asks for it when nobody is, and then calls `onAsked`. Then back to what was asked for. */
async function identify(onAsked) {
  const wanted = location.pathname === "/sign-in" ? HOME : location.pathname + location.search + location.hash;
  let user = null;
  try {
    ({ user } = await request("GET", "/api/auth/me"));
    if (user.mustChangePassword) { signedIn(false); await choosePassword(main); }
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 401) throw error;
    history.replaceState(null, "", "/sign-in");
    signedIn(false);
    user = await signInPage(main);
    onAsked();
  }
  history.replaceState(null, "", wanted === "/" ? HOME : wanted);
  return user;
}

async function start() {
  // All is asked for at once, and again once somebody has signed in, who may be another one.
  const early = Promise.all([load(), loadPreferences()]).catch(() => null);
  let isStale = false;
  store.me = await identify(() => { isStale = true; });
  keepSession();
  if (await early === null || isStale) await Promise.all([load(), loadPreferences()]);
  signedIn(true);
  drawMe();
  listen(drawSide);
  startKeys();
  document.addEventListener("click", follow);
  addEventListener("popstate", show);
  // Somebody has clicked on a notice (service-worker.js).
  navigator.serviceWorker?.addEventListener("message", (event) => go(event.data.path));
  setInterval(tick, 1000);
  show();
  connect();
  watchOutbox();
}

addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  toast(event.reason instanceof Refusal ? event.reason.message : String(event.reason), "error");
});

start().catch((error) => {
  const again = button("Try again", { kind: "primary", on: () => location.reload() });
  fill(main, h("div.empty", h("h1", "The page could not be loaded"),
    notice("error", h("p", error.message), error.requestID && h("p.small", `Request ${error.requestID}`)), again));
});
