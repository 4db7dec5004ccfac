// The messages of a channel, as rows that are made once: ten thousand of them may stand there. What is added at either
// end leaves the others alone, and what is in view where it is. Each page that is read is a list of its own, so that
// the browser can pass over those that are out of view.
import { $, $$, button, fill, h, icon } from "./dom.js";
import { request } from "./api.js";
import { attachments } from "./attachment.js";
import { kindName, outcome } from "./kinds.js";
import { list } from "./lists.js";
import { markdown, prepare } from "./markdown.js";
import { dialog, notice, toast } from "./overlay.js";
import { pluginPlace, wantsPlugin } from "./plugin.js";
import { note, reviewPath, store } from "./store.js";
import { at, clockTime, day, when } from "./words.js";

const WORDS = { info: "Info", success: "Success", warning: "Warning", error: "Error" };
const MARKS = {
  sent: ["check", "Sent"], webhook_delivered: ["checks", "Delivered to the webhook"],
  webhook_failed: ["error", "The webhook failed"], agent_received: ["checks", "The agent has it"],
};
/** Who is this close to the end is kept there when something is added, in pixels. */
const NEAR = 80;
/** Earlier messages are read when so much is left above the view, in pixels. */
const AHEAD = 1200;
const PAGE = 50;
/** So many earlier messages are drawn in one frame: more would hold up the scrolling. */
const AT_ONCE = 5;

/**
 * The thread of a channel, or what is found in it.
 * @returns what draws it, and how it changes: {element, load, put, drop, end}
 */
export function thread(agent, search = "") {
  const query = new URLSearchParams({ channel: agent.id, limit: String(PAGE), ...(search && { search }) });
  const state = {
    agent, path: `/api/messages?${query}`, search, messages: [], cursor: null, reading: null,
    isLoaded: false, isOver: false, isAtEnd: true, top: 0,
    /** What happens while the first page is on its way, to be done after it. */
    later: [],
    rows: h("div.thread"), above: h("div.center"),
    element: h("div.scroll", { tabindex: "0", role: "group", label: search ? "Found messages" : "Messages" }),
  };
  fill(state.element, state.above, state.rows);
  state.element.addEventListener("scroll", () => {
    const top = state.element.scrollTop;
    // What has grown meanwhile puts the end further away; only who goes up leaves it.
    state.isAtEnd = isNearEnd(state) || (state.isAtEnd && top >= state.top);
    state.top = top;
  }, { passive: true });
  // Files are read, and pictures come, when their messages are drawn already.
  const grown = new ResizeObserver(() => { if (state.isAtEnd) toEnd(state); });
  grown.observe(state.element);
  grown.observe(state.rows);
  const observer = new IntersectionObserver(([entry]) => { if (entry.isIntersecting) earlier(state); },
    { root: state.element, rootMargin: `${AHEAD}px 0px 0px 0px` });
  return {
    element: state.element,
    load: async () => {
      await load(state);
      if (!state.isOver) observer.observe(state.above);
    },
    put: (message, isNew) => afterLoad(state, () => put(state, message, isNew)),
    drop: (id) => afterLoad(state, () => drop(state, id)),
    end: () => { state.isOver = true; observer.disconnect(); grown.disconnect(); },
  };
}

function afterLoad(state, run) {
  if (state.isLoaded) run();
  else state.later.push(run);
}

async function load(state) {
  state.isLoaded = false;
  const page = await request("GET", state.path);
  state.messages = page.data.reverse();
  await prepare(state.messages.map(textOf));
  state.cursor = page.nextCursor;
  state.isLoaded = true;
  fill(state.rows, state.messages.length ? h("ol", state.messages.map((message, place) => row(state, message, place)))
    : h("div.empty", icon("channel"), h("h2", state.search ? "No messages match" : "No messages yet"),
      !state.search && h("p", "What the agent says appears here.")));
  drawAbove(state);
  toEnd(state);
  for (const run of state.later.splice(0)) run();
}

const toEnd = ({ element }) => { element.scrollTop = element.scrollHeight; };
const isNearEnd = ({ element }) => element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
const textOf = (message) => (message.streamState === "streaming" ? "" : message.text ?? "");

function drawAbove(state) {
  fill(state.above, state.cursor && button("Earlier messages", { kind: "mini", on: () => earlier(state) }));
}

/** Reads what was said before, until enough of it is above the view. */
function earlier(state) {
  if (!state.cursor) return null;
  state.reading ||= readEarlier(state).finally(() => { state.reading = null; });
  return state.reading;
}

async function readEarlier(state) {
  const { element, messages } = state;
  do {
    const page = await request("GET", `${state.path}&cursor=${encodeURIComponent(state.cursor)}`);
    // Their heights are known only with what they consist of.
    await prepare(page.data.map(textOf));
    // Meanwhile the thread may have been read anew.
    if (state.messages !== messages) return;
    messages.unshift(...page.data.reverse());
    state.cursor = page.nextCursor;
    await drawEarlier(state);
  } while (state.cursor && !state.isOver && element.scrollTop < AHEAD);
}

/** Draws the page that has been read, some messages in each frame. What is in view stays where it is. */
async function drawEarlier(state) {
  const { element, messages, rows } = state;
  const part = h("ol");
  // Some browsers would move it too, a frame later.
  element.style.setProperty("overflow-anchor", "none");
  rows.prepend(part);
  const undrawn = () => (state.messages === messages ? messages.length - $$("[data-message]", rows).length : 0);
  for (await frame(); undrawn() > 0; await frame()) {
    const end = undrawn();
    const begin = Math.max(0, end - AT_ONCE);
    const fromEnd = element.scrollHeight - element.scrollTop;
    if (end < messages.length && !isOfNewDay(state, end)) $(".dayline", $("[data-message]", rows))?.remove();
    part.prepend(...messages.slice(begin, end).map((message, place) => row(state, message, begin + place)));
    if (!begin) drawAbove(state);
    element.scrollTop = element.scrollHeight - fromEnd;
  }
  part.classList.add("settled");
  element.style.removeProperty("overflow-anchor");
}

const frame = () => new Promise(requestAnimationFrame);

function drop(state, id) {
  const place = state.messages.findIndex((message) => message.id === id);
  if (place >= 0) state.messages.splice(place, 1);
  $(`[data-message="${CSS.escape(id)}"]`, state.rows)?.remove();
}

/**
 * Adds a message, or draws it anew, unless it is told of as new: what is shown then knows more already. One that is
 * older than all that is shown is left out, and so is a new one of a search.
 */
function put(state, message, isNew) {
  const { messages, rows } = state;
  const place = messages.findIndex((one) => one.id === message.id);
  if (place >= 0 && isNew) return;
  if (place >= 0) {
    messages[place] = message;
    $(`[data-message="${CSS.escape(message.id)}"]`, rows)?.replaceWith(row(state, message, place));
  } else if (!state.search && (!messages.length || message.id > messages.at(-1).id)) {
    if (!messages.length) fill(rows, h("ol"));
    messages.push(message);
    rows.lastElementChild.append(row(state, message, messages.length - 1));
  }
}

/** Whether a message is the first of its day, as far as is known. */
function isOfNewDay({ messages }, place) {
  const [before, now] = [messages[place - 1], messages[place]];
  return !before || day(at(before.createdAt)) !== day(at(now.createdAt));
}

/** A message, with the day above the first of a day. */
function row(state, message, place) {
  const isMine = message.senderType === "user";
  const name = isMine ? (message.senderId === store.me.id ? store.me.displayName : "User") : state.agent.name;
  return h("li", { "data-message": message.id },
    isOfNewDay(state, place) && h("p.dayline", day(at(message.createdAt))),
    h("div.msg", h("span.avatar", { class: isMine ? "round" : "", "aria-hidden": "true" }, [...name][0]?.toUpperCase()),
      h("div", h("p.by", h("b", name), h("time.num", { datetime: message.createdAt }, clockTime(at(message.createdAt))),
        message.status && h("span.chip", { class: message.status }, icon(message.status), WORDS[message.status]),
        message.streamState === "streaming" && h("span.chip.accent", "Writing"), isMine && delivery(message)),
      message.statusEvents?.length > 0 && h("ul.small.quiet", message.statusEvents.map((step) => h("li", step.text))),
      message.text && h("div.say", { class: message.status ? `tinted ${message.status}` : "" }, words(message)),
      message.review ? reviewLink(message) : wantsPlugin(message) && pluginPlace(message, null),
      attachments(message))));
}

/** A text that is still being written stays as it is: what it will consist of is not known yet. */
const words = (message) =>
  message.streamState === "streaming" ? h("p.words", message.text) : markdown(message.text);

/** What became of a message of ours. A failure says why, and can be tried again. */
function delivery(message) {
  const [glyph, mark] = MARKS[message.deliveryStatus];
  const kind = { agent_received: "received", webhook_failed: "error" }[message.deliveryStatus] ?? "quiet";
  if (message.deliveryStatus === "sent") return h("span.quiet", icon(glyph, mark));
  const show = () => attempts(message);
  return button("", { glyph, kind: `mini ghost ${kind}`, name: `${mark}. Show the attempts`, on: show });
}

async function attempts(message) {
  const path = `/api/agents/${encodeURIComponent(message.channelId)}/deliveries`;
  const { data } = await request("GET", `${path}?message=${encodeURIComponent(message.id)}`);
  const isFailed = message.deliveryStatus === "webhook_failed";
  const line = (one) => h("li", h("span.grow", h("b", `${one.event}: ${one.state}`),
    h("span.small.quiet", `${one.attempts} attempts, the last ${when(at(one.attemptedAt ?? one.createdAt))}`,
      one.responseStatus && `, answered ${one.responseStatus}`, one.error && `, ${one.error}`,
      one.nextAttemptAt && `, the next ${when(at(one.nextAttemptAt))}`)));
  dialog(MARKS[message.deliveryStatus][1], [
    isFailed && notice("error", h("p", "The receiver did not take the message. The agent may not know of it.")),
    list("Attempts", data.map(line), "No webhook was told of it."),
  ], isFailed && ["Try again now", "primary", async () => {
    await request("POST", `/api/messages/${encodeURIComponent(message.id)}/retry`);
    note(await request("GET", `/api/messages/${encodeURIComponent(message.id)}`));
    toast("It is being sent again.");
  }], { cancel: "Close" });
}

function reviewLink(message) {
  const chip = {
    pending: () => h("span.chip.warning", "Waiting for an answer"),
    completed: () => h("span.chip.success", outcome(message)),
    expired: () => h("span.chip", "Expired"),
  }[message.review.status]();
  return h("a.ask-link", { href: reviewPath(message) }, icon("approval"),
    h("b.grow.cut", kindName(message.review.type)), chip);
}
