// How the user hears of what happens while the page is not open: in browsers, by ntfy, by e-mail.
import { button, fill, h, labelled } from "./dom.js";
import { request } from "./api.js";
import { notice, toast } from "./overlay.js";
import { browsers, tryOut } from "./settings-browsers.js";
import { store } from "./store.js";

const PATH = "/api/notifications";
const KINDS = {
  question: "A question is asked", reminder: "Half of its time is over and nobody has answered",
  problem: "An agent reports a warning or an error", message: "Any other message of an agent",
};
/** What stands for a token that the server has and does not show. */
const KEPT = "***";

export async function notifications(element) {
  const now = await request("GET", PATH);
  const redraw = () => notifications(element);
  const parts = [kinds(now.settings), channels(now.settings), hours(now.settings), ntfy(now.settings), email(now)];
  const hide = box("Say only that there is something, not what", now.settings.hideText);
  const save = async () => {
    const settings = Object.assign({ hideText: hide.input.checked }, ...parts.map((part) => part.read()));
    await request("PUT", PATH, settings);
    toast("The notifications are saved.");
    await redraw();
  };
  const [what, where, when, phone, mail] = parts;
  fill(element, h("p.quiet", "Notices of what happens while this page is not open. No attachment is in them."),
    !now.publicUrl && notice("info", h("p", "This server does not know its own address, so notices by ntfy and e-mail "
      + "have no links. Whoever runs it can set ", h("code", "PLACET_PUBLIC_URL"), ".")),
    h("h3", "Browsers"), browsers(now, redraw),
    h("form.stack", { onsubmit: save }, h("h3", "What for"), what.element, where.element,
      h("h3", "When"), when.element, h("h3", "What they tell"), hide.element,
      h("h3", "ntfy"), phone.element, h("h3", "E-mail"), mail.element,
      h("div", button("Save notifications", { kind: "primary", type: "submit" }))));
}

/** A box to be ticked. */
function box(text, checked, properties = {}) {
  const input = h("input", { type: "checkbox", checked, ...properties });
  return { input, element: h("label.line", input, text) };
}

function kinds(settings) {
  const boxes = Object.entries(KINDS).map(([kind, text]) => ({ kind, ...box(text, settings.kinds.includes(kind)) }));
  return {
    element: h("fieldset.stack.tight", { label: "What for" }, boxes.map((one) => one.element)),
    read: () => ({ kinds: boxes.filter(({ input }) => input.checked).map(({ kind }) => kind) }),
  };
}

function channels(settings) {
  const muted = new Set(settings.mutedChannels);
  const boxes = store.agents.map(({ id, name }) => ({ id, ...box(name, !muted.has(id)) }));
  const count = boxes.filter(({ input }) => !input.checked).length;
  return {
    element: h("details", h("summary", count ? `Channels, ${count} of ${boxes.length} muted` : "Channels, all of them"),
      h("fieldset.stack.tight", { label: "Channels" }, boxes.map((one) => one.element))),
    read: () => ({ mutedChannels: boxes.filter(({ input }) => !input.checked).map(({ id }) => id) }),
  };
}

function hours({ quietHours }) {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const chosen = quietHours?.timeZone ?? own;
  const zones = [...new Set([own, chosen,
    .../** @type {any} */ (Intl).supportedValuesOf("timeZone")])].sort();
  const time = (value) => h("input.input", { type: "time", value, required: true });
  const [from, to] = [time(quietHours?.from ?? "22:00"), time(quietHours?.to ?? "07:00")];
  const zone = h("select.input", zones.map((name) => h("option", { selected: name === chosen }, name)));
  const fields = h("div.form", { hidden: !quietHours }, labelled("From", from), labelled("To", to),
    h("div.full", labelled("Time zone", zone)));
  const turn = (event) => { fields.hidden = !event.target.checked; };
  const quiet = box("Quiet hours", Boolean(quietHours), { onchange: turn });
  return {
    element: h("div.stack.tight", quiet.element, fields,
      h("p.hint", "What came meanwhile and still waits is told in one notice when they are over.")),
    read: () => ({ quietHours: quiet.input.checked ? { from: from.value, to: to.value, timeZone: zone.value } : null }),
  };
}

function ntfy({ ntfy: now }) {
  const input = (properties) => h("input.input", { autocomplete: "off", ...properties });
  const url = input({ type: "url", value: now?.url ?? "", placeholder: "https://ntfy.sh/my-topic" });
  const token = input({ type: "password", value: now?.hasToken ? KEPT : "" });
  // A token is for the server that gave it.
  url.addEventListener("change", () => { if (url.value !== now?.url && token.value === KEPT) token.value = ""; });
  const given = () => (token.value === KEPT ? {} : { token: token.value || null });
  return {
    element: h("div.form", h("div.full", labelled("Address of a topic", url,
      "Whoever knows a topic of a public server reads it. Empty: not by ntfy.")),
    h("div.full", labelled("Access token", token, "If the server wants one.")), now && test("ntfy", "by ntfy")),
    read: () => ({ ntfy: url.value ? { url: url.value, ...given() } : null }),
  };
}

function email({ settings, emailAvailable }) {
  const mail = box(`To ${store.me.email}`, emailAvailable && settings.email, { disabled: !emailAvailable });
  return {
    element: h("div.stack.tight", mail.element,
      !emailAvailable && h("p.hint", "This server sends no e-mail. Whoever runs it can set ",
        h("code", "PLACET_SMTP_URL"), "."),
      emailAvailable && settings.email && test("email", "by e-mail")),
    read: () => ({ email: mail.input.checked }),
  };
}

/** Sends a notice that way, and says what became of it. */
function test(to, way) {
  const result = h("div", { role: "status" });
  const send = button(`Send a test ${way}`, { glyph: "send", on: () => tryOut(to, result) });
  return h("div.full.stack.tight", h("div", send), result);
}
