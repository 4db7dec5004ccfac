// The bar beside a log: where in all of its lines the errors are, what was found, and the reader.
import { fill, h } from "./dom.js";

/** So many places are told apart. */
const PLACES = 200;
/** Who points this close to a mark means it, in pixels. */
const NEAR = 4;

/**
 * @param {number} count how many lines there are
 * @param {() => number} here the line on top of the view
 * @param {{error: () => number[], found: () => number[]}} marks lines, in order; the later kind lies above
 * @param {(number: number) => void} go to a line
 */
export function minimap(count, here, marks, go) {
  const view = h("i.here");
  const drawn = h("div");
  const place = (number) => Math.floor((number - 1) / count * PLACES);
  const element = h("div.minimap", {
    tabindex: "0", role: "slider", label: "Place in the log", "aria-orientation": "vertical",
    "aria-valuemin": "1", "aria-valuemax": String(count), onclick: point, onkeydown: press,
  }, drawn, view);

  function point({ clientY }) {
    const { top, height } = element.getBoundingClientRect();
    const at = (clientY - top) / height;
    const distance = (number) => Math.abs((number - 1) / count - at) * height;
    const all = [...marks.error(), ...marks.found()];
    const nearest = all.reduce((best, one) => (distance(one) < distance(best) ? one : best), all[0] ?? NaN);
    go(distance(nearest) <= NEAR ? nearest : Math.max(1, Math.min(count, Math.ceil(at * count))));
  }
  function press(event) {
    const step = { ArrowUp: -0.01, ArrowDown: 0.01, PageUp: -0.1, PageDown: 0.1, Home: -1, End: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const by = Math.sign(step) * Math.max(1, Math.round(Math.abs(step) * count));
    go(Math.max(1, Math.min(count, here() + by)));
  }
  return {
    element,
    /** Says where the reader is now. */
    move() {
      const line = here();
      view.style.top = `${(line - 1) / count * 100}%`;
      element.setAttribute("aria-valuenow", String(line));
      element.setAttribute("aria-valuetext", `Line ${line.toLocaleString("en-US")}`);
    },
    /** Draws the marks anew, one for each place that has some. */
    draw() {
      fill(drawn, Object.entries(marks).map(([kind, lines]) => [...new Set(lines().map(place))].map((one) => {
        const mark = h("i", { class: kind });
        mark.style.top = `${one / PLACES * 100}%`;
        return mark;
      })));
    },
  };
}
