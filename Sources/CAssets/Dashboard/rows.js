// Any number of rows, of which those in view are in the document. No element can be as high as ten million rows, so
// the height is capped: near its ends the scrollbar is exact, between them it goes by proportion. Short moves are exact
// everywhere, and the scrollbar follows when they are over.
import { $, h } from "./dom.js";

/** The height of a line of a log that is not wrapped, in pixels; as in log.css. */
const LINE = 20;
/** No element is higher, in pixels: browsers end somewhere above. */
const CAP = 6_000_000;
/** So far from its ends the scrollbar is exact, in pixels. */
const EXACT = 1_000_000;
/** Rows above and below those in view. */
const SPARE = 12;
/** After so many milliseconds a move is over. */
const REST = 160;

/** What a screen reader hears: the role of what scrolls, and of what the rows are in. */
const ROLES = { list: ["region", "list"], table: ["region", "rowgroup"], tree: ["tree", "none"] };

/**
 * @param {string} label
 * @param {() => number} length how many rows there are; may change with `renew`
 * @param {(index: number) => HTMLElement} row makes one; called again after `renew`
 * @param {{kind?: keyof typeof ROLES, head?: HTMLElement | null, tall?: number, onDraw?: () => void}} options `head`
 *   is the first row of a table, which stays in view; `tall` the height of a row that is not wrapped, in pixels;
 *   `onDraw` is called when other rows may be in view
 */
export function rows(label, length, row, { kind = "list", head = null, tall: usual = LINE, onDraw = () => {} } = {}) {
  let count = length();
  const [outside, inside] = ROLES[kind];
  const inner = h("div", { role: inside, label: kind === "list" ? label : null });
  const clip = h("div.clip", inner);
  const spacer = h("div.spacer", clip);
  const table = head && h("div.whole", { role: "table", label, "aria-rowcount": count + 1 }, head, spacer);
  const box = h("div.log", { tabindex: "0", role: outside, label }, table ?? spacer);
  /** @type {Map<number, HTMLElement>} */
  const shown = new Map();
  /** The row at the top, and how many pixels of it are above. */
  const place = { row: 0, above: 0, isEnd: false };
  /** How high rows are on average. */
  let tall = usual;
  let [scrolled, isAtEnd] = [0, false];
  let [frame, idle] = [0, 0];
  /** The row in which an element has the focus while it is made anew, and the tag of that. */
  let [focused, tag] = [-1, ""];

  const height = () => (box.clientHeight || 600) - (head?.offsetHeight ?? 0);
  const heightOf = (index) => (tall === usual ? usual : shown.get(index)?.offsetHeight ?? tall);
  /** How far one can move in all rows, and how far the scrollbar can. */
  const way = () => Math.max(0, count * tall - height());
  const travel = () => Math.max(0, Math.min(count * tall, CAP) - height());
  const stretch = () => (way() - 2 * EXACT) / (travel() - 2 * EXACT);

  function toRows(scroll) {
    if (scroll <= EXACT || way() === travel()) return scroll;
    if (scroll >= travel() - EXACT) return way() - (travel() - scroll);
    return EXACT + (scroll - EXACT) * stretch();
  }
  function toScroll(pixels) {
    if (pixels <= EXACT || way() === travel()) return pixels;
    if (pixels >= way() - EXACT) return travel() - (way() - pixels);
    return EXACT + (pixels - EXACT) / stretch();
  }
  function moveTo(index, above) {
    Object.assign(place, { row: Math.max(0, Math.min(count - 1, index)), above, isEnd: false });
  }
  function align() {
    const inRow = Math.min(1, place.above / heightOf(place.row));
    box.scrollTop = place.isEnd ? travel() : toScroll((place.row + inRow) * tall);
    scrolled = box.scrollTop;
  }
  /** Takes rows out and puts others in; what stays is not touched, so that a selection of text stays. */
  function put(first, last) {
    for (const [index, element] of shown) {
      if (index >= first && index < last) continue;
      element.remove();
      shown.delete(index);
    }
    let next = null;
    for (let index = last - 1; index >= first; index -= 1) {
      if (!shown.has(index)) {
        shown.set(index, row(index));
        inner.insertBefore(shown.get(index), next);
      }
      next = shown.get(index);
    }
    const renewed = shown.get(focused);
    if (renewed) $(tag, renewed)?.focus({ preventScroll: true });
    focused = -1;
  }
  function draw() {
    const view = Math.ceil(height() / usual);
    const top = place.isEnd ? count - view : place.row;
    const lead = Math.ceil(Math.max(0, -place.above) / usual);
    const [first, last] = [Math.max(0, top - lead - SPARE), Math.min(count, top + view + SPARE)];
    put(first, last);
    const isWrapped = box.classList.contains("wrapped");
    tall = isWrapped && shown.size ? inner.offsetHeight / shown.size : usual;
    spacer.style.height = `${Math.min(count * tall, CAP)}px`;
    clip.style.height = `${Math.min(height(), count * tall)}px`;
    let above = place.above;
    for (let index = first; index < place.row; index += 1) above += heightOf(index);
    const most = Math.max(0, inner.offsetHeight - height());
    if (last === count && (place.isEnd || above > most)) above = most;
    isAtEnd = last === count && above >= most - 1;
    above = Math.max(0, above);
    inner.style.transform = `translateY(${-above}px)`;
    [place.row, place.above] = [first, above];
    while (place.above >= heightOf(place.row) && place.row < count - 1) {
      place.above -= heightOf(place.row);
      place.row += 1;
    }
    onDraw();
  }
  const paint = () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(draw);
  };

  box.addEventListener("scroll", () => {
    const moved = box.scrollTop - scrolled;
    if (!moved) return;
    scrolled = box.scrollTop;
    if (Math.abs(moved) < height() * 1.5) {
      Object.assign(place, { above: place.above + moved, isEnd: false });
      // Over the rows that are drawn, so that it knows how high each is.
      while (place.above >= heightOf(place.row) && place.row < count - 1) {
        place.above -= heightOf(place.row);
        place.row += 1;
      }
    } else {
      const pixels = toRows(scrolled);
      moveTo(Math.floor(pixels / tall), pixels % tall);
      place.isEnd = scrolled >= travel() - 1;
    }
    paint();
    clearTimeout(idle);
    // Where it was scrolled to without an event yet, that event is on its way.
    idle = setTimeout(() => { if (box.scrollTop === scrolled) align(); }, REST);
  }, { passive: true });
  new ResizeObserver(() => { draw(); align(); }).observe(box);

  /** Makes rows anew: those that `isStale` is true of. */
  const renew = (isStale = (_) => true) => {
    count = length();
    table?.setAttribute("aria-rowcount", String(count + 1));
    for (const [index, element] of shown) {
      if (!isStale(element)) continue;
      if (element.contains(document.activeElement)) [focused, tag] = [index, document.activeElement.localName];
      element.remove();
      shown.delete(index);
    }
    paint();
  };
  return {
    element: box, renew,
    /** The first row in view. */
    top: () => place.row,
    /** Whether the last row is in view, down to its lower edge. */
    isAtEnd: () => isAtEnd,
    /** Brings a row into the upper third, or so many pixels below the top. */
    show(index, below = height() / 3) {
      moveTo(index, -below);
      draw();
      align();
    },
    /** Brings a row into view, if it is not there. */
    reveal(index) {
      const last = place.row + Math.floor(height() / usual) - 1;
      // Before it is in the page nobody knows how high it is.
      if (!box.clientHeight) this.show(index);
      else if (index <= place.row) this.show(index, 0);
      else if (index > last) this.show(index, height() - usual);
    },
    showEnd() {
      place.isEnd = true;
      draw();
      align();
    },
    /** Whether long rows are wrapped. */
    wrap(isWrapped) {
      box.classList.toggle("wrapped", isWrapped);
      renew();
    },
  };
}
