// Settings: what belongs to who is signed in, one page for each concern, with an address of its own.
import { button, fill, h, labelled, segmented } from "./dom.js";
import { request } from "./api.js";
import { cardKeys } from "./card.js";
import { singleKeys } from "./keys.js";
import { entry, list, sure } from "./lists.js";
import { toast } from "./overlay.js";
import { chooseTheme, theme } from "./preferences.js";
import { channelSettings } from "./settings-channels.js";
import { keys } from "./settings-keys.js";
import { notifications } from "./settings-notifications.js";
import { plugins } from "./settings-plugins.js";
import { users } from "./settings-users.js";
import { store } from "./store.js";
import { ago, at } from "./words.js";

/**
 * By the second part of their paths: a title, and what draws it. `id` is the third part.
 * @type {Map<string, [string, (element: HTMLElement, id?: string) => void]>}
 */
const SECTIONS = new Map(Object.entries({
  profile: ["Profile", profile], sessions: ["Sessions", sessions], keys: ["API keys", keys],
  channels: ["Channels", channelSettings], notifications: ["Notifications", notifications],
  plugins: ["Plugins", plugins], shortcuts: ["Shortcuts", shortcuts], users: ["Users", users],
}));

export function settings(main, [, name = "profile", id]) {
  const mine = [...SECTIONS].filter(([key]) => key !== "users" || store.me.role === "owner");
  const shown = mine.some(([key]) => key === name) ? name : "profile";
  const [title, draw] = SECTIONS.get(shown);
  const content = h("div.stack");
  const link = (key, label) =>
    h("a", { href: `/settings/${key}`, "aria-current": key === shown ? "page" : null }, label);
  fill(main, h("div.pane", h("div.head", h("h1", "Settings")), h("div.scroll", h("div.page.settings",
    h("nav.nav", { label: "Settings" }, mine.map(([key, [label]]) => link(key, label))),
    h("section.inner", { "aria-labelledby": "section" }, h("h2", { id: "section" }, title), content)))));
  draw(content, id);
  return { title: `${title}, settings`, end: null };
}

function profile(element) {
  const { me } = store;
  const old = h("input.input", { type: "password", autocomplete: "current-password", required: true });
  const chosen = h("input.input", { type: "password", autocomplete: "new-password", required: true, minlength: 8 });
  const change = async (event) => {
    await request("POST", "/api/auth/change-password", { currentPassword: old.value, newPassword: chosen.value });
    event.target.reset();
    toast("The password is changed. Your other sessions have ended.");
  };
  fill(element,
    h("p", h("b", me.displayName), ` · ${me.email} · ${me.role === "owner" ? "Owner" : "Member"}`),
    h("h3", "Appearance"),
    segmented("Theme", { system: "As the device", light: "Light", dark: "Dark" }, theme(), chooseTheme),
    h("h3", "Password"),
    h("form.form", { onsubmit: change }, labelled("Password so far", old),
      labelled("New password", chosen, "At least 8 characters."),
      h("div.full", button("Change password", { type: "submit" }))));
}

function shortcuts(element) {
  const turn = () => { singleKeys.on = box.checked; };
  const box = h("input", { type: "checkbox", checked: singleKeys.on, onchange: turn });
  const keys = [["j k", "Next review, and the one before"], ["x", "Choose a review, to answer several alike"],
    ["Escape", "Choose none"], ...cardKeys(element), ["/", "Search reviews, or find a file by name"],
    ["?", "What can be pressed"]];
  fill(element, h("label.line", box, "Single keys, in this browser"),
    h("p.quiet", "Turn them off if you speak to the device, or hit keys by accident. Tab, Enter and arrows stay."),
    h("dl.keys", keys.flatMap(([key, what]) => [h("dt", h("kbd", key)), h("dd", what)])));
}

async function sessions(element) {
  const rows = await request("GET", "/api/auth/sessions");
  const row = (session) => {
    const name = browserOf(session.userAgent);
    const used = session.lastUsedAt ? `Used ${ago(at(session.lastUsedAt))}` : "Not used yet";
    const end = async () => {
      await request("DELETE", `/api/auth/sessions/${session.id}`);
      toast(`${name} is signed out.`);
      await sessions(element);
    };
    return entry(name, `${used} · begun ${ago(at(session.createdAt))}`,
      session.current ? h("span.chip.success", "This browser")
        : button("End", { kind: "mini", name: `End ${name}`, on: () => sure(`End ${name}?`,
          "Whoever uses it has to sign in again.", "End session", end) }));
  };
  fill(element, h("p.quiet", "Where you are signed in. A session ends seven days after it was last renewed."),
    list("Sessions", rows.map(row)));
}

/** The browser and the system that a User-Agent names, as far as they are told. */
function browserOf(userAgent) {
  if (!userAgent) return "A program";
  const known = ["Edg", "OPR", "Firefox", "Chrome", "Safari"].find((name) => userAgent.includes(`${name}/`));
  const system = ["Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux"].find((name) => userAgent.includes(name));
  const browser = { Edg: "Edge", OPR: "Opera" }[known] ?? known;
  return [browser ?? userAgent.slice(0, 40), system].filter(Boolean).join(" on ");
}
