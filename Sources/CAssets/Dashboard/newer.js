// A file cannot grow: what grows is stored again under its name. The page of a file says when there is a newer one of
// that name in the channel, and goes there by itself while it follows.
import { fill, h } from "./dom.js";
import { Refusal } from "./api.js";
import { filePath } from "./attachment.js";
import { ask } from "./lines.js";
import { listen, tell } from "./store.js";
import { at, plural, when } from "./words.js";

/** Whether this page follows. It stands in the address, so that it lasts over a reload. */
export const isFollowing = () => new URLSearchParams(location.search).has("follow");

/** Begins to follow, or ends it. */
export function follow(isWanted) {
  const address = new URL(location.href);
  if (isWanted) address.searchParams.set("follow", "true");
  else address.searchParams.delete("follow");
  if (isWanted) address.hash = "";
  history.replaceState(null, "", address);
  if (isWanted) tell({ name: "follow" });
}

/**
 * @param {Promise<{file: any}[]>} others of the channel, the newest first
 * @returns {{element: HTMLElement, end: () => void}} a place where the newest is told of
 */
export function newer(file, from, others) {
  const element = h("div", { role: "status" });
  let [newest, isOver] = [file, false];
  const take = (one) => {
    if (isOver || one.filename !== file.filename || at(one.createdAt) <= at(newest.createdAt)) return;
    newest = one;
    if (isFollowing()) goTo(one, from);
    else show(one);
  };
  const show = async (one) => {
    const more = await moreLines(file, one);
    if (newest !== one) return;
    const words = more > 0 ? `, with ${plural(more, "new line")}` : "";
    const back = from && one.messageId;
    fill(element, h("p.facts", h("span.chip.info", "New"),
      h("span.grow", `A newer ${one.filename} is there, from ${when(at(one.createdAt))}${words}.`),
      h("a.btn.mini", { href: filePath(one, back) }, "Open it"),
      h("a.btn.mini.ghost", { href: filePath(one, back, file.id) }, "What has changed")));
  };
  others.then((found) => found.forEach((one) => take(one.file)));
  const stop = listen(({ name, message }) => {
    if (name === "follow" && newest !== file) goTo(newest, from);
    if (message?.channelId === file.channelId) message.attachments.forEach(take);
  });
  return { element, end: () => { isOver = true; stop(); } };
}

/** Shows a file in the place of this one, in the history too: who goes back does not want all that were followed. */
function goTo(file, from) {
  const path = filePath(file, from && file.messageId);
  history.replaceState(null, "", `${path}${path.includes("?") ? "&" : "?"}follow=true`);
  dispatchEvent(new PopStateEvent("popstate"));
}

/** How many more lines the newer one has; NaN when that cannot be said. */
async function moreLines(older, newest) {
  if (![older, newest].every(({ mimeType }) => mimeType.startsWith("text/"))) return NaN;
  try {
    const [before, after] = await Promise.all([older, newest].map((file) => ask(file, { count: 1 })));
    return after.total - before.total;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return NaN;
  }
}
