// The first steps of a new owner: a channel, a key, a line to paste. Then the first question arrives by itself.
import { button, fill, h, icon } from "./dom.js";
import { request } from "./api.js";
import { copy } from "./overlay.js";
import { loadAgents, store } from "./store.js";

/** What was made here. A key is shown once, so it is gone with the page. */
let key = "";

export function firstSteps() {
  const element = h("div.first");
  draw(element);
  return element;
}

function draw(element) {
  const [agent] = store.agents;
  const step = (isDone, title, ...content) =>
    h("li", { class: isDone ? "done" : "" }, h("h3", isDone && icon("success", "Done"), title), content);
  fill(element, h("h2", "Three steps to the first question"), h("ol",
    step(agent, "A channel for an agent", agent ? h("p.quiet", agent.name)
      : make("Make a channel", element, async () => {
        await request("POST", "/api/agents", { name: "First agent" });
        await loadAgents();
      })),
    step(key, "A key with which it speaks", key ? h("p.quiet", "Made. It is shown this once, in the line below.")
      : agent && make("Make a key", element, async () => {
        key = (await request("POST", "/api/api-keys", { label: "First key" })).key;
      })),
    step(false, "A line for a terminal", key && agent && line(agent))));
}

function make(label, element, run) {
  return button(label, { kind: "primary", on: async () => { await run(); draw(element); } });
}

function line(agent) {
  const body = {
    channelId: agent.id, text: "Is this thing on?",
    review: { type: "approval", payload: { options: [
      { id: "yes", label: "Yes, it works", style: "primary" }, { id: "no", label: "No" },
    ] } },
  };
  const words = `curl ${location.origin}/api/v1/messages -H 'content-type: application/json' -H 'x-api-key: ${key}' `
    + `-d '${JSON.stringify(body)}'`;
  return [
    h("pre.code.soft", { tabindex: "0", label: "The line" }, words),
    h("div.line", button("Copy", { glyph: "copy", on: () => copy(words, "Copied") }),
      h("span.quiet", "The question appears here as soon as it is asked.")),
  ];
}
