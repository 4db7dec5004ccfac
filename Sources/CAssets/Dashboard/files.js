// Files of all channels: found, looked at, taken along, shared, deleted.
import { $, button, fill, h, icon, segmented, unseen } from "./dom.js";
import { ask, request } from "./api.js";
import { card, filePath, glyph } from "./attachment.js";
import { bind } from "./keys.js";
import { dialog, toast } from "./overlay.js";
import { shareDialog } from "./shares.js";
import { agentName, agentOf, channelPath, store } from "./store.js";
import { ago, at, bytes, plural } from "./words.js";

const TYPES = {
  "": "All types", "image/": "Pictures", "text/": "Text", "application/": "Documents and archives", "video/": "Video",
  "audio/": "Audio",
};
/** The days before now at which a list begins or ends. */
const AGES = {
  "": "Any age", "since 1": "The last day", "since 7": "The last 7 days", "since 30": "The last 30 days",
  "until 30": "Older than 30 days",
};
const DAY = 24 * 60 * 60 * 1000;
/** More than this is deleted or packed in several goes (docs/api.md, bulk-delete). */
const MOST_AT_ONCE = 1000;
const PAUSE = 250;

export function files(main) {
  const view = {
    rows: [], cursor: null, picked: new Map(), filter: { search: "", type: "", agent: "", age: "" }, turn: 0,
    shape: localStorage.getItem("placet.files") ?? "list", body: h("div.scroll"), bar: h("div"),
  };
  const choose = (shape) => {
    view.shape = shape;
    localStorage.setItem("placet.files", shape);
    draw(view);
  };
  fill(main, h("section.pane", h("div.head", h("h1.grow", { tabindex: "-1" }, "Files"),
    segmented("Shape", { list: [icon("list"), unseen("List")], grid: [icon("grid"), unseen("Gallery")] }, view.shape,
      choose)), tools(view), view.body, view.bar));
  const unbind = bind("Files", [["/", "Find by name", () => $(".search", main).focus()]]);
  reload(view);
  return { title: "Files", end: () => { unbind(); view.turn += 1; } };
}

function tools(view) {
  const select = (label, name, choices) => {
    const input = h("select.input", { label, onchange: () => { view.filter[name] = input.value; reload(view); } },
      choices.map(([value, text]) => h("option", { value }, text)));
    return input;
  };
  let pause = 0;
  const search = h("input.input.search", {
    type: "search", label: "Name of a file", placeholder: "Name of a file", oninput: () => {
      clearTimeout(pause);
      pause = setTimeout(() => { view.filter.search = search.value.trim(); reload(view); }, PAUSE);
    },
  });
  return h("div.tools", search, select("Type", "type", Object.entries(TYPES)),
    select("Channel", "agent", [["", "All channels"], ...store.agents.map((agent) => [agent.id, agent.name])]),
    select("Age", "age", Object.entries(AGES)));
}

async function reload(view) {
  Object.assign(view, { rows: [], cursor: null });
  await more(view);
}

/** The next page. What comes after another search has begun is left out. */
async function more(view) {
  view.turn += 1;
  const { turn } = view;
  const { age, ...rest } = view.filter;
  const [bound, days] = age.split(" ");
  const chosen = Object.entries(rest).filter(([, value]) => value);
  if (age) chosen.push([bound, new Date(Date.now() - Number(days) * DAY).toISOString()]);
  const query = new URLSearchParams([...chosen, ["limit", "60"], ...(view.cursor ? [["cursor", view.cursor]] : [])]);
  const page = await request("GET", `/api/files?${query}`);
  if (turn !== view.turn) return;
  view.rows.push(...page.data);
  view.cursor = page.nextCursor;
  draw(view);
}

function draw(view) {
  const isFiltered = Object.values(view.filter).some(Boolean);
  const rest = view.cursor && h("div.pad", button("Show more", { on: () => more(view) }));
  fill(view.body, !view.rows.length
    ? h("div.empty", icon("files"), h("h2", isFiltered ? "No files match." : "No files yet."))
    : [view.shape === "grid" ? gallery(view) : rows(view), rest]);
  drawBar(view);
}

function pick(view, file) {
  const box = h("input", {
    type: "checkbox", label: `Select ${file.filename}`, checked: view.picked.has(file.id), onchange: () => {
      if (box.checked) view.picked.set(file.id, file);
      else view.picked.delete(file.id);
      drawBar(view);
    },
  });
  return box;
}

const gallery = (view) => h("ul.gallery", { label: "Files" },
  view.rows.map((file) => h("li", card(file), h("label.pick", pick(view, file)))));

function rows(view) {
  const every = h("input", {
    type: "checkbox", label: "Select all", checked: view.rows.every((file) => view.picked.has(file.id)),
    onchange: () => {
      for (const file of view.rows) {
        if (every.checked) view.picked.set(file.id, file);
        else view.picked.delete(file.id);
      }
      draw(view);
    },
  });
  const row = (file) => h("tr", h("td", pick(view, file)),
    h("td.name", h("span.line", h("span.quiet", icon(glyph(file.mimeType))), 
      h("a", { href: filePath(file) }, file.filename))),
    h("td.n", bytes(file.size)),
    h("td.wide-only", agentOf(file.channelId) && h("a", { href: channelPath(file.channelId) },
      agentName(file.channelId))),
    h("td.quiet.wide-only", file.mimeType), h("td.quiet.wide-only", ago(at(file.createdAt))));
  const head = h("tr", h("td", every), h("th", "Name"), h("th.n", "Size"), h("th.wide-only", "Channel"),
    h("th.wide-only", "Type"), h("th.wide-only", "Added"));
  return h("div.table", { tabindex: "0", role: "group", label: "Files" },
    h("table", h("thead", head), h("tbody", view.rows.map(row))));
}

function drawBar(view) {
  const chosen = [...view.picked.values()];
  const size = bytes(chosen.reduce((sum, file) => sum + file.size, 0));
  const tooMany = chosen.length > MOST_AT_ONCE;
  const clear = () => { view.picked.clear(); draw(view); };
  fill(view.bar, chosen.length > 0 && h("section.bulk", { label: "Selected files" },
    h("b.num.grow", { role: "status" }, `${chosen.length} selected, ${size}`),
    tooMany && h("span.small.warning", `At most ${MOST_AT_ONCE} at once.`),
    button("Zip", { glyph: "archive", name: "Download as zip", disabled: tooMany, on: () => pack(chosen) }),
    chosen.length === 1 && button("Share", { glyph: "link", on: () => shareDialog(chosen[0]) }),
    button("Delete…", { glyph: "trash", kind: "danger", disabled: tooMany, on: () => remove(view, chosen, size) }),
    button("Clear", { kind: "ghost", on: clear })));
}

/** A form can send no JSON, so the archive is read here and then saved; the browser keeps large ones on disk. */
async function pack(chosen) {
  toast(`files.zip with ${plural(chosen.length, "file")} is on its way.`, "download");
  const answer = await ask("POST", "/api/files/bulk-download", { ids: chosen.map((file) => file.id) });
  const address = URL.createObjectURL(await answer.blob());
  h("a", { href: address, download: "files.zip" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

function remove(view, chosen, size) {
  const some = chosen.slice(0, 8);
  const content = [
    h("p", "They leave their messages at once, and links to them die."),
    h("ul.rows.box",
      some.map((file) => h("li", h("span.cut.grow", file.filename), h("span.quiet.num", bytes(file.size)))),
      chosen.length > some.length && h("li.quiet", `and ${chosen.length - some.length} more`)),
  ];
  dialog(`Delete ${plural(chosen.length, "file")}, ${size}?`, content,
    [`Delete ${chosen.length}`, "danger solid", async () => {
      await request("POST", "/api/files/bulk-delete", { ids: chosen.map((file) => file.id) });
      view.picked.clear();
      toast(`${plural(chosen.length, "file")} deleted.`);
      await reload(view);
      $("h1")?.focus();
    }]);
}
