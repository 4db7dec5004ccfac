// A log, or any long text: line by line, from the first error on, whatever its size.
import { button, fill, h, icon, say } from "./dom.js";
import { nodes, plain } from "./ansi.js";
import { filePath, source } from "./attachment.js";
import { finder } from "./finder.js";
import { ask, ERRORS, isError, linesOf, range } from "./lines.js";
import { copy, dialog, toast } from "./overlay.js";
import { rows } from "./rows.js";
import { trail } from "./trail.js";
import { bytes, plural } from "./words.js";

/** More lines are not copied at once. */
const MOST_COPIED = 5000;
/** Lines before and behind the first error that are shown in place. */
const AROUND = 4;
/** A time at the beginning of a line, as most tools write it (RFC 3339, and with a space). */
const TIME = /^(\x1b\[[\d;]*m)?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)? ?/;

/** Lines as they stand in an address or are typed: "L4211", "L4211-L4230", "4,211". Null when they are no lines. */
function readRange(text, count) {
  const [, first, last] = /^#?L?(\d+)(?:-L?(\d+))?$/.exec(text.replace(/[\s,]/g, "")) ?? [];
  if (!first) return null;
  const [a, b] = [first, last ?? first].map((one) => Math.max(1, Math.min(count, Number(one))));
  return [Math.min(a, b), Math.max(a, b)];
}

const writtenRange = ([first, last = first]) => `#L${first}${last > first ? `-L${last}` : ""}`;

export async function show(file) {
  const isLinked = readRange(location.hash, Infinity) !== null;
  const { total, lines: [found] } = await ask(file, isLinked ? { count: 1 } : { ...ERRORS, limit: 1 });
  const log = viewer(file, total);
  const linked = readRange(location.hash, total);
  if (linked) log.choose(linked);
  else if (found) log.go(found.number);
  else log.end();
  log.errors.look(ERRORS);
  document.addEventListener("keydown", log.onFind);
  const end = () => {
    document.removeEventListener("keydown", log.onFind);
    log.errors.stop();
    log.find.stop();
  };
  return { element: log.element, keys: { title: "Log", list: log.keys }, end };
}

function viewer(file, total) {
  /** `here` is the line where the reader stands, `chosen` the first and the last that are. */
  const state = { here: 0, chosen: null, isWrapped: false, hasTimes: true };
  const lines = linesOf(file, total, () => list.renew((element) => element.classList.contains("waiting")));
  const list = rows(`${file.filename}, ${plural(total, "line")}`, total, (index) => row(index, lines.at(index)));
  list.element.style.setProperty("--gutter", `${String(total).length + 3}ch`);

  const go = (number) => {
    state.here = number;
    list.show(number - 1);
    list.renew();
  };
  const leave = (way) => () => {
    state.here = 0;
    way();
  };
  const steps = { here: () => state.here || list.top() + 1, go, onFound: () => {} };
  const errors = trail(file, "errors", steps);
  const find = finder(file, { ...steps, onFound: () => list.renew() }, () => list.element.focus());

  function row(index, line) {
    const number = index + 1;
    const hasError = line && isError(line.text);
    const isChosen = state.chosen && number >= state.chosen[0] && number <= state.chosen[1];
    const is = { waiting: !line, bad: hasError, on: isChosen, here: number === state.here };
    const kind = Object.keys(is).filter((name) => is[name]).join(" ");
    const text = line && (state.hasTimes ? line.text : line.text.replace(TIME, "$1"));
    return h("div.ln", { role: "listitem", "aria-setsize": total, "aria-posinset": number, class: kind },
      h("a", {
        href: `#L${number}`, tabindex: "-1", label: `Line ${number}${hasError ? ", error" : ""}`,
        onclick: (event) => { event.preventDefault(); pick(number, event.shiftKey); },
      }, number),
      line && h("span", nodes(text, find.pattern()),
        line.cut && h("span.lost", ` … cut: the line has ${bytes(line.cut)}`)));
  }

  /** Chooses lines and puts them into the address. */
  function choose(chosen) {
    state.chosen = chosen;
    history.replaceState(null, "", location.pathname + location.search + writtenRange(chosen));
    copier.hidden = false;
    say(`${plural(chosen[1] - chosen[0] + 1, "line")} chosen. The address leads here.`);
  }
  let anchor = 0;
  function pick(number, isMore) {
    anchor = isMore && anchor ? anchor : number;
    choose([Math.min(anchor, number), Math.max(anchor, number)]);
    list.renew();
  }
  const chooseAndGo = (chosen) => {
    [anchor] = chosen;
    choose(chosen);
    go(chosen[0]);
  };
  const askWhere = () => {
    const field = h("input.input", { label: "Line", inputmode: "numeric", placeholder: "4211 or 4211-4230" });
    const fault = h("p.fault", { role: "alert" });
    const act = () => {
      const chosen = readRange(field.value, total);
      if (!chosen) fill(fault, "Write a number, or two with a dash between them.");
      else chooseAndGo(chosen);
      return chosen !== null;
    };
    const hint = h("p.hint", `From 1 to ${total.toLocaleString("en-US")}.`);
    dialog("Go to line", [field, hint, fault], ["Go", "primary", act]);
  };
  const copyChosen = async () => {
    if (!state.chosen) return;
    const [first, last] = state.chosen;
    if (last - first >= MOST_COPIED) {
      toast(`At most ${plural(MOST_COPIED, "line")} are copied. Download the file to have more.`, "warning");
      return;
    }
    const chosen = await range(file, first, last);
    copy(chosen.map((line) => plain(line.text)).join("\n"), `${plural(chosen.length, "line")} copied`);
  };
  const toggle = (text, isOn, act) => {
    const element = button(text, { kind: "mini ghost", "aria-pressed": String(isOn), on: () => {
      const isNow = element.getAttribute("aria-pressed") !== "true";
      element.setAttribute("aria-pressed", String(isNow));
      act(isNow);
    } });
    return element;
  };
  const wrap = toggle("Wrap", false, (isOn) => list.wrap(isOn));
  const times = toggle("Times", true, (isOn) => { state.hasTimes = isOn; list.renew(); });
  const copier = button("Copy lines", { glyph: "copy", kind: "mini ghost", hidden: true, on: copyChosen });
  const tools = h("div.viewtools.logtools", find.element, h("span.line.trail", h("b.small", "Errors"), errors.element),
    wrap, times, button("Line…", { kind: "mini ghost", name: "Go to line", on: askWhere }), copier,
    h("a.btn.mini.ghost", { href: source(file), target: "_blank", rel: "noopener" }, "Raw"),
    h("output.small.num", `${plural(total, "line")} · ${bytes(file.size)}`));
  return {
    element: h("div.viewer", tools, list.element), choose: chooseAndGo, go, end: list.showEnd, errors, find,
    onFind(event) {
      if (event.key !== "f" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
      if (document.querySelector("dialog[open]") || !find.focus()) return;
      event.preventDefault();
    },
    keys: [
      ["/", "Find", find.focus], ["n", "Next of what was found", () => find.step(1)],
      ["N", "The one before", () => find.step(-1)], ["]", "Next error", () => errors.step(1)],
      ["[", "The error before", () => errors.step(-1)], ["g", "First line", leave(() => list.show(0))],
      ["G", "Last line", leave(list.showEnd)], [":", "Go to line", askWhere],
      ["w", "Wrap long lines", () => wrap.click()],
      ["t", "With or without times", () => times.click()], ["c", "Copy the chosen lines", copyChosen],
    ],
  };
}

/** Lines around the first error in place, or the last ones, and the way to all. */
export async function peek(file, from) {
  const errors = await ask(file, { ...ERRORS, limit: 1, context: AROUND });
  const error = errors.lines.find((line) => line.hit);
  const { lines, total } = error ? errors : await ask(file, { tail: 2 * AROUND });
  const words = error ? `First error: line ${error.number.toLocaleString("en-US")} of ${plural(total, "line")}`
    : `The end of ${plural(total, "line")}`;
  const shown = (line) => h("div.ln", { class: line === error ? "bad" : "" }, h("span", nodes(line.text, null)));
  const way = filePath(file, from) + (error ? writtenRange([error.number]) : "");
  return h("div.excerpt", h("a.line", { href: way }, error && icon("error"), words), lines.map(shown));
}
