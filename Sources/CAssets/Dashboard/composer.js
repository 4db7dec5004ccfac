// Writing to an agent: a text, and files that are stored while one writes. Each file has its bar, cancel and retry.
import { $, button, fill, h, icon, say } from "./dom.js";
import { request } from "./api.js";
import { draftOf, keepDraft } from "./drafts.js";
import { toast } from "./overlay.js";
import { note } from "./store.js";
import { upload } from "./upload.js";
import { bytes } from "./words.js";

/** How large a file may be. */
const MOST_BYTES = Number($("meta[name=upload-limit]").content);

export function composer(agent) {
  const files = [];
  const list = h("ul.ups", { label: "Files" });
  const box = h("textarea.input", {
    rows: 1, label: `Message to ${agent.name}`, placeholder: `Message ${agent.name}`, value: draftOf(agent.id) ?? "",
    oninput: () => keepDraft(agent.id, box.value),
    onkeydown: (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send(); },
  });
  const add = (chosen) => { for (const file of chosen) begin({ file, agent, files, list, element: h("li") }); };
  const picker = (properties) => {
    const input = h("input", { type: "file", multiple: true, ...properties, onchange: () => {
      add(input.files);
      input.value = "";
    } });
    return input;
  };
  const submit = button("Send", { glyph: "send", kind: "primary", type: "submit" });

  async function send() {
    if (files.some((one) => one.state !== "stored")) {
      toast("Some files are not stored yet. Wait for them, or take them off.", "info");
      return;
    }
    const attachmentIds = files.map((one) => one.id);
    if (!box.value.trim() && !attachmentIds.length) { box.focus(); return; }
    submit.disabled = true;
    try {
      const words = box.value.trim() ? { text: box.value } : {};
      const body = { channelId: agent.id, ...words, ...(attachmentIds.length ? { attachmentIds } : {}) };
      note(await request("POST", "/api/messages", body), "message:created");
      keepDraft(agent.id, null);
      box.value = "";
      files.length = 0;
      fill(list);
    } finally { submit.disabled = false; }
  }

  const element = h("section.composer", { label: "Write" }, h("form", { onsubmit: send }, list, box,
    h("div.line", h("label.btn.ghost.pickfile", icon("clip"), "Attach files", picker({})),
      h("label.btn.ghost.pickfile.wide-only", icon("files"), "A folder", picker({ webkitdirectory: true })),
      h("span.hint.grow", `At most ${bytes(MOST_BYTES)} each.`), submit)));
  takeDrops(element, add);
  return { element, end: () => files.forEach((one) => one.cancel?.()) };
}

/** Starts an upload, or starts it again. */
async function begin(one) {
  if (!one.files.includes(one)) {
    one.files.push(one);
    one.list.append(one.element);
  }
  if (one.file.size > MOST_BYTES) {
    const fault = `${bytes(one.file.size)}; the limit is ${bytes(MOST_BYTES)}. Nothing of it was sent.`;
    Object.assign(one, { state: "refused", fault, cancel: () => {} });
    say(`${one.file.name} is too large`);
    draw(one);
    return;
  }
  const { done, cancel } = upload(one.file, one.agent.id, (sent) => {
    const bar = $("progress", one.element);
    if (bar) bar.value = sent;
  });
  Object.assign(one, { state: "sending", cancel });
  draw(one);
  try {
    one.id = (await done).id;
    one.state = "stored";
    say(`${one.file.name} is stored`);
  } catch (error) {
    Object.assign(one, { state: "failed", fault: error.message });
    say(`${one.file.name} was not stored`);
  }
  draw(one);
}

function draw(one) {
  const { name, size } = one.file;
  const isFailed = one.state === "failed" || one.state === "refused";
  const words = { sending: bytes(size), stored: `${bytes(size)}, stored` }[one.state] ?? one.fault;
  const remove = () => {
    one.cancel();
    one.files.splice(one.files.indexOf(one), 1);
    const next = one.element.nextElementSibling ?? one.element.previousElementSibling;
    one.element.remove();
    $(next ? "button" : "input", next ?? one.list.parentElement).focus();
    say(`${name} removed`);
  };
  const removal = `${one.state === "sending" ? "Cancel" : "Remove"} ${name}`;
  one.element.className = "up";
  fill(one.element, icon(isFailed ? "error" : one.state === "stored" ? "success" : "doc"),
    h("div.stack.tight",
      h("div.line", h("span.cut.grow", name), h("span.small", { class: isFailed ? "error" : "quiet" }, words)),
      one.state === "sending" && h("progress", { max: size, value: 0, label: `Upload of ${name}` })),
    h("div.line",
      one.state === "failed" && button("Retry", { kind: "mini", name: `Retry ${name}`, on: () => begin(one) }),
      button("", { glyph: "x", kind: "ghost mini", name: removal, on: remove })));
}

/** Files may be dropped and pasted too. */
function takeDrops(zone, add) {
  const hover = (isOver) => (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    zone.classList.toggle("over", isOver);
  };
  zone.addEventListener("dragover", hover(true));
  zone.addEventListener("dragleave", hover(false));
  zone.addEventListener("drop", (event) => { hover(false)(event); add(event.dataTransfer.files); });
  zone.addEventListener("paste", (event) => {
    if (!event.clipboardData?.files.length) return;
    event.preventDefault();
    add(event.clipboardData.files);
  });
}
