// Keys for agents: each is shown once, when it is made.
import { button, fill, h, icon, labelled } from "./dom.js";
import { request } from "./api.js";
import { entry, list, showOnce, sure } from "./lists.js";
import { dialog, toast } from "./overlay.js";
import { ago, at, when } from "./words.js";

const SCOPES = { channels: "Channels", read: "Read", send: "Send", files: "Files" };
/** When a key ends, in seconds. */
const LIVES = [["", "Never"], ["2592000", "In 30 days"], ["7776000", "In 90 days"], ["31536000", "In a year"]];

export async function keys(element) {
  const redraw = () => keys(element);
  const [rows, agents] = await Promise.all([request("GET", "/api/api-keys"), request("GET", "/api/agents")]);
  const channels = new Map(agents.map(({ id, name }) => [id, name]));
  fill(element, h("div.line", h("p.quiet.grow", "Agents send a key as the header x-api-key."),
    button("New key", { glyph: "plus", kind: "primary", on: () => make(channels, redraw) })),
  list("API keys", rows.map((key) => row(key, channels, redraw)), "No keys yet. An agent needs one to begin."));
}

/** Where a key's messages go that name no channel. */
function channelChoice(channels, chosen) {
  return h("select.input", h("option", { value: "" }, "The agent names it"),
    [...channels].map(([value, name]) => h("option", { value, selected: value === chosen }, name)));
}

function move(key, channels, redraw) {
  const channel = channelChoice(channels, key.defaultChannelId);
  dialog(`Default channel of “${key.label}”`, [labelled("Messages without a channel go to", channel)],
    ["Save", "primary", async () => {
      await request("PATCH", `/api/api-keys/${key.id}`, { defaultChannelId: channel.value || null });
      redraw();
    }]);
}

function row(key, channels, redraw) {
  const facts = [
    h("code", `${key.keyPrefix}…`), key.lastUsedAt ? ` · used ${ago(at(key.lastUsedAt))}` : " · not used yet",
    key.scope && ` · only ${key.scope.map((one) => SCOPES[one] ?? one).join(", ").toLowerCase()}`,
    key.expiresAt && ` · until ${when(at(key.expiresAt))}`,
    key.defaultChannelId && ` · to ${channels.get(key.defaultChannelId) ?? "a channel"}`,
  ];
  const rotate = async () => {
    const made = await request("POST", `/api/api-keys/${key.id}/rotate`);
    showOnce("The new key", made.key, "The old one no longer works.");
    redraw();
  };
  const remove = async () => {
    await request("DELETE", `/api/api-keys/${key.id}`);
    toast("The key is deleted.");
    redraw();
  };
  return entry(key.label, facts,
    button("Channel", { kind: "mini", name: `Channel of ${key.label}`, on: () => move(key, channels, redraw) }),
    button("Rotate", { kind: "mini", name: `Rotate ${key.label}`, on: () => sure(`Rotate “${key.label}”?`,
      "The old key is dead at once: what uses it stops until it has the new one.", "Rotate", rotate) }),
    button("", { glyph: "trash", kind: "mini ghost", name: `Delete ${key.label}`, on: () => sure(
      `Delete “${key.label}”?`, "What uses it stops at once.", "Delete key", remove) }));
}

function make(channels, redraw) {
  const label = h("input.input", { maxlength: 64, placeholder: "deploy pipeline" });
  const life = h("select.input", LIVES.map(([value, text]) => h("option", { value }, text)));
  const channel = channelChoice(channels);
  const boxes = Object.entries(SCOPES).map(([value, text]) => {
    const box = h("input", { type: "checkbox", value, checked: true });
    return { box, row: h("label.line", box, text) };
  });
  const send = async () => {
    const scope = boxes.filter(({ box }) => box.checked).map(({ box }) => box.value);
    const body = { ...(label.value.trim() && { label: label.value.trim() }), ...(scope.length < 4 && { scope }),
      ...(life.value && { expiresInSeconds: Number(life.value) }),
      ...(channel.value && { defaultChannelId: channel.value }) };
    const made = await request("POST", "/api/api-keys", body);
    showOnce("The key", made.key, firstLine(made.key));
    redraw();
  };
  dialog("New key", [labelled("What is it for?", label), labelled("Ends", life),
    labelled("Messages without a channel go to", channel),
    h("fieldset", h("legend.hint", "What it may do"), boxes.map(({ row: line }) => line))],
  ["Make key", "primary", send]);
}

/** What can be pasted to see that the key works. */
function firstLine(key) {
  const line = `curl ${location.origin}/api/v1/agents -H 'content-type: application/json' -H 'x-api-key: ${key}' `
    + "-d '{\"name\": \"First agent\"}'";
  return [h("span.line", icon("info"), "Makes a channel for an agent:"), h("code.code.soft", line)];
}
