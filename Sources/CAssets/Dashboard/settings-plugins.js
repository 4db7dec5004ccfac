// The plugins of this server, and what each wants to know from the user.
import { button, fill, h, icon, labelled } from "./dom.js";
import { request } from "./api.js";
import { entry, list } from "./lists.js";
import { notice, toast } from "./overlay.js";

const MOST_CHARACTERS = 2000;
const pathOf = (name) => `/api/plugins/${encodeURIComponent(name)}`;

export const plugins = (element, name) => (name ? setUp(element, name) : overview(element));

async function overview(element) {
  const rows = await request("GET", "/api/plugins");
  const words = "They show reviews in their own way. Whoever runs the server installs them.";
  fill(element, h("p.quiet", words), list("Plugins", rows.map(row), "None is installed."));
}

function row(plugin) {
  const network = plugin.permissions.httpRequests && " · asks for the network";
  const link = plugin.env.length > 0 && h("a.btn.mini",
    { href: `/settings/plugins/${plugin.name}`, label: `Set up ${plugin.displayName}` }, "Set up");
  const about = plugin.description && ` · ${plugin.description}`;
  return entry(plugin.displayName, [`Version ${plugin.version}`, network, about], link);
}

async function setUp(element, name) {
  const [plugin, { config, missing }] = await Promise.all([
    request("GET", pathOf(name)), request("GET", `${pathOf(name)}/config`),
  ]);
  const inputs = plugin.env.map((setting) => input(setting, config[setting.key]));
  const save = async () => {
    const given = plugin.env.map((setting, place) => [setting.key, value(setting, inputs[place])]);
    await request("PUT", `${pathOf(name)}/config`, { config: Object.fromEntries(given) });
    toast(`The settings of ${plugin.displayName} are saved.`);
    await setUp(element, name);
  };
  const field = (setting, place) => labelled(setting.label, inputs[place],
    [setting.required && "Required.", setting.description].filter(Boolean).join(" "));
  fill(element,
    h("div.line", h("a.btn.ghost", { href: "/settings/plugins" }, icon("back"), "All"), h("h3", plugin.displayName)),
    missing.length > 0 && notice("warning", h("p", "It cannot work before what is required is set.")),
    h("form.form", { onsubmit: save }, plugin.env.map(field),
      h("div.full", button("Save settings", { kind: "primary", type: "submit" }))));
}

/** A secret that is set is shown as ***, and stays when it is sent back so. */
const input = (setting, shown) => h("input.input", {
  type: setting.secret ? "password" : "text", value: shown ?? "", autocomplete: "off", maxlength: MOST_CHARACTERS,
});

/** What is empty, or as it is by default, is not set. */
const value = (setting, { value: typed }) => (typed === "" || typed === setting.default ? null : typed);
