// Storage, for owners: what is stored, how it grew, what the collector would take, and who did what.
import { button, fill, h, icon } from "./dom.js";
import { Refusal, request } from "./api.js";
import { explainForm } from "./explain.js";
import { sure, table } from "./lists.js";
import { dialog, notice, toast } from "./overlay.js";
import { at, bytes, plural, when } from "./words.js";

const REASONS = {
  expired: "Were in no message until their time was over", fileDeleted: "The file was deleted",
  messageDeleted: "The message was deleted", ageLimit: "The message was older than its channel keeps them",
  channelDeleted: "The channel was deleted",
};
const STARTED = { schedule: "The schedule", plan: "A plan", run: "A command" };
/** How many runs of the collector are shown. */
const RUNS = 20;
const TABS = { figures: "Figures", collect: "Collect", audit: "Audit" };

export function storage(main, [, tab = "figures"]) {
  const shown = Object.hasOwn(TABS, tab) ? tab : "figures";
  const content = h("div.page");
  const link = ([name, label]) =>
    h("a", { href: `/storage/${name}`, "aria-current": name === shown ? "page" : null }, label);
  fill(main, h("section.pane", h("div.head", h("h1.grow", "Storage"),
    h("nav.tabs", { label: "Storage" }, Object.entries(TABS).map(link))),
  h("div.scroll", { tabindex: "0", role: "group", label: TABS[shown] }, content)));
  const draw = { figures, collect, audit }[shown];
  draw(content).catch((error) => {
    if (!(error instanceof Refusal)) throw error;
    fill(content, notice("error", h("p", error.message)));
  });
  return { title: `${TABS[shown]}, storage`, end: null };
}

/** What is known of the last look at all bytes, and of backups. */
function care({ check, backup }) {
  const read = !check.beganAt ? "No bytes were read again yet: the first round begins a minute after the start."
    : `${check.isUnderWay ? "All bytes are being read again since" : "All bytes were read again from"} `
      + `${when(at(check.beganAt))}${check.isUnderWay ? "" : " on"}.`;
  const damage = check.damaged > 0
    ? notice("error", h("p", `${plural(check.damaged, "content")} with other bytes than were stored. `,
      "placet fsck names them; what is uploaded again or restored heals them."))
    : h("p.quiet", `${read} No damage is known.`);
  const made = backup.madeAt ? `The last backup was made ${when(at(backup.madeAt))}.`
    : "No backup was made yet: placet backup FOLDER.";
  const kept = backup.heldUntil
    ? `${made} Until ${when(at(backup.heldUntil))} a backup holds what is to be removed.` : made;
  return h("section.part", h("h2", "Care"), damage, h("p.quiet", kept));
}

async function figures(element) {
  const now = await request("GET", "/api/admin/storage");
  const figure = (label, value, more) => h("div", h("dt", label), h("dd.big", value), h("dd.small", more));
  fill(element,
    h("dl.figures",
      figure("Files", bytes(now.files.bytes), plural(now.files.count, "file")),
      figure("On disk", bytes(now.blobs.bytes), plural(now.blobs.count, "content")),
      figure("Saved by equal contents", bytes(Math.max(0, now.deduplicatedBytes)), "stored once"),
      figure("Nobody has", bytes(now.reclaimable.bytes), plural(now.reclaimable.count, "content")),
      figure("Under way", bytes(now.inFlightBytes), "being uploaded"),
      figure("Free", bytes(now.freeBytes), "left on the disk")),
    h("div.two", bars("By type", now.types.families.map((one) => [one.type, one.bytes, one.count])),
      bars("By channel", now.channels.map((one) => [one.name, one.bytes, one.count])),
      bars("By age", now.ages.map((one, place) => [age(one.days, now.ages[place - 1]?.days), one.bytes, one.count])),
      growth(now.growth), care(now)));
}

const age = (days, before) => {
  if (days === null) return `Older than ${plural(before, "day")}`;
  return before === undefined ? "Since yesterday" : `Up to ${plural(days, "day")}`;
};

function bars(title, rows) {
  const most = Math.max(1, ...rows.map(([, size]) => size));
  const bar = ([name, size, count]) => h("li", h("span.cut", name),
    h("span.quiet.num", `${bytes(size)} · ${count.toLocaleString("en-US")}`),
    h("meter", { min: 0, max: most, value: size, label: `${name}: ${bytes(size)}` }));
  return h("section.part", h("h2", title),
    rows.length ? h("ul.bars.box", rows.map(bar)) : h("p.quiet", "Nothing is stored yet."));
}

const SVG = "http://www.w3.org/2000/svg";

function drawing(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** What was on disk from day to day. */
function growth(samples) {
  const title = h("h2", "From day to day");
  if (samples.length < 2) return h("section.part", title, h("p.quiet", "Tomorrow there is a first day to compare."));
  const most = Math.max(1, ...samples.map((one) => one.files.bytes));
  const line = (part) => samples.map((one, place) =>
    `${(place / (samples.length - 1)) * 400},${100 - (one[part].bytes / most) * 100}`).join(" ");
  const [first, last] = [samples[0], samples.at(-1)];
  const words = `From ${bytes(first.blobs.bytes)} on disk on ${first.day} to ${bytes(last.blobs.bytes)} on ${last.day}`;
  return h("section.part", title, h("figure.chart.box",
    drawing("svg", { viewBox: "0 -4 400 108", preserveAspectRatio: "none", role: "img", "aria-label": words },
      drawing("polyline", { class: "logical", points: line("files") }),
      drawing("polyline", { class: "physical", points: line("blobs") })),
    h("figcaption.small.quiet", `${words}. Dashed: as users see it, each file for itself.`)));
}

/** A plan, to be looked through, and then applied as it is; below it what was taken before. */
async function collect(element) {
  const [plan, runs] = await Promise.all([
    request("POST", "/api/admin/gc/plan", {}), request("GET", `/api/admin/gc/runs?limit=${RUNS}`),
  ]);
  const { files, blobs } = plan;
  const isEmpty = !files.count && !blobs.count;
  const progress = h("div", { role: "status" });
  const rows = Object.entries(plan.byReason).filter(([, amount]) => amount.count)
    .map(([reason, amount]) => [REASONS[reason] ?? reason, amount.count.toLocaleString("en-US"), bytes(amount.bytes)]);
  const run = async () => { await apply(plan, progress); await collect(element); };
  fill(element,
    h("p", "The server takes by itself, every hour, what nobody has had for a day. Here you see what would go now, and "
      + "may have it taken at once. A content that gets a file again in between stays."),
    isEmpty ? notice("success", h("p", "There is nothing to take.")) : [
      h("p", h("b", `${plural(blobs.count, "content")}, ${bytes(blobs.bytes)}`),
        files.count > 0 && ` and ${plural(files.count, "file")} that are in no message`,
        plan.oldest && `, the oldest since ${when(at(plan.oldest))}`),
      rows.length > 0 && table("Why", ["Why", ">Contents", ">Bytes"], rows),
      h("p.small.quiet.mono", `Plan ${plan.id}`),
    ], progress,
    h("div.btns", button("Look again", { on: () => collect(element) }), !isEmpty && button("Take them…", {
      kind: "danger", on: () => dialog(`Take ${plural(blobs.count, "content")}?`,
        h("p", `${bytes(blobs.bytes)} are freed. Exactly this plan is applied, or nothing.`),
        ["Take them", "danger solid", () => { run().catch((error) => fail(progress, error)); }]),
    })),
    runs.length > 0 && h("section.part", h("h2", "Taken before"), table("Taken before",
      ["When", "By", ">Files", ">Contents", ">Bytes", "Undo"], runs.map((one) => runRow(one, element)))),
    explainForm());
}

function runRow(run, element) {
  const undo = async () => {
    const back = await bringBack(run);
    toast(`${plural(back.files, "file")} and ${plural(back.contents, "content")} are back.`);
    await collect(element);
  };
  const canUndo = run.undoUntil && !run.undoneAt && at(run.undoUntil) > Date.now();
  const time = when(at(run.beganAt));
  return [time, STARTED[run.startedBy], run.expiredFiles.toLocaleString("en-US"),
    run.blobs.count.toLocaleString("en-US"), bytes(run.blobs.bytes),
    run.undoneAt ? `Undone ${when(at(run.undoneAt))}` : canUndo ? button(`Undo, until ${when(at(run.undoUntil))}`, {
      kind: "mini", name: `Undo the collection of ${time}`, on: () => sure(`Undo the collection of ${time}?`,
        "What it took comes back: files in no message with a new expiry, contents with a new grace.", "Undo", undo),
    }) : "The bytes are gone"];
}

/** Undoes a run step by step. */
async function bringBack(run) {
  const back = { files: 0, contents: 0 };
  for (let rest = 1; rest > 0;) {
    const step = await request("POST", `/api/admin/gc/runs/${run.id}/undo`);
    back.files += step.files;
    back.contents += step.blobs.count;
    rest = step.rest;
  }
  return back;
}

function fail(element, error) {
  if (!(error instanceof Refusal)) throw error;
  fill(element, notice("error", h("p", error.message)));
}

/** Applies a plan step by step: each answers what is left as a plan of its own. */
async function apply(plan, progress) {
  const whole = plan.blobs.count + plan.files.count;
  const bar = h("progress", { max: whole, value: 0, label: "Collection" });
  fill(progress, bar);
  let freed = 0;
  let run = null;
  for (let rest = plan; rest.blobs.count + rest.files.count > 0;) {
    const step = await request("POST", "/api/admin/gc/apply", { plan: rest.id, ...(run && { run: run.id }) });
    run = step.run;
    freed += step.blobs.bytes;
    rest = step.rest;
    bar.value = whole - rest.blobs.count - rest.files.count;
  }
  toast(run?.undoUntil ? `${bytes(freed)} are taken. Until ${when(at(run.undoUntil))} it can be undone.`
    : `${bytes(freed)} are free again.`);
}

/** The audit log: all entries or those that are asked for, the newest first. */
function audit(element) {
  const asked = { action: "", user: "", subject: "" };
  const query = (more) => new URLSearchParams(Object.entries({ ...asked, ...more }).filter(([, value]) => value));
  const found = h("div.stack");
  const everything = h("a.btn", { download: "audit.ndjson" }, icon("download"), "Export");
  let turn = 0;
  const read = async (cursor = null, before = []) => {
    turn += 1;
    const mine = turn;
    everything.href = `/api/admin/audit/export?${query({})}`;
    const page = await request("GET", `/api/admin/audit?${query({ limit: "50", cursor })}`);
    // What comes after another choice is left out.
    if (mine === turn) fill(found, auditTable([...before, ...page.data], page.nextCursor, read));
  };
  const take = (name) => (event) => {
    asked[name] = event.target.value.trim();
    return read();
  };
  const box = (label, name) => h("input.input.search", { type: "search", label, placeholder: label,
    onchange: take(name) });
  fill(element, h("div.tools", h("select.input", { label: "What", onchange: take("action") },
    ACTIONS.map((one) => h("option", { value: one }, one || "All that was done"))),
  box("Email or id of a user", "user"), box("Id of what it is about", "subject"), everything), found);
  return read();
}

function auditTable(entries, cursor, read) {
  if (!entries.length) return h("p.quiet", "Nothing of this is in the log.");
  const row = (one) => [
    when(at(one.at)), one.action, one.userEmail ?? one.via, h("code.small", one.subject ?? one.channelId ?? "–"),
    one.address ?? one.via,
  ];
  return [table("Audit log", ["When", "What", "Who", "About", "From"], entries.map(row)),
    cursor && h("div", button("Show more", { on: () => read(cursor, entries) }))];
}

const ACTIONS = [
  "", "session.opened", "session.ended", "password.changed", "key.created", "key.rotated", "key.changed", "key.revoked",
  "user.created", "user.changed", "user.deleted", "settings.changed", "channel.created", "channel.changed",
  "channel.deleted", "message.deleted", "review.answered", "file.uploaded", "file.deleted", "file.opened",
  "file.downloaded", "upload-address.made", "link.made", "link.ended", "collection.run", "collection.undone", "password.refused",
  "repairs.begun", "log-level.changed",
];
