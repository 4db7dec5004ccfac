// The steps from one list to another: what stays, goes and comes. Lists of any length take a bounded time.

/** A larger table of two lists would take too long. */
const MOST_CELLS = 4_000_000;
/** So long it works until the page gets its turn, in milliseconds. */
const TURN = 12;

/** @typedef {[" " | "-" | "+", any]} Step */

/**
 * All steps, at once: for short lists.
 * @param {(cells: number) => void} spend is told how large a table will be, and may throw
 * @returns {Step[]}
 */
export const steps = (before, after, spend = () => {}) => [...pieces(before, after, spend)].flat();

/**
 * All steps, while the page goes on; of those only some when a signal has come that nobody waits for them.
 * @param {AbortSignal} signal
 * @returns {Promise<Step[]>}
 */
export async function stepsInTurns(before, after, signal) {
  const found = [];
  let began = performance.now();
  for (const piece of pieces(before, after, () => {})) {
    found.push(piece);
    if (performance.now() - began < TURN) continue;
    await new Promise((resolve) => { setTimeout(resolve); });
    if (signal.aborted) break;
    began = performance.now();
  }
  return found.flat();
}

const all = (sign, items) => items.map((item) => [sign, item]);

/** What is equal at both ends stays; between them comes the rest, piece by piece. */
function* pieces(before, after, spend) {
  const least = Math.min(before.length, after.length);
  let start = 0;
  while (start < least && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < least - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const cut = (list) => list.slice(start, list.length - end);
  yield all(" ", before.slice(0, start));
  yield* inner(cut(before), cut(after), spend);
  yield all(" ", before.slice(before.length - end));
}

/** By the longest common subsequence; of long lists, between items that both have once. */
function* inner(before, after, spend) {
  const cells = before.length * (after.length + 1);
  if (cells <= MOST_CELLS) {
    spend(cells);
    yield common(before, after);
    return;
  }
  const anchors = anchorsOf(before, after);
  if (!anchors.length) {
    yield [...all("-", before), ...all("+", after)];
    return;
  }
  let [i, j] = [0, 0];
  for (const [from, to] of [...anchors, [before.length, after.length]]) {
    yield* pieces(before.slice(i, from), after.slice(j, to), spend);
    if (from < before.length) yield [[" ", before[from]]];
    [i, j] = [from + 1, to + 1];
  }
}

/** Places of items that both lists have exactly once, in the order of both, as many as there can be (patience). */
function anchorsOf(before, after) {
  const once = (list) => {
    const places = new Map();
    list.forEach((item, place) => places.set(item, places.has(item) ? -1 : place));
    return places;
  };
  const others = once(after);
  /** The last anchors of runs of each length, each with the one before it. @type {any[]} */
  const piles = [];
  for (const [item, from] of once(before)) {
    const to = others.get(item) ?? -1;
    if (from < 0 || to < 0) continue;
    let [low, high] = [0, piles.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (piles[middle].to < to) low = middle + 1;
      else high = middle;
    }
    piles[low] = { from, to, before: piles[low - 1] };
  }
  const found = [];
  for (let one = piles.at(-1); one; one = one.before) found.push([one.from, one.to]);
  return found.reverse();
}

function common(before, after) {
  const width = after.length + 1;
  const table = new Uint32Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      const place = i * width + j;
      table[place] = before[i] === after[j] ? table[place + width + 1] + 1
        : Math.max(table[place + width], table[place + 1]);
    }
  }
  const found = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      found.push([" ", before[i]]);
      i += 1;
      j += 1;
    } else if (j >= after.length || (i < before.length && table[(i + 1) * width + j] >= table[i * width + j + 1])) {
      found.push(["-", before[i]]);
      i += 1;
    } else {
      found.push(["+", after[j]]);
      j += 1;
    }
  }
  return found;
}
