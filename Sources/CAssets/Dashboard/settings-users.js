// The users of this server, for owners.
import { button, fill, h, labelled } from "./dom.js";
import { request } from "./api.js";
import { entry, list, quotaInput, quotaOf, showOnce, sure } from "./lists.js";
import { dialog, toast } from "./overlay.js";
import { store } from "./store.js";
import { bytes } from "./words.js";

const ROLES = { member: "Member", owner: "Owner" };

export async function users(element) {
  const redraw = () => users(element);
  const rows = await request("GET", "/api/users");
  fill(element, h("div.line", h("p.quiet.grow", "Users see only what is theirs. Owners see this page too."),
    button("New user", { glyph: "plus", kind: "primary", on: () => make(redraw) })),
  list("Users", rows.map((user) => row(user, redraw))));
}

function row(user, redraw) {
  const isMe = user.id === store.me.id;
  const state = user.mustChangePassword && " · has not chosen a password yet";
  const remove = async () => {
    await request("DELETE", `/api/users/${user.id}`);
    toast(`${user.displayName} is deleted.`);
    redraw();
  };
  const change = async (body, done) => {
    await request("PATCH", `/api/users/${user.id}`, body);
    toast(done);
    redraw();
  };
  const role = user.role === "owner" ? "member" : "owner";
  const quota = user.quotaBytes !== null && ` · at most ${bytes(user.quotaBytes)}`;
  return entry(user.displayName, [user.email, state, quota], h("span.chip", ROLES[user.role]),
    button("Quota", { kind: "mini", name: `Quota of ${user.displayName}`, on: () => limit(user, change) }), !isMe && [
    button(`Make ${ROLES[role].toLowerCase()}`, { kind: "mini", name: `Make ${user.displayName} ${ROLES[role]}`,
      on: () => sure(`Make ${user.displayName} ${ROLES[role].toLowerCase()}?`, role === "owner"
        ? "Owners may add and delete users, and see what is stored." : "They keep what is theirs.",
      "Change role", () => change({ role }, "The role is changed.")) }),
    button("", { glyph: "trash", kind: "mini ghost", name: `Delete ${user.displayName}`,
      on: () => sure(`Delete ${user.displayName}?`, "Their keys, channels, messages and files go with them.",
        "Delete user", remove) }),
  ]);
}

function limit(user, change) {
  const box = quotaInput(user.quotaBytes);
  dialog(`Quota of ${user.displayName}`, labelled("Gigabytes for all files", box, "Leave it empty for no limit."),
    ["Save", "primary", () => change({ quotaBytes: quotaOf(box) }, "The quota is set.")]);
}

function make(redraw) {
  const email = h("input.input", { type: "email", required: true, autocomplete: "off" });
  const name = h("input.input", { autocomplete: "off", maxlength: 100 });
  const role = h("select.input", Object.entries(ROLES).map(([value, text]) => h("option", { value }, text)));
  const send = async () => {
    const body = { email: email.value, role: role.value, ...(name.value.trim() && { displayName: name.value.trim() }) };
    const { user, password } = await request("POST", "/api/users", body);
    showOnce(`Password of ${user.displayName}`, password, "It has to be changed at the first sign-in.");
    redraw();
  };
  dialog("New user", [labelled("Email", email), labelled("Name", name), labelled("Role", role)],
    ["Make user", "primary", send]);
}
