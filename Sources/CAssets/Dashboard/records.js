// The records of a table: all of one that is loaded, and those in view of one that is not.
import { fieldsOf, recordsOf } from "./csv.js";
import { foldedRows } from "./groups.js";
import { ask, linesOf, search } from "./lines.js";

/** Of a record of more lines the beginning is shown. */
const MOST_JOINED = 100;

/**
 * @typedef {object} Records the records of a table, the head among them
 * @property {() => number} count
 * @property {(index: number) => string[] | undefined} at from 0; nothing for one that is on its way
 * @property {number} width the most fields of a record; 0 when that is not known
 * @property {() => boolean} isOpen whether quotes begin that never end
 * @property {() => boolean} isPartial whether further down lines that are one record may be shown one by one
 * @property {() => void} stop
 */

/** @returns {Records} */
export function loaded(text, separator, hasQuotes) {
  const { starts, width, isOpen } = recordsOf(text, separator, hasQuotes);
  return {
    count: () => starts.length - 1, width, isOpen: () => isOpen, isPartial: () => false, stop() {},
    at: (index) => fieldsOf(text.slice(starts[index], starts[index + 1] - 1), separator, hasQuotes),
  };
}

/** Lines with an odd number of quotes: with them a field of several lines begins and ends. An expression of RE2. */
const ODD = { grep: String.raw`^[^"]*"([^"]*"[^"]*")*[^"]*$`, regex: "true" };

/**
 * The same for a table of any length, of which a line is a record. Those with a field of several lines are found out
 * meanwhile.
 * @param {(isMoved: boolean) => void} onMore called when records have come, and when they have moved
 * @returns {Promise<Records>}
 */
export async function streamed(file, separator, hasQuotes, onMore) {
  const { total } = await ask(file, { count: 1 });
  const lines = linesOf(file, total, () => onMore(false));
  const folds = foldedRows(total);
  const odd = [];
  let [isOpen, isPartial, isStopped] = [false, hasQuotes, false];
  const found = hasQuotes ? search(file, ODD, (some) => odd.push(...some)) : null;
  // After a failure too: what was found until then is right.
  found?.done.finally(() => {
    if (isStopped) return;
    // Where quotes are open behind a line that is cut, nobody can tell.
    const end = odd.findIndex((line) => line.cut);
    const { groups, rest } = joined(end < 0 ? odd : odd.slice(0, end), separator);
    isPartial = !found.isWhole || end >= 0;
    isOpen = !isPartial && rest > 0;
    folds.set(groups, () => true);
    onMore(true);
  });
  const at = (index) => {
    const first = folds.line(index);
    const last = Math.min(folds.head(first)?.last ?? first, first + MOST_JOINED - 1);
    const parts = Array.from({ length: last - first + 1 }, (_, i) => lines.at(first - 1 + i));
    if (parts.some((line) => !line)) return undefined;
    const end = parts.findIndex((line) => line.cut);
    const text = (end < 0 ? parts : parts.slice(0, end + 1)).map((line) => line.text).join("\n");
    return fieldsOf(end < 0 ? text : `${text}…`, separator, hasQuotes);
  };
  return {
    count: folds.count, at, width: 0, isOpen: () => isOpen, isPartial: () => isPartial,
    stop() {
      isStopped = true;
      found?.stop();
    },
  };
}

/**
 * The records of several lines.
 * @param {{number: number, text: string}[]} odd lines with an odd number of quotes
 * @returns {{groups: any[], rest: number}} as groups of lines; and the line with quotes that never end, or 0
 */
function joined(odd, separator) {
  const groups = [];
  let first = 0;
  for (const { number, text } of odd) {
    // A line within quotes reads as one that begins with them.
    const { isOpen } = recordsOf(first ? `"${text}` : text, separator, true);
    if (isOpen) first ||= number;
    else if (first) {
      groups.push({ name: "", first, last: number, time: NaN, span: NaN });
      first = 0;
    }
  }
  return { groups, rest: first };
}
