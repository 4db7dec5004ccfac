// Reports of tests in XML: JUnit's, which most tools write, and those of NUnit, xUnit.net and Visual Studio (TRX).

/**
 * @typedef {{name: string, group: string, seconds: number, state: "failed" | "error" | "skipped" | "passed",
 *   message: string, details: string, output: string}} Result of one test; what nobody says is empty, or NaN
 */

const all = (node, name) => [...node.getElementsByTagNameNS("*", name)];
const children = (node, ...names) => [...node.children].filter((one) => names.includes(one.localName));
const child = (node, ...names) => children(node, ...names)[0];
const said = (node) => node?.textContent.trim() ?? "";
/** Reports write whole seconds, parts of them, 1,234.5, or 00:00:01.5. */
const seconds = (text) => (text ?? "").replaceAll(",", "").split(":")
  .reduce((sum, part) => sum * 60 + Number.parseFloat(part), 0);
const outputs = (node, ...names) => children(node, ...names).map(said).filter(Boolean).join("\n");

/** How each kind of report is read, by the name of its root: the name of its tests, and what one says. */
const KINDS = {
  testsuites: ["testcase", fromJUnit], testsuite: ["testcase", fromJUnit], "test-run": ["test-case", fromNUnit],
  assemblies: ["test", fromXUnit], TestRun: ["UnitTestResult", fromVisualStudio],
};

/**
 * The results of the tests in a report, in its order; null for what is no report.
 * @param {Document} document
 * @returns {Result[] | null}
 */
export function resultsOf(document) {
  const [name, read] = KINDS[document.documentElement.localName] ?? [];
  return name ? all(document, name).map(read) : null;
}

/** Some tools, as GoogleTest, write several failures of one test. */
function fromJUnit(test) {
  const bad = children(test, "failure", "error");
  const reasons = bad.length ? bad : children(test, "skipped");
  const states = { failure: "failed", error: "error", skipped: "skipped" };
  return {
    name: test.getAttribute("name") ?? "", seconds: seconds(test.getAttribute("time")),
    group: test.getAttribute("classname") || test.parentElement?.getAttribute("name") || "",
    state: states[reasons[0]?.localName] ?? "passed",
    message: reasons.length ? messageOf(reasons[0]) : "", details: reasons.map(whole).join("\n\n"),
    output: outputs(test, "system-out", "system-err"),
  };
}

const messageOf = (reason) => reason.getAttribute("message")?.trim() ?? "";

/** The message of a reason and its text, which often begins with that. */
function whole(reason) {
  const [message, text] = [messageOf(reason), said(reason)];
  return text.startsWith(message) ? text : [message, text].filter(Boolean).join("\n");
}

function fromNUnit(test) {
  const reason = child(test, "failure", "reason");
  const states = { Failed: test.getAttribute("label") === "Error" ? "error" : "failed", Passed: "passed" };
  return {
    name: test.getAttribute("name") ?? "", group: test.getAttribute("classname") ?? "",
    seconds: seconds(test.getAttribute("duration")), state: states[test.getAttribute("result")] ?? "skipped",
    message: said(reason && child(reason, "message")), details: said(reason && child(reason, "stack-trace")),
    output: outputs(test, "output"),
  };
}

function fromXUnit(test) {
  const failure = child(test, "failure");
  const states = { Fail: "failed", Pass: "passed" };
  return {
    name: test.getAttribute("name") ?? "", group: test.getAttribute("type") ?? "",
    seconds: seconds(test.getAttribute("time")), state: states[test.getAttribute("result")] ?? "skipped",
    message: said(failure ? child(failure, "message") : child(test, "reason")),
    details: said(failure && child(failure, "stack-trace")), output: outputs(test, "output"),
  };
}

function fromVisualStudio(test) {
  const output = child(test, "Output");
  const failure = output && child(output, "ErrorInfo");
  const states = { Failed: "failed", Error: "error", Timeout: "error", Aborted: "error", Passed: "passed" };
  return {
    name: test.getAttribute("testName") ?? "", group: "", seconds: seconds(test.getAttribute("duration")),
    state: states[test.getAttribute("outcome")] ?? "skipped", message: said(failure && child(failure, "Message")),
    details: said(failure && child(failure, "StackTrace")), output: output ? outputs(output, "StdOut", "StdErr") : "",
  };
}
