// JSON as it stands in its text (RFC 8259): where each value begins and ends, so that it is shown as it is spelt.
// Numbers keep all their digits, and of keys that repeat none is lost.
import { visible } from "./visible.js";

/** What is not JSON, and where. */
export class JSONFault extends Error {
  /** @param {string} text @param {number} at */
  constructor(text, at, wanted) {
    const before = text.slice(0, at).split("\n");
    const sign = String.fromCodePoint(text.codePointAt(at) ?? 0);
    const found = at >= text.length ? "the end" : sign === "\n" ? "the end of the line" : `“${visible(sign)}”`;
    super(`Line ${before.length.toLocaleString("en-US")}, character ${before.at(-1).length + 1}: `
      + `${wanted} was expected, and ${found} is there.`);
    this.line = before.length;
  }
}

const LITERAL = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** The values of a text, each by its number, in the order in which they begin: the first is the whole. */
export class JSONText {
  /** Where a value begins and ends. */
  starts = [];
  ends = [];
  /** Where its key begins, with the quotes, or -1; and the value that it is in, or -1 for the whole. */
  keys = [];
  parents = [];
  /** Which of its list or object a value is, from 0. */
  indexes = [];
  /** The number of the value behind it and all that is in it; how many values are directly in it. */
  nexts = [];
  sizes = [];

  /** @throws {JSONFault} */
  constructor(text) {
    this.text = text;
    this.at = 0;
    /** The values that are not at their ends yet, the innermost last. */
    this.open = [];
    this.#value(-1);
    while (this.open.length) this.#step();
    this.#skipBlanks();
    if (this.at < text.length) this.#fail("the end");
  }

  get count() { return this.starts.length; }

  isList(number) { return this.text[this.starts[number]] === "["; }
  isObject(number) { return this.text[this.starts[number]] === "{"; }

  /** How a value is spelt. */
  spelt(number) { return this.text.slice(this.starts[number], this.ends[number]); }

  /** The key of a value; nothing for one that has none. @returns {string | undefined} */
  key(number) {
    const start = this.keys[number];
    return start < 0 ? undefined : JSON.parse(this.text.slice(start, this.#stringEnd(start)));
  }

  /** A path as programs take it: $.a[3]["b c"]. */
  path(number) {
    const parts = [];
    for (let one = number; one > 0; one = this.parents[one]) {
      const key = this.key(one);
      if (key === undefined) parts.push(`[${this.indexes[one]}]`);
      else parts.push(/^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`);
    }
    return `$${parts.reverse().join("")}`;
  }

  /** @returns {never} */
  #fail(wanted, at = this.at) { throw new JSONFault(this.text, at, wanted); }

  #skipBlanks() {
    while (" \n\t\r".includes(this.text[this.at] || "-")) this.at += 1;
  }

  /** Takes one value, of a list or an object its beginning. */
  #value(key) {
    this.#skipBlanks();
    const number = this.count;
    const parent = this.open.at(-1) ?? -1;
    this.indexes.push(parent < 0 ? 0 : this.sizes[parent]);
    if (parent >= 0) this.sizes[parent] += 1;
    this.starts.push(this.at);
    this.ends.push(-1);
    this.keys.push(key);
    this.parents.push(parent);
    this.nexts.push(number + 1);
    this.sizes.push(0);
    const first = this.text[this.at];
    if (first === "{" || first === "[") {
      this.at += 1;
      this.open.push(number);
      return;
    }
    if (first === '"') this.at = this.#stringEnd(this.at);
    else this.at = this.#literalEnd();
    this.ends[number] = this.at;
  }

  /** Takes the next value of the innermost list or object, or its end. */
  #step() {
    const number = this.open.at(-1);
    const isList = this.isList(number);
    const end = isList ? "]" : "}";
    this.#skipBlanks();
    const isFirst = this.sizes[number] === 0;
    if (this.text[this.at] === end) {
      this.at += 1;
      this.open.pop();
      this.ends[number] = this.at;
      this.nexts[number] = this.count;
      return;
    }
    if (!isFirst) this.#take(",", `“,” or “${end}”`);
    if (isList) this.#value(-1);
    else this.#member(isFirst);
  }

  #member(isFirst) {
    this.#skipBlanks();
    const key = this.at;
    if (this.text[key] !== '"') this.#fail(isFirst ? "a key in quotes, or “}”," : "a key in quotes");
    this.at = this.#stringEnd(key);
    this.#skipBlanks();
    this.#take(":", "“:”");
    this.#value(key);
  }

  #take(sign, wanted) {
    if (this.text[this.at] !== sign) this.#fail(wanted);
    this.at += 1;
  }

  /** Where the string ends that begins at a quote. */
  #stringEnd(start) {
    for (let at = start + 1; at < this.text.length; at += 1) {
      const code = this.text.charCodeAt(at);
      if (code === 34) return at + 1;
      if (code === 92) {
        ESCAPE.lastIndex = at;
        if (!ESCAPE.test(this.text)) this.#fail("an escape that JSON has", at);
        at = ESCAPE.lastIndex - 1;
      } else if (code < 32) this.#fail("the end of a string", at);
    }
    return this.#fail("the end of a string", this.text.length);
  }

  /** Where the number or word ends that begins here. */
  #literalEnd() {
    LITERAL.lastIndex = this.at;
    return LITERAL.test(this.text) ? LITERAL.lastIndex : this.#fail("a value");
  }
}
