// The part of a review card in which the answer is given, for each kind of question. Each kind is
// {fields, actions(send)}: what stands above the deadline, and the buttons below it.
import { $, $$, button, fill, h, icon, newID } from "./dom.js";
import { draftOf, keepDraft } from "./drafts.js";
import { blame, formDraft, formField, readForm } from "./fields.js";
import { kindOf } from "./kinds.js";
import { dialog, toast } from "./overlay.js";
import { pluginPlace, wantsPlugin } from "./plugin.js";
import { agentName } from "./store.js";
import { split, text } from "./words.js";

const MAKERS = { approval, selection, form, "text-input": textInput, freeform };

/**
 * @param send takes the response, and answers whether it was accepted
 * @returns {{body: HTMLElement | null, dock: HTMLElement[], blame(fields): void}}
 */
export function answerParts(message, send) {
  const kind = kindOf(message.review);
  return { blame: () => {}, ...MAKERS[kind](message, message.review.payload, draftOf(message.id), send) };
}

const part = (title, ...content) => h("section.part", h("h3", title), content);

/** A button that can be pressed once at a time. The primary one of a form is also sent by Ctrl+Enter (card.js). */
function sender(label, kind, run, isSubmit = false) {
  const element = button(label, {
    kind, "data-submit": isSubmit,
    on: async () => {
      element.disabled = true;
      try { await run(); } finally { element.disabled = false; }
    },
  });
  return element;
}

function approval(message, payload, draft, send) {
  const agent = agentName(message.channelId);
  const comment = payload.allowComment === false ? null : h("textarea.input", {
    rows: 1, placeholder: "Comment (the agent reads it)", label: `Comment for ${agent}`, value: draft?.comment ?? "",
    oninput: () => keepDraft(message.id, comment.value ? { comment: comment.value } : null),
  });
  const answer = (option, words) => send({ selectedOption: option.id, ...(words ? { comment: words } : {}) });
  const choose = (option) => {
    if (option.style === "danger") return confirm(message, option, comment, answer);
    return answer(option, comment?.value.trim());
  };
  const buttons = payload.options.map((option) => {
    const label = text(option.label ?? option.id);
    const known = ["primary", "danger", "ghost"].includes(option.style) ? option.style : "";
    return sender(option.style === "danger" ? `${label}…` : label, known, () => choose(option));
  });
  return { body: null, dock: [comment, h("div.btns", buttons)] };
}

/** What is often the reason; a click begins with it. */
const REASONS = ["Not now.", "Too risky.", "Something is missing."];

/** What is dangerous is asked for once more, and never done by Enter. */
function confirm(message, option, comment, answer) {
  const label = text(option.label ?? option.id);
  const keep = () => { comment.value = box.value; keepDraft(message.id, box.value ? { comment: box.value } : null); };
  const box = comment && h("textarea.input", { id: newID("reason"), rows: 3, value: comment.value, oninput: keep });
  const add = (reason) => {
    box.value = [box.value.trim(), reason].filter(Boolean).join(" ");
    keep();
    box.focus();
  };
  dialog(`${label}?`, [
    h("p", "You answer ", h("b", label), " to: ", split(message.text)[0]),
    box && h("div.field", h("label", { for: box.id }, "Reason"),
      h("div.btns", REASONS.map((reason) => button(reason, { kind: "mini", on: () => add(reason) }))), box,
      h("span.hint", `${agentName(message.channelId)} reads this.`)),
  ], [label, "danger solid", () => answer(option, box?.value.trim())]);
}

function selection(message, payload, draft, send) {
  const isMulti = payload.mode === "multi";
  const name = newID("pick");
  const body = h("fieldset.part", h("legend", isMulti ? "Choose any" : "Choose one"));
  const picked = () => $$("input:checked", body).map((input) => input.value);
  body.append(h("div.opts", payload.items.map((item) => h("label.opt",
    h("input", {
      type: isMulti ? "checkbox" : "radio", name, value: item.id, checked: draft?.picked?.includes(item.id),
      onchange: () => keepDraft(message.id, picked().length ? { picked: picked() } : null),
    }),
    h("span", text(item.label ?? item.id)), item.description && h("span.hint", text(item.description))))));
  const submit = () => {
    const selectedIds = picked();
    if (isMulti || selectedIds.length) return send({ selectedIds });
    toast("Choose one, then send.", "warning");
    return $("input", body).focus();
  };
  const dismiss = payload.dismissLabel
    && sender(text(payload.dismissLabel), "ghost", () => send({ _dismissed: true }));
  const label = text(payload.submitLabel ?? "Send answer");
  return { body, dock: [h("div.btns", sender(label, "primary", submit, true), dismiss)] };
}

function form(message, payload, draft, send) {
  const { fields } = payload;
  const kept = new Map(Object.entries(draft?.fields ?? {}));
  const body = h("div.form", fields.map((field) => formField(field, kept.get(field.name))));
  body.addEventListener("input", () => {
    const typed = formDraft(body, fields);
    keepDraft(message.id, Object.keys(typed).length ? { fields: typed } : null);
  });
  const submit = () => {
    const response = readForm(body, fields);
    return response && send(response);
  };
  const dismiss = payload.dismissLabel
    && sender(text(payload.dismissLabel), "ghost", () => send({ _dismissed: true }));
  return {
    body: part("Your answer", body),
    dock: [h("div.btns", sender(text(payload.submitLabel ?? "Send answer"), "primary", submit, true), dismiss)],
    blame: (faults) => {
      for (const fault of faults) {
        const field = fields.find((one) => one.name === fault.path.at(-1));
        if (field) blame(body, field, `This ${fault.message}.`);
      }
    },
  };
}

function textInput(message, payload, draft, send) {
  const count = h("span.hint.num", { id: newID("count") });
  const prefill = typeof payload.prefill === "string" ? payload.prefill : "";
  const box = h("textarea.input", {
    rows: 6, label: "Your text", "aria-describedby": count.id, value: draft?.text ?? prefill,
    placeholder: payload.placeholder && text(payload.placeholder),
  });
  const least = Number(payload.minLength) || 0;
  const most = typeof payload.maxLength === "number" ? payload.maxLength : Infinity;
  // The server counts code points.
  const length = () => [...box.value].length;
  const tell = () => {
    const limit = most === Infinity ? "" : ` of ${most}`;
    count.textContent = `${length()}${limit} characters${length() < least ? `, at least ${least}` : ""}`;
  };
  box.addEventListener("input", () => {
    keepDraft(message.id, box.value === prefill ? null : { text: box.value });
    tell();
  });
  tell();
  const submit = () => {
    if (length() >= least && length() <= most) return send({ text: box.value });
    const bounds = most === Infinity ? `at least ${least}` : `${least} to ${most}`;
    toast(`The text must have ${bounds} characters; it has ${length()}.`, "warning");
    return box.focus();
  };
  return { body: part("Your text", box, count), dock: [h("div.btns", sender("Send answer", "primary", submit, true))] };
}

/** A question for a plugin, or one that is answered as JSON when there is none, or when the user prefers that. */
function freeform(message, payload, draft, send) {
  if (!wantsPlugin(message)) return asJSON(message, payload, draft, send);
  const [body, dock] = [h("div"), h("div")];
  const withoutPlugin = () => {
    const parts = asJSON(message, payload, draft, send);
    fill(body, parts.body);
    fill(dock, parts.dock);
  };
  fill(body, pluginPlace(message, send, withoutPlugin));
  fill(dock, button("Answer without the plugin", { kind: "ghost mini", on: withoutPlugin }));
  return { body, dock: [dock] };
}

/** A question of an unknown kind, as it came, and a box for any object. */
function asJSON(message, payload, draft, send) {
  const fault = h("span.fault", { id: newID("fault"), "aria-live": "polite" });
  const box = h("textarea.input.mono", {
    rows: 6, spellcheck: "false", label: "Your answer as JSON", "aria-describedby": fault.id,
    value: draft?.json ?? '{\n  "decision": ""\n}',
    oninput: () => {
      keepDraft(message.id, { json: box.value });
      fill(fault, !objectIn(box.value) && [icon("error"), "Not a JSON object yet."]);
    },
  });
  const submit = () => {
    const response = objectIn(box.value);
    return response ? send(response) : box.focus();
  };
  const question = h("pre.code", { tabindex: "0", label: "What the agent sent" }, JSON.stringify(payload, null, 2));
  return {
    body: h("section.part", h("h3", "What the agent sent"),
      h("p.hint", `There is no form for this kind of review (${message.review.type}), so you see it as it is.`),
      question,
      h("h3", "Your answer, as a JSON object"), box, fault),
    dock: [h("div.btns", sender("Send answer", "primary", submit, true))],
  };
}

function objectIn(json) {
  try {
    const value = JSON.parse(json);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
  } catch { return null; }
}
