// XML: a report of tests as what failed and what did not, anything else as its text.
import { button, h, icon } from "./dom.js";
import { source } from "./attachment.js";
import { ask } from "./lines.js";
import { asText, raw, shapes, styles, textBelow } from "./shapes.js";
import { resultsOf } from "./test-report.js";
import { peekText } from "./view-text.js";
import { visible } from "./visible.js";
import { bytes, plural } from "./words.js";

/** A longer text is not read as a whole, in bytes. */
const MOST = 16_000_000;
/** Tests that a list shows, and adds when more are asked for. */
const PORTION = 200;
/** Failures that are shown in place. */
const PEEK_FAILURES = 5;

export async function show(file) {
  if (file.size > MOST) return textBelow(file, `The file has more than ${bytes(MOST)}, so it is shown as text.`);
  const results = await read(file);
  return results ? shapes(file, "Summary", () => summary(file, results)) : asText(file);
}

/** How many tests failed, and the first of them, in place. */
export async function peek(file) {
  const results = await read(file);
  if (!results) return peekText(file);
  await styles();
  const bad = results.filter(({ state }) => state === "failed" || state === "error");
  return h("div.tests", counts(results), h("ul.rows", bad.slice(0, PEEK_FAILURES).map((one) => h("li", entry(one)))),
    bad.length > PEEK_FAILURES && h("p.quiet.small", `and ${bad.length - PEEK_FAILURES} more`));
}

/** Roots of reports: an expression of RE2. */
const ROOT = { grep: String.raw`<(\w+:)?(testsuites?|test-run|assemblies|TestRun)\b`, regex: "true", limit: 1 };

/** The results of a report of tests; null for a file that is none. */
async function read(file) {
  const { lines } = await ask(file, ROOT);
  const document = lines.length > 0 && await documentOf(file);
  return document ? resultsOf(document) : null;
}

/**
 * What the browser reads in a file that is XML; null when it is not well-formed. A document that is asked for this way
 * has no scripts and loads nothing. (A parser of texts would need a policy of Trusted Types, of which there are none.)
 */
function documentOf(file) {
  return new Promise((resolve) => {
    const call = new XMLHttpRequest();
    call.open("GET", source(file));
    call.overrideMimeType("text/xml");
    call.responseType = "document";
    call.onloadend = () => resolve(call.response);
    call.send();
  });
}

function summary(file, results) {
  const of = (...states) => results.filter(({ state }) => states.includes(state));
  const list = (title, found, isOpen) => found.length > 0 && h("details.group", { open: isOpen },
    h("summary", h("h2", `${title} (${found.length.toLocaleString("en-US")})`)), portion(found, 0));
  const tools = h("div.viewtools", raw(file),
    h("output.small.num", `${plural(results.length, "test")} · ${bytes(file.size)}`));
  return {
    element: h("div.viewer", tools, h("div.scroll", { tabindex: "0", role: "group", label: file.filename },
      h("div.tests.pad", counts(results), list("Failed", of("failed", "error"), true),
        list("Skipped", of("skipped"), false), list("Passed", of("passed"), !of("failed", "error").length)))),
  };
}

const CHIPS = { failed: ["error", "failed"], error: ["error", "with errors"], skipped: ["", "skipped"],
  passed: ["success", "passed"] };

function counts(results) {
  const took = results.reduce((sum, { seconds }) => sum + (seconds || 0), 0);
  const chips = Object.entries(CHIPS).map(([state, [kind, words]]) => {
    const count = results.filter((one) => one.state === state).length;
    const text = `${count.toLocaleString("en-US")} ${words}`;
    return count > 0 && h("span.chip", { class: kind }, kind && icon(kind), text);
  });
  return h("p.line.counts", results.length ? chips : "The report has no tests.",
    took > 0 && h("span.quiet.num", duration(took)));
}

/** Tests from one place on, and the way to those behind them. */
function portion(found, start) {
  const rest = found.length - start - PORTION;
  const more = rest > 0 && button(`Show ${Math.min(rest, PORTION)} more`, {
    kind: "mini", on: () => more.replaceWith(portion(found, start + PORTION)),
  });
  const tests = found.slice(start, start + PORTION);
  return h("div.stack.tight", h("ul.rows", tests.map((one) => h("li", entry(one)))), more);
}

/** A test: its name, and on request what it said. */
function entry({ name, group, seconds, state, message, details, output }) {
  const [kind] = CHIPS[state];
  const text = [message, details].filter((one, i, both) => one && !(i === 0 && both[1].startsWith(one))).join("\n");
  const head = [
    kind ? h("span", { class: kind }, icon(kind, CHIPS[state][1])) : icon("info", CHIPS[state][1]),
    h("span.grow", h("b", visible(name)), group && h("span.quiet.small", visible(group)),
      (message || details) && h("span.small.said", visible((message || details).split("\n")[0]))),
    seconds >= 0 && h("span.quiet.small.num", duration(seconds)),
  ];
  if (!text && !output) return h("div.test", head);
  return h("details.test", h("summary", head), text && h("pre.code.soft", visible(text)),
    output && [h("h3.small", "Output"), h("pre.code.soft", visible(output))]);
}

/** 0.012 s, 3.4 s, 75 s. */
const duration = (seconds) => `${Number(seconds.toPrecision(seconds < 1 ? 1 : 3))} s`;
