// The lines of a log that are chosen: by a click on their numbers, by typing them, by the address. They are linked to
// and copied.
import { button, fill, h, say } from "./dom.js";
import { plain } from "./ansi.js";
import { range } from "./lines.js";
import { copy, dialog, toast } from "./overlay.js";
import { plural } from "./words.js";

/** More lines are not copied at once. */
const MOST_COPIED = 5000;

/** Lines as they are typed, or stand in an address: "4,211", "4211-4230", "#L4211-L4230". Null when they are none. */
export function readRange(text, count) {
  const [, first, last] = /^#?L?(\d+)(?:-L?(\d+))?$/.exec(text.replace(/[\s,]/g, "")) ?? [];
  if (!first) return null;
  const [a, b] = [first, last ?? first].map((one) => Math.max(1, Math.min(count, Number(one))));
  return [Math.min(a, b), Math.max(a, b)];
}

/** The part of an address that leads to lines. */
export const writtenRange = (/** @type {number[]} */ [first, last = first]) =>
  `#L${first}${last > first ? `-L${last}` : ""}`;

/**
 * @param {number} count how many lines there are
 * @param {(number: number) => void} go to a line
 * @param {() => void} renew draws all rows anew
 */
export function chosenLines(file, count, go, renew) {
  let [first, last, anchor] = [0, 0, 0];
  const copyAll = async () => {
    if (!first) return;
    if (last - first >= MOST_COPIED) {
      toast(`At most ${plural(MOST_COPIED, "line")} are copied. Download the file to have more.`, "warning");
      return;
    }
    const lines = await range(file, first, last);
    copy(lines.map((line) => plain(line.text)).join("\n"), `${plural(lines.length, "line")} copied`);
  };
  const element = button("Copy lines", { glyph: "copy", kind: "mini ghost", hidden: true, on: copyAll });

  function choose(from, to) {
    [first, last] = [from, to];
    element.hidden = false;
    history.replaceState(null, "", location.pathname + location.search + writtenRange([first, last]));
    say(`${plural(last - first + 1, "line")} chosen. The address leads here.`);
    renew();
  }
  const set = (/** @type {number[]} */ [from, to]) => {
    anchor = from;
    choose(from, to);
    go(from);
  };
  return {
    element, copy: copyAll, set, has: (number) => number >= first && number <= last,
    /** Chooses a line, or all from the one before to this. */
    pick(number, isMore) {
      anchor = isMore && anchor ? anchor : number;
      choose(Math.min(anchor, number), Math.max(anchor, number));
    },
    /** Asks which lines. */
    ask() {
      const field = h("input.input", { label: "Line", inputmode: "numeric", placeholder: "4211 or 4211-4230" });
      const fault = h("p.fault", { role: "alert" });
      const hint = h("p.hint", `From 1 to ${count.toLocaleString("en-US")}.`);
      dialog("Go to line", [field, hint, fault], ["Go", "primary", () => {
        const lines = readRange(field.value, count);
        if (lines) set(lines);
        else fill(fault, "Write a number, or two with a dash between them.");
        return lines !== null;
      }]);
    },
  };
}
