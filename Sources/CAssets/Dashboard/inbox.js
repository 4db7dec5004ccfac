// The inbox: three lists, and beside them the card of one review. Rows never move under the pointer: what is new waits
// in a bar, and what was answered stays, greyed, until the list is opened anew.
import { $, $$, button, fill, h, icon, say, unseen } from "./dom.js";
import { request } from "./api.js";
import { cardKeys, isSoon, reviewCard, timeLeft } from "./card.js";
import { bind } from "./keys.js";
import { KINDS, kindOf, outcome } from "./kinds.js";
import { agentName, agentOf, listen, pending, read, store } from "./store.js";
import { ago, at, plural, split, when } from "./words.js";

const TABS = { pending: "Pending", answered: "Answered", expired: "Expired" };
/** How the API calls them. */
const STATUS = { answered: "completed", expired: "expired" };
const WIDE = matchMedia("(min-width: 901px)");

const byDeadline = (a, b) => at(a.review.expiresAt) - at(b.review.expiresAt) || (a.id < b.id ? -1 : 1);

export function inbox(main, [, tab = "pending", id]) {
  const view = {
    tab: Object.hasOwn(TABS, tab) ? tab : "pending", id,
    /** The ids of the rows, in their order, and those that wait in the bar. */
    shown: [], fresh: [], cursor: null, channel: "", card: null,
    rows: h("div.scroll", { onkeydown: (event) => press(view, event) }), bar: h("div"), pane: h("div.pane"),
  };
  view.split = h("div.split", { class: id ? "open" : "" },
    h("section.pane", { label: "Reviews" }, head(view), filter(view), view.bar, view.rows), view.pane);
  fill(main, h("h1.vh", "Inbox"), view.split);
  fill(view.pane, h("div.empty", icon("inbox"), h("p", "Choose a review to see it here.")));
  const unbind = [bind("Inbox", [
    ["j", "Next review", () => step(view, 1)], ["k", "The one before", () => step(view, -1)],
  ]), bind("Review", cardKeys(view.pane))];
  const unlisten = listen((change) => follow(view, change));
  const end = () => { unlisten(); unbind.forEach((one) => one()); };
  refresh(view).then(() => { if (id) open(view, id); });
  return { title: "Inbox", end };
}

function head(view) {
  const tab = ([name, label]) => h("a", { href: `/inbox/${name}`, "aria-current": name === view.tab ? "page" : null },
    label, name === "pending" && h("span.num", { "data-count": true }, pending().length));
  return h("div.head", h("nav.tabs", { label: "Reviews by state" }, Object.entries(TABS).map(tab)));
}

function filter(view) {
  const option = (agent) => h("option", { value: agent.id }, agent.name);
  const select = h("select.input", {
    label: "Channel", onchange: () => { view.channel = select.value; refresh(view); },
  }, h("option", { value: "" }, "All channels"), store.agents.map(option));
  return h("div.tools", select);
}

/** Reads the list anew. */
async function refresh(view) {
  view.fresh = [];
  view.cursor = null;
  if (view.tab === "pending") view.shown = pending().filter((m) => belongs(view, m)).sort(byDeadline).map((m) => m.id);
  else {
    view.shown = [];
    await more(view);
  }
  drawRows(view);
}

/** The next page of what is over, newest first. */
async function more(view) {
  const channel = view.channel && `&channel=${encodeURIComponent(view.channel)}`;
  const cursor = view.cursor && `&cursor=${encodeURIComponent(view.cursor)}`;
  const page = await request("GET",
    `/api/messages/reviews?status=${STATUS[view.tab]}${channel}${cursor ?? ""}`);
  for (const message of page.data) store.reviews.set(message.id, message);
  view.shown.push(...page.data.map((message) => message.id));
  view.cursor = page.nextCursor;
}

const belongs = (view, message) => !view.channel || message.channelId === view.channel;

function follow(view, change) {
  $("[data-count]")?.replaceChildren(String(pending().length));
  if (change.name === "reset") {
    refresh(view);
    if (view.id) read(view.id);
    return;
  }
  if (change.name === "agents") return;
  const { message } = change;
  if (change.messageId === view.id) {
    if (message?.review) view.card?.update(message);
    else if (change.name === "message:deleted") gone(view);
  }
  if (view.shown.includes(change.messageId)) drawRow(view, change.messageId);
  else {
    view.fresh = view.fresh.filter((id) => id !== change.messageId);
    if (message?.review && message.review.status === (STATUS[view.tab] ?? "pending") && belongs(view, message)) {
      view.fresh.push(message.id);
    }
    drawBar(view);
  }
}

function drawBar(view) {
  const label = view.fresh.length ? `${view.fresh.length} new` : "";
  if (view.bar.textContent === label) return;
  const show = () => { refresh(view); say("Shown"); };
  fill(view.bar, label && button(label, { glyph: "up", kind: "fresh", on: show }));
  say(label);
}

function drawRows(view) {
  drawBar(view);
  if (!view.shown.length) {
    const words = view.tab === "pending" ? "Nothing is waiting for you." : `No ${view.tab} reviews.`;
    fill(view.rows, h("div.empty", icon("success"), h("h2", view.channel ? "No reviews match." : words)));
    return;
  }
  const next = async () => { await more(view); drawRows(view); };
  fill(view.rows, h("ul", { role: "list", label: plural(view.shown.length, "review") },
    view.shown.map((id) => row(view, id))), view.cursor && h("div.pad", button("Show more", { on: next })));
}

function drawRow(view, id) {
  const old = $(`[data-row="${CSS.escape(id)}"]`, view.rows);
  const isFocused = old?.contains(document.activeElement);
  const now = row(view, id);
  old?.replaceWith(now);
  if (isFocused) $("a", now)?.focus();
}

function row(view, id) {
  const message = store.reviews.get(id);
  if (!message) return h("li.item.done", { "data-row": id }, h("span.pad.quiet", "Withdrawn by its agent"));
  const kind = kindOf(message.review);
  const isPending = message.review.status === "pending";
  const by = message.review.respondedBy;
  const due = isPending ? [isSoon(message) && icon("warning"), unseen("Time left: "), timeLeft(message)]
    : message.review.status === "expired" ? `Expired ${ago(at(message.review.expiresAt))}` : outcome(message);
  return h("li.item", { "data-row": id, class: isPending ? "" : "done" },
    h("a", { href: `/inbox/${view.tab}/${id}`, "aria-current": id === view.id ? "true" : null,
      onclick: (event) => pick(view, event, id) },
    h("span.title", split(message.text)[0] || KINDS[kind]),
    h("span.due", { class: isPending && isSoon(message) ? "soon" : "" }, due),
    h("span.meta", h("span.dot", { class: agentOf(message.channelId)?.status ?? "" }),
      h("span.cut", agentName(message.channelId)), icon(kind), KINDS[kind],
      message.attachments.length > 0 && [icon("clip", "Attachments"), h("span.num", message.attachments.length)],
      message.iteration > 1 && `Version ${message.iteration}`,
      !isPending && by && h("span.cut", `${by.name}, ${when(at(by.at))}`))));
}

function pick(view, event, id) {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  history[WIDE.matches ? "replaceState" : "pushState"](null, "", `/inbox/${view.tab}/${id}`);
  open(view, id, true);
}

/** Shows the card of a review, also of one that is not in the list. */
async function open(view, id, takesFocus = false) {
  view.id = id;
  view.split.classList.add("open");
  for (const link of $$("[aria-current]", view.rows)) link.removeAttribute("aria-current");
  $(`[data-row="${CSS.escape(id)}"] a`, view.rows)?.setAttribute("aria-current", "true");
  const message = store.reviews.get(id) ?? await read(id);
  if (view.id !== id) return;
  if (!message?.review) { gone(view); return; }
  view.card = reviewCard(message, { back: `/inbox/${view.tab}` });
  fill(view.pane, view.card.element);
  if (takesFocus) $("#review-title", view.pane).focus({ preventScroll: true });
}

function gone(view) {
  view.card = null;
  fill(view.pane, h("div.empty", icon("inbox"), h("h2", "There is no such review"),
    h("p", "It may have been withdrawn by its agent."), h("a.btn", { href: `/inbox/${view.tab}` }, "Inbox")));
}

const ARROWS = { ArrowDown: 1, ArrowUp: -1 };

/** Arrows move through the list while the focus is in it. */
function press(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(ARROWS, event.key)) return;
  event.preventDefault();
  step(view, ARROWS[event.key]);
}

/** Goes to another row and shows its card at once; Enter goes into the card. */
function step(view, count) {
  const links = $$(".item a", view.rows);
  const now = links.findIndex((link) => link === document.activeElement || link.hasAttribute("aria-current"));
  const next = links[now < 0 ? 0 : Math.max(0, Math.min(links.length - 1, now + count))];
  if (!next) return;
  next.focus();
  if (WIDE.matches) {
    history.replaceState(null, "", next.pathname);
    open(view, next.closest("[data-row]").dataset.row);
  }
  say(`${links.indexOf(next) + 1} of ${links.length}`);
}
