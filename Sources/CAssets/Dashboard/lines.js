// The lines of a text as the server gives them (docs/api.md, "Lines of a text"): some, as they are looked at, and those
// in which something is.
import { Refusal, request } from "./api.js";

const PORTION = 200;
/** Portions that are kept. */
const MOST_KEPT = 40;
/** Portions that are asked for at a time. */
const AT_ONCE = 4;
/** More lines are not looked for. */
export const MOST_FOUND = 10_000;
/** How often a request is repeated while the server counts the lines of a long text. */
const TRIES = 20;

/**
 * Asks for lines of a file.
 * @throws {Refusal}
 */
export async function ask(file, query, tries = TRIES) {
  const path = `/api/files/${encodeURIComponent(file.id)}/lines?${new URLSearchParams(query)}`;
  try {
    return await request("GET", path);
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 503 || tries === 1) throw error;
    return ask(file, query, tries - 1);
  }
}

/**
 * The lines of a file, by index from 0.
 * @param {number} count how many there are
 * @param {() => void} onMore called when lines have come that `at` did not have
 */
export function linesOf(file, count, onMore) {
  /** @type {Map<number, object[] | null>} null while it is asked for */
  const portions = new Map();
  const load = async (portion) => {
    portions.set(portion, null);
    try {
      const first = portion * PORTION + 1;
      portions.set(portion, await range(file, first, Math.min(first + PORTION - 1, count)));
    } catch (error) {
      portions.delete(portion);
      throw error;
    }
    const [oldest] = portions.keys();
    if (portions.size > MOST_KEPT && portions.get(oldest)) portions.delete(oldest);
    onMore();
  };
  return {
    /** A line; nothing while it is on its way. */
    at(index) {
      const portion = Math.floor(index / PORTION);
      const isFree = [...portions.values()].filter((lines) => lines === null).length < AT_ONCE;
      if (!portions.has(portion) && isFree) load(portion);
      return portions.get(portion)?.[index % PORTION];
    },
  };
}

/** All lines from one number to another. */
export async function range(file, first, last) {
  const lines = [];
  let from = first;
  while (from !== null && from <= last) {
    const answer = await ask(file, { from, count: last - from + 1 });
    lines.push(...answer.lines);
    from = answer.next;
  }
  return lines;
}

/**
 * Looks for lines from the first on, until there are no more, there are enough, or `stop` is called.
 * @param {object} query the parameters of a search
 * @param {(lines: object[]) => void} onMore called with what each answer has
 */
export function search(file, query, onMore) {
  let isStopped = false;
  const stop = () => { isStopped = true; };
  const found = { numbers: [], isOver: false, isWhole: false, done: Promise.resolve(), stop };
  const look = async () => {
    let from = 1;
    while (!found.isOver && !isStopped) {
      const answer = await ask(file, { ...query, limit: 1000, from });
      if (isStopped) return;
      found.numbers.push(...answer.lines.map(({ number }) => number));
      from = answer.next;
      found.isWhole = from === null;
      found.isOver = found.isWhole || found.numbers.length >= MOST_FOUND;
      onMore(answer.lines);
    }
  };
  found.done = look();
  return found;
}
