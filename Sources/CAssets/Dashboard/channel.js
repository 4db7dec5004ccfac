// A channel: what was said in it, as it is said, and a place to write. Beside it the list of all channels.
import { fill, h, icon, unseen } from "./dom.js";
import { request } from "./api.js";
import { composer } from "./composer.js";
import { bind } from "./keys.js";
import { agentOf, channelPath, listen, loadAgents, store } from "./store.js";
import { thread } from "./thread.js";

/** What is typed is followed after so many milliseconds without more of it. */
const PAUSE = 250;

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
  const pane = { agent, place: h("div.pane"), thread: null, search: "", isOver: false };
  const writer = composer(agent);
  let pause = 0;
  const search = h("input.input.search", {
    type: "search", label: "Text of a message", placeholder: "Search", maxlength: 1000, oninput: () => {
      clearTimeout(pause);
      pause = setTimeout(() => show(pane, search.value.trim()), PAUSE);
    },
  });
  const element = h("section.pane", { "aria-labelledby": "channel-name" },
    h("div.head", h("a.btn.ghost.square.only-phone", { href: "/channels", label: "Back to channels" }, icon("back")),
      h("span.dot", { class: agent.status }), h("h1", { id: "channel-name" }, agent.name),
      h("p.quiet.small.cut.grow", agent.statusMessage ?? ""), search), pane.place, writer.element);
  const seen = () => markRead(pane);
  const unbind = bind("Channel", [["/", "Search", () => search.focus()]]);
  document.addEventListener("visibilitychange", seen);
  show(pane, "");
  return {
    element, change: (change) => follow(pane, change),
    end: () => {
      pane.isOver = true;
      clearTimeout(pause);
      writer.end();
      pane.thread.end();
      unbind();
      document.removeEventListener("visibilitychange", seen);
    },
  };
}

/** Shows the thread, or what is found in it. */
async function show(pane, search) {
  pane.thread?.end();
  pane.search = search;
  pane.thread = thread(pane.agent, search);
  const { element, load } = pane.thread;
  await load();
  if (pane.isOver || pane.thread.element !== element) return;
  fill(pane.place, element);
  element.scrollTop = element.scrollHeight;
  await markRead(pane);
}

/** What is found is not all that is new. */
async function markRead({ agent, search }) {
  if (document.hidden || search || !agentOf(agent.id)?.unreadCount) return;
  await request("POST", `/api/agents/${encodeURIComponent(agent.id)}/read`);
  await loadAgents();
}

function follow(pane, change) {
  if (change.name === "reset") pane.thread.load();
  else if (change.name === "agents") markRead(pane);
  else if (change.name === "message:deleted") pane.thread.drop(change.messageId);
  else if (change.message?.channelId === pane.agent.id) {
    pane.thread.put(change.message, change.name === "message:created");
  }
}
