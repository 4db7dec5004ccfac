// A log, or any long text: line by line, from the first error on, whatever its size.
import { button, h, icon } from "./dom.js";
import { nodes, plain } from "./ansi.js";
import { filePath, source } from "./attachment.js";
import { chosenLines, readRange, writtenRange } from "./chosen.js";
import { finder, takeFind } from "./finder.js";
import { foldedRows, groupsOf, MARKERS } from "./groups.js";
import { ask, linesOf, search } from "./lines.js";
import { ERRORS, weight } from "./markers.js";
import { minimap } from "./minimap.js";
import { follow, isFollowing } from "./newer.js";
import { rows } from "./rows.js";
import { trail } from "./trail.js";
import { bytes, plural, span } from "./words.js";

/** Lines before and behind the first error that are shown in place. */
const AROUND = 4;
/** A time at the beginning of a line, as most tools write it (RFC 3339, and with a space), behind a colour. */
const TIME = /^(\x1b\[[\d;]*m)?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)? ?/;

/** Opens at the line that the address names, else at `from`, else at the first error, else at the end. */
export async function show(file, _fail, { from = 0 } = {}) {
  const opensAtError = !from && readRange(location.hash, Infinity) === null && !isFollowing();
  const { total, lines } = await ask(file, opensAtError ? { ...ERRORS, limit: 1 } : { count: 1 });
  const log = viewer(file, total);
  const linked = readRange(location.hash, total);
  if (linked) log.chosen.set(linked);
  else if (from) log.go(from);
  else if (opensAtError && lines.length) log.go(lines[0].number);
  else log.list.showEnd();
  const stopGroups = foldWhatPassed(file, total, log);
  const { tools, keys } = controls(file, total, log);
  const leaveFind = takeFind(log.find.focus);
  const end = () => {
    leaveFind();
    stopGroups();
    log.errors.stop();
    log.find.stop();
  };
  const element = h("div.viewer", tools, h("div.beside-map", log.list.element, log.map.element));
  return { element, keys: { title: "Log", list: keys }, end };
}

/** Looks for errors and groups, and folds the groups without errors, but for the one in which the reader stands. */
function foldWhatPassed(file, total, log) {
  const { errors, folds, list } = log;
  const isPassed = ({ first, last }) => errors.isFreeFrom(first, last) && !(log.here >= first && log.here <= last);
  const marked = [];
  const found = search(file, MARKERS, (lines) => marked.push(...lines));
  Promise.all([found.done, errors.look(ERRORS)]).then(() => {
    if (!marked.length) return;
    const top = folds.line(list.top());
    folds.set(groupsOf(marked, total), isPassed);
    list.renew();
    if (log.follows) list.showEnd();
    else list.show(folds.row(top), 0);
  });
  return found.stop;
}

/** The list of a log, and what moves in it. */
function viewer(file, total) {
  const folds = foldedRows(total);
  const log = {
    /** The line where the reader stands; 0 when that is what is in view. */
    here: 0,
    hasTimes: true,
    follows: isFollowing(),
    go(number) {
      log.here = number;
      log.folds.reveal(number);
      log.list.renew();
      log.list.show(log.folds.row(number));
    },
    folds,
    list: rows(`${file.filename}, ${plural(total, "line")}`, folds.count,
      (index) => row(log, total, folds.line(index)), { onDraw: () => log.moved() }),
    lines: linesOf(file, total, () => log.list.renew((element) => element.classList.contains("waiting"))),
    chosen: null, errors: null, find: null, map: null,
    moved() {
      log.map?.move();
      if (log.follows && !log.list.isAtEnd()) log.follow(false);
    },
  };
  const top = () => folds.line(log.list.top());
  const here = () => log.here || top();
  const mark = () => log.map?.draw();
  log.chosen = chosenLines(file, total, log.go, log.list.renew);
  log.errors = trail(file, "errors", here, log.go, mark);
  log.find = finder(file, log.list, here, log.go, mark);
  log.map = minimap(total, top, { error: log.errors.numbers, found: log.find.numbers }, log.go);
  log.list.element.style.setProperty("--gutter", `${String(total).length + 3}ch`);
  return log;
}

function row(log, total, number) {
  const line = log.lines.at(number - 1);
  const group = log.folds.head(number);
  const kind = line ? weight(line.text) : "";
  const is = {
    waiting: !line, bad: kind === "error", poor: kind === "warning", on: log.chosen.has(number),
    here: number === log.here,
  };
  const text = line && (log.hasTimes ? line.text : line.text.replace(TIME, "$1"));
  return h("div.ln", {
    role: "listitem", "aria-setsize": total, "aria-posinset": number,
    class: Object.keys(is).filter((name) => is[name]).join(" "),
  }, h("a", {
    href: writtenRange([number]), tabindex: "-1", label: `Line ${number}${kind && `, ${kind}`}`,
    onclick: (event) => { event.preventDefault(); log.chosen.pick(number, event.shiftKey); },
  }, number), group ? head(log, group) : line && h("span", nodes(text, log.find.pattern()),
    line.cut && h("span.lost", ` … cut: the line has ${bytes(line.cut)}`)));
}

/** The first line of a group, which folds the others. */
function head({ folds, errors, list }, group) {
  const time = group.span >= 0 ? ` · ${span(group.span)}` : "";
  return h("button.fold", {
    type: "button", "aria-expanded": String(!folds.isFolded(group)),
    onclick: () => { folds.toggle(group); list.renew(); },
  }, icon("right"), plain(group.name) || "Group",
  !errors.isFreeFrom(group.first, group.last) && h("span.error", icon("error", "With errors")),
  h("span.lost", `${plural(group.last - group.first, "line")}${time}`));
}

/** The bar above the lines, and what keys do. */
function controls(file, total, log) {
  const { list, chosen, errors, find } = log;
  const to = (move) => () => { log.here = 0; move(); };
  const toEnd = to(list.showEnd);
  const toggle = (text, isOn, act) => {
    const element = button(text, { kind: "mini ghost", "aria-pressed": String(isOn), on: () => {
      const isNow = element.getAttribute("aria-pressed") !== "true";
      element.setAttribute("aria-pressed", String(isNow));
      act(isNow);
    } });
    return element;
  };
  const wrap = toggle("Wrap", false, list.wrap);
  const times = toggle("Times", true, (isOn) => { log.hasTimes = isOn; list.renew(); });
  const following = toggle("Follow", log.follows, (isOn) => log.follow(isOn));
  log.follow = (isOn) => {
    log.follows = isOn;
    following.setAttribute("aria-pressed", String(isOn));
    if (isOn) toEnd();
    follow(isOn);
  };
  const tools = h("div.viewtools.logtools", find.element, h("span.line.trail", h("b.small", "Errors"), errors.element),
    wrap, times, following, button("Line…", { kind: "mini ghost", name: "Go to line", on: chosen.ask }), chosen.element,
    h("a.btn.mini.ghost", { href: source(file), target: "_blank", rel: "noopener" }, "Raw"),
    h("output.small.num", `${plural(total, "line")} · ${bytes(file.size)}`));
  return { tools, keys: [
    ["/", "Find", find.focus], ["n", "Next of what was found", () => find.step(1)],
    ["N", "The one before", () => find.step(-1)], ["]", "Next error", () => errors.step(1)],
    ["[", "The error before", () => errors.step(-1)], ["g", "First line", to(() => list.show(0))],
    ["G", "Last line", toEnd], [":", "Go to line", chosen.ask],
    ["w", "Wrap long lines", () => wrap.click()], ["t", "With or without times", () => times.click()],
    ["f", "Follow: stay at the end, and open newer files of this name", () => following.click()],
    ["c", "Copy the chosen lines", chosen.copy],
  ] };
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
