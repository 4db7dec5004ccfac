// Answering several reviews alike: those that are plain approvals, with what they offer in common.
import { button, h, icon } from "./dom.js";
import { Refusal, request } from "./api.js";
import { kindOf } from "./kinds.js";
import { dialog, toast } from "./overlay.js";
import { respond } from "./outbox.js";
import { note, store } from "./store.js";
import { plural, split, text } from "./words.js";

/** How many of the chosen ones are named before an answer is sent. */
const NAMED = 8;

/** What stands below the list while reviews are chosen. */
export function bulkBar(ids, onEnd) {
  const chosen = ids.map((id) => store.reviews.get(id)).filter((message) => message?.review.status === "pending");
  const fit = chosen.filter((message) => kindOf(message.review) === "approval");
  const left = chosen.length - fit.length;
  const start = async (option) => {
    const seen = await Promise.all(fit.map(isSeen));
    ask(fit.filter((_, place) => seen[place]), fit.length - seen.filter(Boolean).length, option, onEnd);
  };
  const options = common(fit);
  return h("div.bulk", { role: "group", label: "Chosen reviews" },
    h("b.grow", plural(chosen.length, "review"),
      left > 0 && h("span.quiet.small", ` · ${left} need an answer of their own`)),
    options.map((option) => button(`${text(option.label ?? option.id)}…`, {
      kind: option.style === "danger" ? "danger" : "", on: () => start(option),
    })),
    fit.length > 0 && !options.length && h("span.quiet.small", "They offer nothing in common."),
    button("", { glyph: "x", name: "Choose none", kind: "ghost", on: onEnd }));
}

/** The options that all of them offer, under the same name. */
function common(messages) {
  const [first, ...others] = messages.map((message) => message.review.payload.options);
  const has = (options, one) => options.some(({ id, label, style }) =>
    id === one.id && text(label ?? id) === text(one.label ?? one.id) && style === one.style);
  return (first ?? []).filter((one) => others.every((options) => has(options, one)));
}

/** Whether each of its files was opened in a browser: what nobody has looked at is not answered among others. */
async function isSeen(message) {
  for (const { id } of message.attachments) {
    const { data } = await request("GET", `/api/files/${encodeURIComponent(id)}/openings?limit=100`);
    if (!data.some((one) => one.via === "session")) return false;
  }
  return true;
}

function ask(messages, unseenCount, option, onEnd) {
  const label = text(option.label ?? option.id);
  const left = unseenCount > 0 && h("p.line", icon("warning"),
    `${plural(unseenCount, "review")} with files that nobody has opened yet: not answered.`);
  if (!messages.length) {
    dialog("Look at the files first", left, null, { cancel: "Close" });
    return;
  }
  const more = messages.length - NAMED;
  const progress = h("p.quiet", { role: "status" });
  const box = dialog(`Answer “${label}” to ${plural(messages.length, "review")}?`, [
    h("ul", messages.slice(0, NAMED).map((message) => h("li.cut", split(message.text)[0])),
      more > 0 && h("li.quiet", `and ${more} more`)), left, progress,
  ], [`${label}: ${messages.length}`, option.style === "danger" ? "danger solid" : "primary", async () => {
    await answer(messages, option, progress, () => box.open);
    onEnd();
  }]);
}

/**
 * One after the other, each as it was shown, until the dialog is closed. What was answered or changed meanwhile is left
 * as it is. What was sent is taken off, so that a second try goes on behind it.
 */
async function answer(messages, option, progress, isWanted) {
  const all = messages.length;
  let [sent, missed] = [0, 0];
  try {
    while (messages.length && isWanted()) {
      const { id, review } = messages[0];
      try {
        note(await respond(id, { selectedOption: option.id }, review.digest), "review:responded");
        sent += 1;
      } catch (error) {
        if (!(error instanceof Refusal) || ![403, 404, 409].includes(error.status)) throw error;
        missed += 1;
      }
      messages.shift();
      progress.textContent = `${sent + missed} of ${all}`;
    }
  } finally {
    if (sent) toast(`${plural(sent, "answer")} sent.`);
    if (missed) toast(`${plural(missed, "review")} had been answered, changed or withdrawn meanwhile.`, "warning");
    if (messages.length) toast(`${plural(messages.length, "review")} left unanswered.`, "warning");
  }
}
