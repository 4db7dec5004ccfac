// The browsers that have the user's notices.
import { button, fill, h } from "./dom.js";
import { request } from "./api.js";
import { entry, list } from "./lists.js";
import { notice, toast } from "./overlay.js";
import { pushProblem, subscribe, thisBrowser, unsubscribe } from "./push.js";
import { ago, at } from "./words.js";

export function browsers({ subscriptions, pushKey }, redraw) {
  const result = h("div", { role: "status" });
  const isOn = subscriptions.some(({ id }) => id === thisBrowser());
  const problem = isOn && Notification.permission === "granted" ? null : pushProblem();
  return h("div.stack.tight", problem && notice("warning", h("p", problem)),
    !isOn && !problem && begin(pushKey, redraw),
    list("Browsers", subscriptions.map((one) => row(one, result, redraw)), "No browser has them yet."), result);
}

function begin(pushKey, redraw) {
  const run = async (event) => {
    event.target.disabled = true;
    try {
      if (await subscribe(pushKey)) toast("This browser has your notices from now on.");
      else toast("The browser did not give its permission.", "warning");
    } catch (error) {
      toast(`This browser could not subscribe: ${error.message}`, "error");
    } finally { await redraw(); }
  };
  return h("div", button("Notify me in this browser", { kind: "primary", on: run }));
}

function row(one, result, redraw) {
  const name = one.name ?? "A browser";
  const used = one.lastUsedAt ? `last notice ${ago(at(one.lastUsedAt))}` : "no notice yet";
  const remove = async () => {
    await unsubscribe(one.id);
    toast(`${name} has no notices any more.`);
    await redraw();
  };
  return entry(name, `By ${one.service} · since ${ago(at(one.createdAt))} · ${used}`,
    one.id === thisBrowser() && h("span.chip.success", "This browser"),
    button("Test", { kind: "mini", name: `Send a test to ${name}`, on: () => tryOut(one.id, result) }),
    button("", { glyph: "trash", kind: "mini ghost", name: `Remove ${name}`, on: remove }));
}

/** Sends a notice there, and says what became of it. */
export async function tryOut(to, result) {
  fill(result, notice("info", h("p", "Sending…")));
  try {
    const { error, milliseconds } = await request("POST", "/api/notifications/test", { to });
    const words = error === null ? `Sent, in ${milliseconds} ms: it should be there now.` : `Not sent: ${error}`;
    fill(result, notice(error === null ? "success" : "error", h("p", words)));
  } catch (error) {
    fill(result, notice("error", h("p", error.message)));
  }
}
