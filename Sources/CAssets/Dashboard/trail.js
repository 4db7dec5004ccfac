// The lines that a search found, and the steps from one to the next.
import { button, h } from "./dom.js";
import { Refusal } from "./api.js";
import { MOST_FOUND, search } from "./lines.js";

const written = (count) => count.toLocaleString("en-US");

/**
 * @param {string} what is found, in the plural: "errors"
 * @param {() => number} here the line where the reader stands
 * @param {(number: number) => void} go to a line
 * @param {() => void} onChange called when it has found more, or looks for something else
 */
export function trail(file, what, here, go, onChange) {
  let found = null;
  /** Which of the lines it stands at, from 0. */
  let at = -1;
  const count = h("output.small.num", { label: `How many ${what}` });
  const steps = [["left", "Previous", -1], ["right", "Next", 1]].map(([glyph, way, by]) => button("", {
    glyph, kind: "mini ghost", name: `${way} of the ${what}`, disabled: true, on: () => step(by),
  }));
  const words = () => {
    if (!found) return "";
    const { numbers, isOver, isWhole } = found;
    if (!numbers.length) return isOver ? "None" : "Looking…";
    const all = isWhole ? written(numbers.length) : isOver ? `the first ${written(MOST_FOUND)}`
      : `${written(numbers.length)} so far`;
    return at < 0 ? all : `${written(at + 1)} of ${all}`;
  };
  const draw = () => {
    count.textContent = words();
    steps.forEach((one) => { one.disabled = !found?.numbers.length; });
    onChange();
  };
  function goTo(place) {
    at = place;
    draw();
    go(found.numbers[at]);
  }
  /** To the next or the one before of where the reader is; behind the last comes the first. */
  function step(by) {
    const numbers = found?.numbers ?? [];
    if (!numbers.length) return;
    const place = by > 0 ? numbers.findIndex((one) => one > here()) : numbers.findLastIndex((one) => one < here());
    goTo(place >= 0 ? place : by > 0 ? 0 : numbers.length - 1);
  }
  const stop = () => found?.stop();
  return {
    element: h("span.line.trail", count, steps), step, stop,
    /** The lines that were found so far. */
    numbers: () => found?.numbers ?? [],
    /** Whether there is nothing in lines from one number to another, as far as that is known. */
    isFreeFrom: (first, last) => found?.isOver && !found.numbers.some((one) => one >= first && one <= last)
      && (found.isWhole || last < found.numbers.at(-1)),
    /** Looks for something else, or with null for nothing; `isGoing` brings the first line of it into view. */
    async look(query, { isGoing = false } = {}) {
      stop();
      const start = here();
      [found, at] = [null, -1];
      const mine = query && search(file, query, () => {
        const place = mine.numbers.findIndex((one) => one >= start);
        if (at < 0 && mine.numbers[place] === start) at = place;
        if (isGoing && at < 0 && (place >= 0 || (mine.isOver && mine.numbers.length))) goTo(Math.max(0, place));
        draw();
      });
      found = mine;
      draw();
      try {
        await mine?.done;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        if (found === mine) count.textContent = error.fields[0]?.message ?? error.message;
      }
    },
  };
}
