// What the page of a log makes of a line, whatever it is: node Tests/Fuzz/ansi.mjs [COUNT] [SEED]
//
// libFuzzer knows no JavaScript. So lines are put together at random of what terminals obey, hide or write over.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import assert from "node:assert";

const [count, first] = [Number(process.argv[2] ?? 5000), Number(process.argv[3] ?? 1)];

/** Elements that keep no more than their text and their tag. */
class Node {
  constructor(tag) { Object.assign(this, { tag, style: {}, children: [], classList: { add() {} } }); }
  append(...children) { this.children.push(...children); }
  setAttribute() {}
}
Object.assign(globalThis, { Node, document: { createElement: (tag) => new Node(tag) } });
const words = (node) => typeof node === "string" ? node
  : (Array.isArray(node) ? node.flat(9) : node.children).map(words).join("");

const folder = mkdtempSync(join(tmpdir(), "ansi-"));
cpSync(new URL("../../Sources/CAssets/Dashboard", import.meta.url), folder, { recursive: true });
writeFileSync(join(folder, "package.json"), '{"type": "module"}');
const { nodes, plain } = await import(join(folder, "ansi.js"));
const { visible } = await import(join(folder, "visible.js"));
rmSync(folder, { recursive: true });

// A generator of numbers that gives the same again (xorshift).
let state = 0;
const below = (limit) => {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % limit;
};
const one = (list) => list[below(list.length)];
const some = (most, make) => Array.from({ length: below(most + 1) }, make).join("");

const LETTERS = ["a", "B", " ", "é", "e\u0301", "👩‍👩‍👧", "\t", "<b>", "&amp;", "\u202e", "\u200b", "\ud800", "0", "="];
const CODES = ["0", "1", "38", "48", "5", "2", "255", "999999999999", "", "31", "97", "107", "7", ":"];
const colour = () => `\x1b[${some(6, () => one(CODES) + one([";", ":", ""]))}m`;
const letters = () => some(8, () => one(LETTERS));
const other = () => one([
  "\r", "\b", "\x1b[K", "\x1b[1K", "\x1b[2K", "\x1b", "\x1b[", "\x1b]8;;http://a\x07", "\x1b]8;;", "\x1b\\", "\x1b(B",
  "\x1b_bk;t=1\x07", "\x1b_bk;t=", "\x1b[?25l", "\x1b[3;4H", "\x9b31m", "\0", "\x07", "\u2028",
]);

/** Everything shown can be seen, and the nodes have just that, with the marks where the words are. */
function check(line) {
  const shown = plain(line);
  assert.strictEqual(visible(shown), shown);
  // Nothing grows but what is made visible.
  assert(shown.length <= 9 * line.length);
  const [parts, lost] = nodes(line, /a|b+|$/gi);
  assert.strictEqual(words(parts), shown);
  assert(!lost || /[\r\b\x1b]/.test(line));
}

for (let seed = first; seed < first + count; seed += 1) {
  state = Math.imul(seed, 2654435761) | 1;
  try {
    check(some(20, () => one([letters, colour, other])()));
    // Colours change no letter, and without anything that is obeyed a line is itself.
    const pieces = Array.from({ length: below(9) }, letters);
    assert.strictEqual(plain(pieces.map((piece) => piece + colour()).join("")), visible(pieces.join("")));
    // What is written over from the beginning is what was written last.
    const last = one(pieces.filter(Boolean).concat("x"));
    assert.strictEqual(plain(`${letters()}\r\x1b[K${last}`), visible(last));
  } catch (error) {
    throw new Error(`Seed ${seed}`, { cause: error });
  }
}
console.log(`${count} lines`);
