// The versions of a question: a link to each, and above them what was answered to the one before.
import { fill, h, icon, unseen } from "./dom.js";
import { request } from "./api.js";
import { outcome } from "./kinds.js";
import { reviewPath } from "./store.js";
import { at, text, when } from "./words.js";

/** Null for a question that has had no other version. */
export function versions(message) {
  if (!message.iterationGroupId) return null;
  const part = h("section.part", { label: "Versions" });
  const path = `/api/messages/${encodeURIComponent(message.id)}/iterations`;
  request("GET", path).then(({ iterations }) => {
    const older = iterations[iterations.findIndex((one) => one.id === message.id) - 1];
    fill(part, h("nav.steps", { label: "Versions" }, iterations.map((one) => step(one, message))),
      older?.review?.status === "completed" && before(older));
  });
  return part;
}

function step(one, shown) {
  return one.review && h("a", { href: reviewPath(one), "aria-current": one.id === shown.id ? "step" : null },
    h("b", { "aria-hidden": "true" }, one.iteration), unseen(`Version ${one.iteration}: `), when(at(one.createdAt)));
}

function before(older) {
  const { respondedBy, response, feedback } = older.review;
  const words = [response.comment, feedback].filter(Boolean).map(text);
  return h("div.note", icon("info"), h("div",
    h("p", h("b", outcome(older)), ` was the answer to version ${older.iteration}, by ${respondedBy.name}.`),
    words.map((one) => h("p", "“", one, "”"))));
}
