// The review card. In order: what is asked, who asks, what was shown, the answer, the deadline.
import { $, $$, button, fill, h, icon } from "./dom.js";
import { answerParts } from "./answer.js";
import { Refusal, request } from "./api.js";
import { attachments } from "./attachment.js";
import { draftOf, keepDraft } from "./drafts.js";
import { kindName, kindOf, outcome } from "./kinds.js";
import { markdown } from "./markdown.js";
import { keepAnswer, keptAnswer, respond, takeBack } from "./outbox.js";
import { copy, notice, toast } from "./overlay.js";
import { pluginPlace, wantsPlugin } from "./plugin.js";
import { agentName, agentOf, channelPath, note, read, reviewPath } from "./store.js";
import { versions } from "./versions.js";
import { ago, at, span, split, text, when } from "./words.js";

/** When a deadline is near, it is shown as a warning. */
const SOON = 15 * 60_000;
/** How long a question that changed is to be seen before it can be answered. */
const STEADY = 1000;

/** The time left; app.js keeps it right. */
export function timeLeft(message, { inCard = false } = {}) {
  const due = at(message.review.expiresAt);
  return h("span", { "data-due": due, "data-card": inCard }, span(due - Date.now()));
}

export const isSoon = (message) => at(message.review.expiresAt) - Date.now() < SOON;

/**
 * A card that follows its message: `update` draws anew what has changed, and leaves alone what is being typed.
 * @returns {{element: HTMLElement, update(message): void}}
 */
export function reviewCard(message, { back }) {
  const element = h("article.pane.card", {
    "aria-labelledby": "review-title",
    onkeydown: (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) $("[data-submit]", element)?.click();
    },
  });
  const state = { message, isLost: false, isChanged: false, kept: undefined };
  const redraw = () => draw(element, state, back, redraw);
  redraw();
  return {
    element,
    update(now) {
      const before = state.message.review;
      state.message = now;
      const isSame = before.status === now.review.status && before.digest === now.review.digest;
      if (isSame && Boolean(state.kept) === Boolean(keptAnswer(now))) return;
      state.isChanged = !isSame && now.review.status === "pending";
      redraw();
      if (state.isChanged) pause($(".dock", element));
      else $("#review-title", element).focus({ preventScroll: true });
    },
  };
}

/**
 * What keys do for the card in an element. They choose; Enter sends.
 * @returns {[string, string, (event: any) => void][]}
 */
export function cardKeys(element) {
  const options = () => [...$$(".opt input", element), ...$$(".dock .btns .btn", element)];
  return [
    ["a", "Choose what is proposed", () => $(".dock .btn.primary", element)?.focus()],
    ["r", "Refuse, with a reason", () => $(".dock .btn.danger", element)?.click()],
    ["e", "Write a comment or an answer", () => $(".dock textarea, .body :is(textarea, .input)", element)?.focus()],
    ["1–9", "Choose one of the options", (event) => {
      const option = options()[Number(event.key) - 1];
      option?.focus();
      if (option?.matches("input")) option.click();
    }],
  ];
}

/** Takes no answer for a moment: a click that was under way was meant for what stood here before. */
function pause(dock) {
  dock.inert = true;
  setTimeout(() => { dock.inert = false; }, STEADY);
}

function draw(element, state, back, redraw) {
  const { message } = state;
  const isPending = message.review.status === "pending";
  state.kept = keptAnswer(message);
  const parts = isPending && !state.kept
    ? answerParts(message, (response) => send(state, parts, response, redraw)) : null;
  const [, rest] = split(message.text);
  const words = h("div.part", rest && markdown(rest));
  fill(element, head(message, back),
    h("div.scroll", h("div.body", question(message), versions(message, words),
      (rest || message.iterationGroupId) && words, notices(state, redraw), attachments(message),
      !isPending && isForPlugin(message) && pluginPlace(message, null),
      !isPending && message.review.response && given(message), hasForm(message) && asSent(message), parts?.body)),
    parts && h("footer.dock", { label: "Answer" }, h("div", deadline(message), parts.dock)));
}

/** A question without a form is shown as it was sent anyway (answer.js). */
const hasForm = (message) => kindOf(message.review) !== "freeform" || wantsPlugin(message);
const isForPlugin = (message) => kindOf(message.review) === "freeform" && wantsPlugin(message);

function head(message, back) {
  const { type } = message.review;
  return h("div.head", h("a.btn.ghost.square.only-phone", { href: back, label: "Back to the inbox" }, icon("back")),
    h("span.line.quiet.small.grow", icon(kindOf(message.review)),
      h("span.cut", `${kindName(type)} in ${agentName(message.channelId)}`)),
    button("", {
      glyph: "link", kind: "ghost", name: "Copy a link to this review",
      on: () => copy(location.origin + reviewPath(message), "Link copied"),
    }));
}

function question(message) {
  const [first] = split(message.text);
  const agent = agentOf(message.channelId);
  return h("header.ask", h("h2", { id: "review-title", tabindex: "-1" }, first || kindName(message.review.type)),
    h("p.who", h("span.dot", { class: agent?.status ?? "" }),
      h("a", { href: channelPath(message.channelId) }, agentName(message.channelId)),
      h("span.quiet", `asked at ${when(at(message.createdAt))}`)));
}

/** All that the agent sent with its question, one click away. */
function asSent({ review: { type, payload }, metadata }) {
  const words = JSON.stringify({ type, payload, ...(metadata && { metadata }) }, null, 2);
  return h("details", h("summary.small.quiet", "As the agent sent it"), h("div.block",
    h("pre.code", { tabindex: "0", label: "As the agent sent it" }, words),
    button("", { glyph: "copy", kind: "mini ghost", name: "Copy what was sent", on: () => copy(words, "Copied") })));
}

function deadline(message) {
  return h("p.deadline", { class: isSoon(message) ? "soon" : "" }, icon(isSoon(message) ? "warning" : "clock"),
    h("b.num", timeLeft(message, { inCard: true }), " left"),
    h("span.num", `until ${when(at(message.review.expiresAt))}`),
    h("span.wide-only", `· then ${agentName(message.channelId)} is told that nobody answered`));
}

/** What stands between the question and the answer: it changed, it is over, it was lost, a draft was kept. */
function notices(state, redraw) {
  const { message, isLost, isChanged } = state;
  const { review } = message;
  if (review.status === "pending") {
    if (state.kept) return waiting(state, redraw);
    return isChanged && notice("warning", h("p", "The agent has changed the question. Look again before you answer."));
  }
  const kept = keptDraft(message, redraw);
  if (review.status === "expired") {
    return notice("warning",
      h("p", `This request expired ${ago(at(review.expiresAt))}. The agent was told that nobody answered.`), kept);
  }
  const by = review.respondedBy;
  const place = by?.via === "session" ? "in a browser" : "on the command line";
  const who = by ? `${by.name}, ${when(at(by.at))}, ${place}` : "";
  if (isLost) {
    const words = `${by?.name ?? "Somebody"} already answered this at ${when(at(review.completedAt))}: `;
    return notice("warning", h("p", words, h("b", outcome(message)), ". Your answer was not sent."), kept);
  }
  return notice("success", h("p", h("b", outcome(message)), ` · ${who}`),
    review.response?.comment && h("p", "“", text(review.response.comment), "”"), kept);
}

/** The answer is given, but the server was away. */
function waiting({ message, kept }, redraw) {
  const where = kept.isInPage ? "in this page alone: leave it open" : "on this device";
  const back = async () => {
    if (!await takeBack(message)) toast("It has been sent already.", "warning");
    redraw();
  };
  return notice("warning", h("p", `Connection lost. Your answer is saved ${where}. It is sent when you are back.`),
    h("div.btns", button("Take it back", { kind: "mini", on: back })));
}

/** What was typed and not sent, to be used otherwise. */
function keptDraft(message, redraw) {
  const draft = draftOf(message.id);
  if (!draft) return null;
  const words = draft.comment ?? draft.text ?? draft.json ?? JSON.stringify(draft.fields ?? draft.picked, null, 2);
  const discard = () => { keepDraft(message.id, null); redraw(); };
  const sendAsMessage = async () => {
    note(await request("POST", "/api/messages", { channelId: message.channelId, text: words }), "message:created");
    discard();
    toast(`Sent to ${agentName(message.channelId)} as a message.`);
  };
  return [
    h("p.small", "What you typed was kept:"), h("pre.code.soft", { tabindex: "0" }, words),
    h("div.btns", button("Copy", { glyph: "copy", kind: "mini", on: () => copy(words, "Copied") }),
      button("Send as message", { glyph: "send", kind: "mini", on: sendAsMessage }),
      button("Discard", { kind: "mini ghost", on: discard })),
  ];
}

function given(message) {
  if (message.review.response.selectedOption !== undefined) {
    const { options } = message.review.payload;
    const labels = Array.isArray(options) && options.map((one) => text(one?.label ?? one?.id)).join(", ");
    return labels && h("p.small.quiet", `Offered: ${labels}`);
  }
  return h("section.part", h("h3", "The answer as it was sent"),
    h("pre.code", { tabindex: "0" }, JSON.stringify(message.review.response, null, 2)));
}

/**
 * Sends an answer to what is shown, and no other: the digest says what that is.
 * @returns {Promise<boolean>} whether it was accepted, or is kept until the server is there again
 */
async function send(state, parts, response, redraw) {
  const { message } = state;
  try {
    const answered = await respond(message.id, response, message.review.digest);
    keepDraft(message.id, null);
    note(answered, "review:responded");
    toast(`Sent. ${agentName(message.channelId)} has the answer.`);
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 0) {
      keepAnswer(message, response);
      redraw();
      return true;
    }
    if (error.status === 400) {
      parts.blame(error.fields);
      toast(error.message, "error");
    } else if (error.status === 403 || error.status === 409) {
      state.isLost = error.status === 403;
      if (await read(message.id) === null) toast("The agent has withdrawn this question.", "warning");
      else redraw();
    } else toast(`${error.message} Your answer is kept here.`, "error");
    return false;
  }
}
