// A channel: what was said in it, as it is said, and a place to write. Beside it the list of all channels.
import { $, button, fill, h, icon, unseen } from "./dom.js";
import { request } from "./api.js";
import { attachments } from "./attachment.js";
import { composer } from "./composer.js";
import { KINDS, kindOf, outcome } from "./kinds.js";
import { markdown } from "./markdown.js";
import { agentOf, channelPath, listen, loadAgents, reviewPath, store } from "./store.js";
import { at, clockTime, day } from "./words.js";

const WORDS = { info: "Info", success: "Success", warning: "Warning", error: "Error" };
const MARKS = {
  sent: ["check", "Sent"], webhook_delivered: ["checks", "Delivered to the webhook"],
  webhook_failed: ["error", "The webhook failed"], agent_received: ["checks", "The agent has it"],
};
/** Who is this close to the end of the list is kept there when something is added. */
const NEAR = 80;

export function channels(main, [, id]) {
  const agent = agentOf(id);
  const list = h("ul", { role: "list" });
  const drawList = () => fill(list, store.agents.map((one) => channelRow(one, id)));
  drawList();
  const view = agent ? channelPane(agent) : { element: h("div.pane", choose(id)), change() {}, end() {} };
  fill(main, h("div.split.chan", { class: id ? "open" : "" },
    h("section.pane", { label: "Channels" }, h("div.head", h(agent ? "h2" : "h1", "Channels")), h("div.scroll", list)),
    view.element));
  const end = listen((change) => { drawList(); view.change(change); });
  return { title: agent?.name ?? "Channels", end: () => { end(); view.end(); } };
}

const choose = (id) => h("div.empty", icon("channel"),
  h("p", id ? "There is no such channel." : "Choose a channel. Agents make them with their keys."));

function channelRow(agent, id) {
  return h("li.item", h("a.chan", { href: channelPath(agent.id), "aria-current": agent.id === id ? "true" : null },
    h("span.title.line", h("span.dot", { class: agent.status }), unseen(`${agent.status}: `),
      h("span.cut", agent.name)),
    h("span.due", agent.unreadCount > 0 && h("span.chip.accent", agent.unreadCount, unseen(" unread"))),
    h("span.meta", h("span.cut", agent.lastMessage || agent.statusMessage || ""))));
}

function channelPane(agent) {
  const pane = {
    agent, messages: [], cursor: null, isLoaded: false,
    list: h("ol.thread", { label: "Messages" }), earlier: h("div.center"),
  };
  pane.scroll = h("div.scroll", { tabindex: "0", role: "group", label: "Messages" }, pane.earlier, pane.list);
  const writer = composer(agent);
  const element = h("section.pane", { "aria-labelledby": "channel-name" },
    h("div.head", h("a.btn.ghost.square.only-phone", { href: "/channels", label: "Back to channels" }, icon("back")),
      h("span.dot", { class: agent.status }), h("h1", { id: "channel-name" }, agent.name),
      h("p.quiet.small.cut.grow", agent.statusMessage ?? "")), pane.scroll, writer.element);
  const seen = () => markRead(pane);
  document.addEventListener("visibilitychange", seen);
  reload(pane);
  return {
    element, change: (change) => follow(pane, change),
    end: () => { writer.end(); document.removeEventListener("visibilitychange", seen); },
  };
}

async function reload(pane) {
  const page = await request("GET", `/api/messages?channel=${encodeURIComponent(pane.agent.id)}&limit=50`);
  pane.messages = page.data.reverse();
  pane.cursor = page.nextCursor;
  pane.isLoaded = true;
  draw(pane);
  toEnd(pane);
  await markRead(pane);
}

async function markRead(pane) {
  if (document.hidden || !agentOf(pane.agent.id)?.unreadCount) return;
  await request("POST", `/api/agents/${encodeURIComponent(pane.agent.id)}/read`);
  await loadAgents();
}

function toEnd(pane) { pane.scroll.scrollTop = pane.scroll.scrollHeight; }

/** What was said before, without moving what is in view. */
async function earlier(pane) {
  const path = `/api/messages?channel=${encodeURIComponent(pane.agent.id)}&limit=50&cursor=${pane.cursor}`;
  const page = await request("GET", path);
  const fromEnd = pane.scroll.scrollHeight - pane.scroll.scrollTop;
  pane.messages.unshift(...page.data.reverse());
  pane.cursor = page.nextCursor;
  draw(pane);
  pane.scroll.scrollTop = pane.scroll.scrollHeight - fromEnd;
}

function follow(pane, change) {
  if (change.name === "reset") reload(pane);
  else if (change.name === "agents") markRead(pane);
  else if (change.name === "message:deleted") drop(pane, change.messageId);
  else if (change.message?.channelId === pane.agent.id && pane.isLoaded) put(pane, change.message);
}

function drop(pane, id) {
  pane.messages = pane.messages.filter((message) => message.id !== id);
  $(`[data-message="${CSS.escape(id)}"]`, pane.list)?.remove();
}

/** Adds a message, or draws it anew. One that is older than all that is shown is left out. */
function put(pane, message) {
  const isAtEnd = pane.scroll.scrollHeight - pane.scroll.scrollTop - pane.scroll.clientHeight < NEAR;
  const place = pane.messages.findIndex((one) => one.id === message.id);
  if (place >= 0) {
    pane.messages[place] = message;
    $(`[data-message="${CSS.escape(message.id)}"]`, pane.list)?.replaceWith(row(pane, message));
  } else if (!pane.messages.length || message.id > pane.messages.at(-1).id) {
    pane.messages.push(message);
    draw(pane);
  }
  if (isAtEnd) toEnd(pane);
}

function draw(pane) {
  fill(pane.earlier, pane.cursor && button("Earlier messages", { kind: "mini", on: () => earlier(pane) }));
  let last = "";
  const rows = pane.messages.flatMap((message) => {
    const now = day(at(message.createdAt));
    const line = now !== last && h("li.dayline", now);
    last = now;
    return [line, row(pane, message)];
  });
  const empty = h("li.empty", icon("channel"), h("h2", "No messages yet"), h("p", "What the agent says appears here."));
  fill(pane.list, rows.length ? rows : empty);
}

function row(pane, message) {
  const isMine = message.senderType === "user";
  const name = isMine ? (message.senderId === store.me.id ? store.me.displayName : "User") : pane.agent.name;
  const [glyph, mark] = MARKS[message.deliveryStatus];
  return h("li.msg", { "data-message": message.id },
    h("span.avatar", { class: isMine ? "round" : "", "aria-hidden": "true" }, [...name][0]?.toUpperCase()),
    h("div", h("p.by", h("b", name), h("time.num", { datetime: message.createdAt }, clockTime(at(message.createdAt))),
      message.status && h("span.chip", { class: message.status }, icon(message.status), WORDS[message.status]),
      message.streamState === "streaming" && h("span.chip.accent", "Writing"),
      isMine && h("span.quiet", icon(glyph, mark))),
    message.statusEvents?.length > 0 && h("ul.small.quiet", message.statusEvents.map((step) => h("li", step.text))),
    message.text && h("div.say", { class: message.status ? `tinted ${message.status}` : "" }, words(message)),
    message.review && reviewLink(message), attachments(message)));
}

/** A text that is still being written stays as it is: what it will consist of is not known yet. */
const words = (message) =>
  message.streamState === "streaming" ? h("p.words", message.text) : markdown(message.text);

function reviewLink(message) {
  const chip = {
    pending: () => h("span.chip.warning", "Waiting for an answer"),
    completed: () => h("span.chip.success", outcome(message)),
    expired: () => h("span.chip", "Expired"),
  }[message.review.status]();
  return h("a.ask-link", { href: reviewPath(message) }, icon("approval"),
    h("b.grow.cut", KINDS[kindOf(message.review)]), chip);
}
