// Channels: made, named, given a webhook, deleted.
import { button, fill, h, icon, labelled } from "./dom.js";
import { request } from "./api.js";
import { entry, list, quotaInput, quotaOf, sure, table } from "./lists.js";
import { dialog, notice, toast } from "./overlay.js";
import { agentOf, channelPath, loadAgents, store } from "./store.js";
import { at, plural, when } from "./words.js";

const STATES = { delivered: "success", failed: "error", pending: "info" };
/** What the server answers in place of a secret, and takes as "as it was". */
const KEPT = "***";

/** All channels, or the one whose id is given. */
export function channelSettings(element, id) {
  const agent = agentOf(id);
  if (agent) { one(element, agent); return; }
  const path = (each) => `/settings/channels/${encodeURIComponent(each.id)}`;
  const row = (each) => entry(each.name, each.webhookUrl ?? "No webhook",
    h("a.btn.mini", { href: path(each), label: `Set up ${each.name}` }, "Set up"));
  fill(element, h("div.line", h("p.quiet.grow", "Each agent speaks in a channel of its own."),
    button("New channel", { glyph: "plus", kind: "primary", on: () => make(element) })),
  list("Channels", store.agents.map(row), "No channels yet."));
}

function make(element) {
  const name = h("input.input", { required: true, maxlength: 100, placeholder: "Deploy agent" });
  dialog("New channel", labelled("Name", name), ["Make channel", "primary", async () => {
    await request("POST", "/api/agents", { name: name.value });
    await loadAgents();
    channelSettings(element);
  }]);
}

function one(element, agent) {
  const path = `/api/agents/${encodeURIComponent(agent.id)}`;
  const name = h("input.input", { value: agent.name, required: true, maxlength: 100 });
  const text = h("textarea.input", { value: agent.description ?? "", rows: 2 });
  const rename = async () => {
    await request("PATCH", path, { name: name.value, description: text.value });
    await loadAgents();
    toast("Saved.");
  };
  const remove = async () => {
    const { messages, files } = await request("GET", `${path}/stats`);
    const all = `${plural(messages.agent + messages.user, "message")} and ${plural(files.count, "file")}`;
    sure(`Delete ${agent.name}?`, `${all} go with it, for good.`, "Delete channel", async () => {
      await request("DELETE", path);
      await loadAgents();
      history.replaceState(null, "", "/settings/channels");
      channelSettings(element);
    });
  };
  const quota = quotaInput(agent.quotaBytes);
  const days = h("input.input", { type: "number", min: "1", value: agent.retentionDays ?? "" });
  const restrict = async () => {
    await request("PATCH", path, { quotaBytes: quotaOf(quota), retentionDays: days.value ? Number(days.value) : null });
    await loadAgents();
    toast("Saved.");
  };
  const attempts = h("div.stack");
  fill(element, h("p.line", h("a.btn.mini.ghost", { href: "/settings/channels" }, icon("back"), "All channels"),
    h("a", { href: channelPath(agent.id) }, "Open the channel")),
  h("p.small.quiet", "Its id, for agents: ", h("code", agent.id)),
  h("form.form", { onsubmit: rename }, labelled("Name", name), h("div.full", labelled("Description", text)),
    h("div.full", button("Save", { type: "submit" }))),
  h("h3", "Limits"),
  h("form.form", { onsubmit: restrict }, labelled("Gigabytes for all files", quota, "Leave it empty for no limit."),
    labelled("Days that messages stay", days, "Empty: for good. Questions that wait are never deleted."),
    h("div.full", button("Save limits", { type: "submit" }))),
  h("h3", "Picture"), picture(agent, path, element), h("h3", "Webhook"), webhook(agent, path, attempts),
  h("h3", "Last attempts"), attempts,
  h("h3", "Delete"), h("div", button("Delete channel…", { kind: "danger", on: remove })));
  drawAttempts(attempts, path);
}

function picture(agent, path, element) {
  const own = agent.avatarUrl?.startsWith("/");
  const again = async () => { await loadAgents(); one(element, agentOf(agent.id)); };
  const picker = h("input", { type: "file", accept: "image/png,image/jpeg,image/gif,image/webp", onchange: async () => {
    const form = new FormData();
    form.append("file", picker.files[0]);
    const answer = await fetch(`${path}/avatar`, { method: "POST", body: form });
    const content = await answer.json().catch(() => null);
    if (!answer.ok) toast(content?.message ?? "The picture was not stored.", "error");
    else await again();
  } });
  return h("div.line", own && h("img.portrait", { src: agent.avatarUrl, alt: `Picture of ${agent.name}` }),
    h("label.btn.pickfile", icon("image"), "Choose a picture", picker),
    h("span.hint", "PNG, JPEG, GIF or WebP, at most 1 MB."),
    own && button("Remove", { kind: "ghost", on: () => request("DELETE", `${path}/avatar`).then(again) }));
}

function webhook(agent, path, attempts) {
  const input = (value, properties) => h("input.input", { value: value ?? "", autocomplete: "off", ...properties });
  const url = input(agent.webhookUrl, { type: "url", required: true, placeholder: "https://example.org/placet" });
  const user = input(agent.webhookAuth?.username);
  const password = input(agent.webhookAuth && KEPT, { type: "password" });
  const secret = input(agent.webhookSecret && KEPT, { type: "password" });
  const result = h("div", { role: "status" });
  // Another URL is another webhook: what was given for this one does not go there.
  url.addEventListener("change", () => {
    if (url.value === agent.webhookUrl) return;
    for (const box of [password, secret]) if (box.value === KEPT) box.value = "";
  });
  const save = async () => {
    const isSame = url.value === agent.webhookUrl;
    await request("PUT", `${path}/webhook`, {
      url: url.value,
      ...(isSame && agent.webhookHeaders && { headers: agent.webhookHeaders }),
      ...(user.value && { auth: { username: user.value, password: password.value } }),
      ...(secret.value && { secret: secret.value }),
    });
    await loadAgents();
    agent = agentOf(agent.id);
    toast("The webhook is saved.");
  };
  const test = async () => {
    fill(result, notice("info", h("p", "Waiting for the receiver, at most 11 s.")));
    const { delivered, status, error, milliseconds } = await request("POST", `${path}/webhook/test`);
    const words = delivered ? `Delivered: the receiver answered ${status} after ${milliseconds} ms.`
      : `Not delivered: ${error ?? `the receiver answered ${status}`}.`;
    fill(result, notice(delivered ? "success" : "error", h("p", words)));
    await drawAttempts(attempts, path);
  };
  const clear = async () => {
    await request("DELETE", `${path}/webhook`);
    await loadAgents();
    for (const box of [url, user, password, secret]) box.value = "";
    toast("The webhook is removed.");
  };
  return h("form.form", { onsubmit: save }, h("div.full", labelled("URL", url)), labelled("User", user),
    labelled("Password", password),
    h("div.full", labelled("Signing secret", secret, "whsec_ and 24 to 64 bytes in Base64 (Standard Webhooks).")),
    h("div.full.btns", button("Save webhook", { kind: "primary", type: "submit" }),
      button("Send a test", { glyph: "send", on: () => test().catch((error) => {
        fill(result, notice("error", h("p", error.message)));
      }) }),
      agent.webhookUrl && button("Remove", { kind: "ghost", on: clear })), h("div.full", result));
}

async function drawAttempts(element, path) {
  const { data } = await request("GET", `${path}/deliveries?limit=20`);
  if (!data.length) { fill(element, h("p.quiet", "Nothing was sent yet.")); return; }
  fill(element, table("Last attempts", ["Event", "State", ">Answer", ">Tries", "When"], data.map((one) => [
    h("code", one.event), h("span.chip", { class: STATES[one.state] ?? "" }, one.state),
    one.responseStatus ?? one.error ?? "–", one.attempts,
    one.attemptedAt ? when(at(one.attemptedAt)) : "Not yet",
  ])));
}
