// The users of this server, for owners.
import { button, fill, h, labelled } from "./dom.js";
import { request } from "./api.js";
import { entry, list, showOnce, sure } from "./lists.js";
import { dialog, toast } from "./overlay.js";
import { store } from "./store.js";

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
  return entry(user.displayName, [user.email, state], h("span.chip", ROLES[user.role]), !isMe && [
    button(`Make ${ROLES[role].toLowerCase()}`, { kind: "mini", name: `Make ${user.displayName} ${ROLES[role]}`,
      on: () => sure(`Make ${user.displayName} ${ROLES[role].toLowerCase()}?`, role === "owner"
        ? "Owners may add and delete users, and see what is stored." : "They keep what is theirs.",
      "Change role", () => change({ role }, "The role is changed.")) }),
    button("", { glyph: "trash", kind: "mini ghost", name: `Delete ${user.displayName}`,
      on: () => sure(`Delete ${user.displayName}?`, "Their keys, channels, messages and files go with them.",
        "Delete user", remove) }),
  ]);
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
