// Separated values: RFC 4180, and the dialects that programs write. A field is in quotes when it begins with one.

export const SEPARATORS = { ",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Bar" };
const QUOTE = '"';
const [CODE_OF_QUOTE, CODE_OF_LF] = [34, 10];
/** So many records tell the separator. */
const SAMPLE = 20;

/**
 * Where each record of a text begins, and at last where the text ends, as if that were a record too.
 * @param {string} text with ends of lines that are LF
 * @param {string} separator
 * @returns {{starts: number[], width: number, isOpen: boolean}} `width`: the most fields of one; `isOpen`: the last
 *   record ends within quotes
 */
export function recordsOf(text, separator, hasQuotes, most = Infinity) {
  const starts = [0];
  const between = separator.charCodeAt(0);
  let [isQuoted, isFieldStart, fields, width] = [false, true, 1, 1];
  for (let at = 0; at < text.length && starts.length <= most; at += 1) {
    const code = text.charCodeAt(at);
    if (isQuoted) {
      if (code !== CODE_OF_QUOTE) continue;
      if (text.charCodeAt(at + 1) === CODE_OF_QUOTE) at += 1;
      else isQuoted = false;
      continue;
    }
    isQuoted = hasQuotes && isFieldStart && code === CODE_OF_QUOTE;
    isFieldStart = code === between || code === CODE_OF_LF;
    if (code === between) fields += 1;
    if (code === CODE_OF_LF) {
      starts.push(at + 1);
      fields = 1;
    }
    width = Math.max(width, fields);
  }
  // The last record need not have an end of its own.
  if (starts.at(-1) < text.length && starts.length <= most) starts.push(text.length + 1);
  return { starts, width, isOpen: isQuoted };
}

/** What is between two separators, and where the next field begins. @returns {[string, number]} */
function field(record, from, separator, hasQuotes) {
  let [value, at] = ["", from];
  if (hasQuotes && record[at] === QUOTE) {
    do {
      const quote = record.indexOf(QUOTE, at + 1);
      if (quote < 0) return [value + record.slice(at + 1), record.length + 1];
      // A doubled quote is one, and goes on.
      value += record.slice(at + 1, record[quote + 1] === QUOTE ? quote + 1 : quote);
      at = quote + 1;
    } while (record[at] === QUOTE);
  }
  const end = record.indexOf(separator, at);
  return end < 0 ? [value + record.slice(at), record.length + 1] : [value + record.slice(at, end), end + 1];
}

/** The fields of one record, without its end. */
export function fieldsOf(record, separator, hasQuotes) {
  const found = [];
  let at = 0;
  while (at <= record.length) {
    const [value, next] = field(record, at, separator, hasQuotes);
    found.push(value);
    at = next;
  }
  return found;
}

/** The records of the beginning of a text, as lists of fields. */
export function recordsAt(text, separator, hasQuotes, most) {
  const { starts } = recordsOf(text, separator, hasQuotes, most);
  return starts.slice(1).map((end, i) => fieldsOf(text.slice(starts[i], end - 1), separator, hasQuotes));
}

/** The separator with which most records have as many fields as the first one. */
export function separatorOf(sample, type) {
  const usual = type === "text/tab-separated-values" ? "\t" : ",";
  const points = (separator) => {
    const counts = recordsAt(sample, separator, true, SAMPLE).map((fields) => fields.length);
    const [first = 1] = counts;
    if (first === 1) return 0;
    return counts.filter((count) => count === first).length / counts.length + first / 10_000;
  };
  return [usual, ...Object.keys(SEPARATORS)].reduce((best, one) => (points(one) > points(best) ? one : best));
}

/** Digits, maybe in groups of three; what groups them is not what the decimals begin with. */
const DIGITS = String.raw`\d+(?:[.,]\d+)?|[.,]\d+|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:[' ]\d{3})+(?:[.,]\d+)?`;
const NUMBER = new RegExp(String.raw`^\s*[-+−]?[$€£]?(?:${DIGITS})(?:e[-+]?\d+)?\s?%?\s*$`, "i");
export const isNumber = (text) => NUMBER.test(text);

/** The value of a number as it is written. A comma is decimal when alone, without a dot or three digits behind. */
export function numberOf(text) {
  const bare = text.replace(/[$€£%\s']/g, "").replace("−", "-");
  const isDecimal = !bare.includes(".") && /^[^,]*,(?!\d{3}$)[^,]+$/.test(bare);
  return Number(isDecimal ? bare.replace(",", ".") : bare.replaceAll(",", ""));
}

/** What a spreadsheet takes for a formula when it is pasted (OWASP, "CSV Injection"). */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
const runs = (cell) => FORMULA.test(cell) && !isNumber(cell);

/**
 * Cells as spreadsheets take them from the clipboard, by tabs. One that would run there gets an apostrophe, with which
 * it is text.
 * @param {string[][]} rows
 * @returns {{text: string, tamed: number}} and how many those are
 */
export function pasteable(rows) {
  let tamed = 0;
  const cell = (value) => {
    if (runs(value)) tamed += 1;
    const safe = runs(value) ? `'${value}` : value;
    return /[\t\n\r"]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return { text: rows.map((row) => row.map(cell).join("\t")).join("\n"), tamed };
}

/**
 * The same for text that was marked: what is between tabs and ends of lines is a cell, and nothing is put in quotes.
 * @param {string} text
 * @returns {{text: string, tamed: number}}
 */
export function harmless(text) {
  let tamed = 0;
  const safe = text.replace(/[^\t\r\n]+/g, (cell) => {
    // Spreadsheets take off quotes around a cell.
    if (!runs(cell.replace(/^"+/, ""))) return cell;
    tamed += 1;
    return `'${cell}`;
  });
  return { text: safe, tamed };
}
