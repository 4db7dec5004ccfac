// The inbox: three lists, and beside them the card of one review. Rows never move under the pointer: what is new waits
// in a bar, and what was answered stays, greyed, until the list is opened anew.
import { $, $$, button, fill, h, icon, say, unseen } from "./dom.js";
import { Refusal, request } from "./api.js";
import { bulkBar } from "./bulk.js";
import { cardKeys, isSoon, reviewCard, timeLeft } from "./card.js";
import { firstSteps } from "./first.js";
import { bind } from "./keys.js";
import { KINDS, kindName, kindOf, outcome } from "./kinds.js";
import { agentName, agentOf, listen, pending, read, store } from "./store.js";
import { ago, at, plural, split, when } from "./words.js";

const TABS = { pending: "Pending", answered: "Answered", expired: "Expired" };
/** How the API calls them. */
const STATUS = { answered: "completed", expired: "expired" };
/** Figures of lists end here (docs/api.md). */
const COUNTED = 1000;
/** What is typed, and what happens, is followed after so many milliseconds without more of it. */
const PAUSE = 250;
const WIDE = matchMedia("(min-width: 901px)");

const FILTERS = ["channel", "type", "search"];
const ORDERS = { "": "Deadline", newest: "Newest" };

const byAge = (a, b) => (a.id < b.id ? 1 : -1);
const byDeadline = (a, b) => at(a.review.expiresAt) - at(b.review.expiresAt) || (a.id < b.id ? -1 : 1);

export function inbox(main, [, tab = "pending", id]) {
  const asked = new URLSearchParams(location.search);
  const view = {
    tab: Object.hasOwn(TABS, tab) ? tab : "pending", id,
    /** The ids of the rows, in their order, and those that wait in the bar. */
    shown: [], fresh: [], cursor: null, card: null, turn: 0,
    filter: Object.fromEntries([...FILTERS, "order"].map((name) => [name, asked.get(name) ?? ""])),
    /** The ids of the rows that are chosen, to be answered alike. */
    chosen: new Set(),
    /** How many reviews there are in each state; null until the server has told. */
    counts: null, counting: 0, typing: 0, isLoaded: false, isReading: false, first: null, tabs: h("div.head"),
    rows: h("div.scroll", { onkeydown: (event) => press(view, event) }), bar: h("div"), bulk: h("div"),
    pane: h("div.pane"),
  };
  view.split = h("div.split", { class: id ? "open" : "" },
    h("section.pane", { label: "Reviews" }, view.tabs, filter(view), view.bar, view.rows, view.bulk), view.pane);
  fill(main, h("h1.vh", "Inbox"), view.split);
  fill(view.pane, h("div.empty", icon("inbox"), h("p", "Choose a review to see it here.")));
  const unbind = [bind("Inbox", [
    ["j", "Next review", () => step(view, 1)], ["k", "The one before", () => step(view, -1)],
    ["x", "Choose the review, to answer several alike", () => choose(view, current(view)?.dataset.row)],
    ["Escape", "Choose none", () => chooseNone(view)],
    ["/", "Search", () => $(".search", main).focus()],
  ]), bind("Review", cardKeys(view.pane))];
  const unlisten = listen((change) => follow(view, change));
  const end = () => {
    clearTimeout(view.counting);
    clearTimeout(view.typing);
    view.turn += 1;
    unlisten();
    unbind.forEach((one) => one());
  };
  drawTabs(view);
  count(view);
  refresh(view).then(() => { if (id) open(view, id); });
  return { title: "Inbox", end };
}

/** The filters and the order as they stand in the address. */
function query({ filter }) {
  const set = String(new URLSearchParams(Object.entries(filter).filter(([, value]) => value)));
  return set && `?${set}`;
}

const path = (view, id = "") => `/inbox/${view.tab}${id && `/${id}`}${query(view)}`;
const isFiltered = ({ filter }) => FILTERS.some((name) => filter[name]);

function drawTabs(view) {
  const { counts } = view;
  const figure = { pending: pending().length, answered: counts?.completed, expired: counts?.expired };
  const shown = (number) => (number >= COUNTED ? `${number.toLocaleString("en-US")}+` : number);
  const tab = ([name, label]) => h("a",
    { href: `/inbox/${name}${query(view)}`, "aria-current": name === view.tab ? "page" : null },
    label, figure[name] !== undefined && h("span.num", { "data-count": name }, shown(figure[name])));
  fill(view.tabs, h("nav.tabs", { label: "Reviews by state" }, Object.entries(TABS).map(tab)));
}

/** Asks how many there are. Events come in bursts, so it waits for a pause. */
function count(view) {
  clearTimeout(view.counting);
  view.counting = setTimeout(async () => {
    const since = new Date(new Date().setHours(0, 0, 0, 0)).toISOString();
    view.counts = await request("GET", `/api/messages/reviews/counts?since=${since}`);
    drawTabs(view);
    if (view.isLoaded && !view.shown.length) drawRows(view);
  }, view.counts ? PAUSE : 0);
}

function filter(view) {
  const take = (name, value) => {
    view.filter[name] = value;
    history.replaceState(null, "", path(view, view.id));
    drawTabs(view);
    refresh(view);
  };
  const select = (label, name, choices) => {
    const current = view.filter[name];
    // The address may ask for what is not offered.
    const rest = choices.some(([value]) => value === current) ? [] : [[current, current]];
    const input = h("select.input", { label, onchange: () => take(name, input.value) },
      [...choices, ...rest].map(([value, words]) => h("option", { value, selected: value === current }, words)));
    return input;
  };
  const search = h("input.input.search", {
    type: "search", label: "Text of a question", placeholder: "Search", value: view.filter.search, maxlength: 1000,
    oninput: () => {
      clearTimeout(view.typing);
      view.typing = setTimeout(() => take("search", search.value.trim()), PAUSE);
    },
  });
  const types = new Set([...Object.keys(KINDS), ...pending().map((message) => message.review.type)]);
  return h("div.tools", search, h("div.line",
    select("Channel", "channel", [["", "All channels"], ...store.agents.map((agent) => [agent.id, agent.name])]),
    select("Kind", "type", [["", "All kinds"], ...[...types].map((type) => [type, kindName(type)])]),
    view.tab === "pending" && select("Order", "order", Object.entries(ORDERS))));
}

/** Says why there is no list. */
function drawFault(view, error) {
  fill(view.rows, h("div.empty", icon("warning"), h("h2", "The list could not be read"), h("p", error.message),
    button("Try again", { on: () => refresh(view) }), isFiltered(view) && clearing(view)));
}

const waiting = (view) => pending().filter((message) => belongs(view, message))
  .sort(view.filter.order === "newest" ? byAge : byDeadline);

/** Reads the list anew. */
async function refresh(view) {
  Object.assign(view, { fresh: [], cursor: null, shown: [], isLoaded: false });
  view.turn += 1;
  chooseNone(view);
  const { turn } = view;
  try {
    if (view.tab !== "pending") await more(view);
    else view.shown = waiting(view).map(({ id }) => id);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (turn === view.turn) drawFault(view, error);
    return;
  }
  view.isLoaded = true;
  drawRows(view);
}

/** The next page of what is over, newest first. What comes after another search has begun is left out. */
async function more(view) {
  const { turn, cursor } = view;
  const asked = new URLSearchParams({ status: STATUS[view.tab], ...(cursor && { cursor }) });
  for (const name of FILTERS) if (view.filter[name]) asked.set(name, view.filter[name]);
  const page = await request("GET", `/api/messages/reviews?${asked}`);
  if (turn !== view.turn) return;
  for (const message of page.data) store.reviews.set(message.id, message);
  view.shown.push(...page.data.map((message) => message.id));
  view.cursor = page.nextCursor;
}

const belongs = ({ filter: { channel, type, search } }, message) => (!channel || message.channelId === channel)
  && (!type || message.review.type === type)
  && (message.text ?? "").toLowerCase().includes(search.toLowerCase());

function follow(view, change) {
  drawTabs(view);
  if (change.name !== "agents" && change.name !== "message:delivery") count(view);
  if (change.name === "reset") {
    if (staysAsItIs(view)) catchUp(view);
    else refresh(view);
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
    // Nothing can move under the pointer where nothing is.
    if (!view.shown.length && view.fresh.length) refresh(view);
    else drawBar(view);
  }
}

/** Whether all rows of the list are still of its kind. Of the other tabs only the server knows. */
const staysAsItIs = (view) => view.tab === "pending" && view.isLoaded && view.shown.length > 0
  && view.shown.every((id) => store.reviews.get(id)?.review.status === "pending");

/** After all was read anew: rows stay where they are, and what came meanwhile waits in the bar. */
function catchUp(view) {
  view.fresh = waiting(view).map(({ id }) => id).filter((id) => !view.shown.includes(id));
  for (const id of view.shown) drawRow(view, id);
  drawBar(view);
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
    fill(view.rows, h("div.empty", nothing(view)));
    return;
  }
  const next = async () => {
    if (view.isReading) return;
    view.isReading = true;
    try { await more(view); } finally { view.isReading = false; }
    drawRows(view);
  };
  fill(view.rows, h("ul", { role: "list", label: plural(view.shown.length, "review") },
    view.shown.map((id) => row(view, id))), view.cursor && h("div.pad", button("Show more", { on: next })));
}

const clearing = (view) => h("a.btn", { href: `/inbox/${view.tab}` }, "Clear filters");

/** What stands in place of the list. */
function nothing(view) {
  if (isFiltered(view)) {
    return [icon("search"), h("h2", "No reviews match"), clearing(view)];
  }
  const { counts } = view;
  const isNew = counts && counts.pending + counts.completed + counts.expired === 0;
  if (view.tab !== "pending") return [icon("success"), h("h2", `No ${view.tab} reviews.`)];
  if (isNew) return view.first ??= firstSteps();
  return [icon("success"), h("h2", "Nothing is waiting for you."),
    counts?.completedSince > 0 && h("p", `${counts.completedSince.toLocaleString("en-US")} answered today.`)];
}

/** Chooses a row, or lets go of it. */
function choose(view, id) {
  if (store.reviews.get(id)?.review.status !== "pending") return;
  if (!view.chosen.delete(id)) view.chosen.add(id);
  drawRow(view, id);
  drawBulk(view);
  say(`${view.chosen.size} chosen`);
}

function chooseNone(view) {
  const before = [...view.chosen];
  view.chosen.clear();
  for (const id of before) drawRow(view, id);
  drawBulk(view);
}

function drawBulk(view) {
  fill(view.bulk, view.chosen.size > 0 && bulkBar([...view.chosen], () => chooseNone(view)));
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
  const { type } = message.review;
  const isPending = message.review.status === "pending";
  const by = message.review.respondedBy;
  const due = isPending ? [isSoon(message) && icon("warning"), unseen("Time left: "), timeLeft(message)]
    : message.review.status === "expired" ? `Expired ${ago(at(message.review.expiresAt))}` : outcome(message);
  const box = isPending && h("input", {
    type: "checkbox", checked: view.chosen.has(id), tabindex: "-1", label: "Choose, to answer several alike",
    onchange: () => choose(view, id),
  });
  return h("li.item", { "data-row": id, class: isPending ? "" : "done" }, box,
    h("a", { href: path(view, id), "aria-current": id === view.id ? "true" : null,
      onclick: (event) => pick(view, event, id) },
    h("span.title", split(message.text)[0] || kindName(type)),
    h("span.due", { class: isPending && isSoon(message) ? "soon" : "" }, due),
    h("span.meta", h("span.dot", { class: agentOf(message.channelId)?.status ?? "" }),
      h("span.cut", agentName(message.channelId)), icon(kindOf(message.review)), h("span.cut", kindName(type)),
      message.attachments.length > 0 && [icon("clip", "Attachments"), h("span.num", message.attachments.length)],
      message.iteration > 1 && h("span", `Version ${message.iteration}`),
      !isPending && by && h("span.cut", `${by.name}, ${when(at(by.at))}`))));
}

function pick(view, event, id) {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  history[WIDE.matches ? "replaceState" : "pushState"](null, "", path(view, id));
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
  view.card = reviewCard(message, { back: path(view) });
  fill(view.pane, view.card.element);
  if (takesFocus) $("#review-title", view.pane).focus({ preventScroll: true });
}

function gone(view) {
  view.card = null;
  fill(view.pane, h("div.empty", icon("inbox"), h("h2", "There is no such review"),
    h("p", "It may have been withdrawn by its agent."), h("a.btn", { href: path(view) }, "Inbox")));
}

/** The row with the focus, or that of the card. */
const current = (view) => document.activeElement?.closest("[data-row]") ?? $(".item:has([aria-current])", view.rows);

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
    history.replaceState(null, "", next.pathname + next.search);
    open(view, next.closest("[data-row]").dataset.row);
  }
  say(`${links.indexOf(next) + 1} of ${links.length}`);
}
