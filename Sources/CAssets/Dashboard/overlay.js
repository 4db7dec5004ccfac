// What lies over the page: dialogs, short reports in the corner, the bar at the top; and notes inside of it.
import { $, button, fill, h, icon, newID, say } from "./dom.js";
import { Refusal } from "./api.js";

/**
 * A modal dialog; the focus returns to where it was. `action` is [text, kind, function]; a function that returns or
 * resolves to false keeps it open, and so does a refusal of the server, which is shown. What is dangerous is not done
 * by Enter. Without `cancel` it cannot be left.
 */
export function dialog(title, content, action, { cancel = "Cancel", wide = false } = {}) {
  const heading = h("h2", { id: newID("dialog"), tabindex: "-1" }, title);
  const isDanger = action?.[1].includes("danger");
  const close = () => element.close();
  const fault = h("div", { role: "alert" });
  let isRunning = false;
  // Once at a time, whatever is pressed twice.
  const run = async () => {
    if (isRunning) return;
    isRunning = true;
    try {
      if ((await action[2]()) !== false) close();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      fill(fault, notice("error", h("p", error.message)));
      $(".input:not([readonly])", element)?.focus();
    } finally { isRunning = false; }
  };
  const form = h("form", { method: "dialog", onsubmit: () => { if (action && !isDanger) run(); } },
    heading, content, fault,
    h("footer", cancel && button(cancel, { kind: "ghost", on: close }),
      action && button(action[0], {
        kind: action[1], type: isDanger ? "button" : "submit", on: isDanger ? run : null,
      })));
  const element = h("dialog", {
    "aria-labelledby": heading.id, class: wide ? "wide" : "", onclose: () => element.remove(),
    oncancel: (event) => { if (!cancel) event.preventDefault(); },
  }, form);
  document.body.append(element);
  element.showModal();
  ($(".input:not([readonly])", element) || $("h2", element)).focus();
  return element;
}

/** A short report. Errors stay until they are closed; others go after 6 s, but not from under the pointer. */
export function toast(text, kind = "success") {
  const element = h("div.toast", h("span", { class: kind }, icon(kind)), h("p.grow", text),
    button("", { glyph: "x", name: "Dismiss", kind: "ghost mini", on: () => element.remove() }));
  $("#toasts").append(element);
  say(text);
  if (kind === "error") return;
  const leave = () => setTimeout(() => {
    if (element.matches(":hover, :focus-within")) leave();
    else element.remove();
  }, 6000);
  leave();
}

/** Says at the top of the page that something is not as usual; null takes it away. */
export function banner(text) {
  fill($("#banner"), text && [icon("offline"), h("span", text)]);
}

/** @param {"info" | "success" | "warning" | "error"} kind */
export const notice = (kind, ...content) => h("div.note", { class: kind }, icon(kind), h("div", content));

export function copy(text, what) {
  navigator.clipboard?.writeText(text).then(() => toast(what, "copy"), () => toast("Copying was refused.", "warning"));
}
