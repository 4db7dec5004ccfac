// A line of a log as a terminal shows it (ECMA-48): its colours, and what was written over what.
import { h } from "./dom.js";
import { visible } from "./visible.js";

/**
 * Escape sequences, with their codes and their last letter; else one character. Of a hyperlink (OSC 8) the text is
 * shown, of a mark of time of Buildkite nothing. An escape that begins none of these stays, visible.
 */
const PARTS = /\x1b\[([0-?]*)[ -/]*([@-~])|\x1b\]8;[^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\(B|\x1b_bk;t=\d+\x07|./gsu;

/** What a code of SGR changes. */
const CHANGES = new Map(Object.entries({
  1: { bold: true }, 2: { dim: true }, 3: { italic: true }, 4: { under: true }, 7: { inverse: true },
  22: { bold: false, dim: false }, 23: { italic: false }, 24: { under: false }, 27: { inverse: false },
  39: { front: null }, 49: { back: null },
}).map(([code, change]) => [Number(code), change]));
for (let colour = 0; colour < 8; colour += 1) {
  CHANGES.set(30 + colour, { front: colour }).set(90 + colour, { front: colour + 8 });
  CHANGES.set(40 + colour, { back: colour }).set(100 + colour, { back: colour + 8 });
}

/** The nearest of the eight colours. */
function nearest(channels) {
  const top = Math.max(...channels);
  return top < 40 ? 8 : channels.reduce((sum, value, i) => sum + (value > top * 0.6 ? 1 << i : 0), 0);
}

/** One of our sixteen colours for what follows 38 or 48, and how many codes that took. */
function extended([kind, ...rest]) {
  if (kind === 2) return [nearest(rest.slice(0, 3)), 4];
  const [code = 0] = rest;
  if (code < 16) return [code, 2];
  if (code > 231) return [code > 243 ? 7 : 8, 2];
  const cube = code - 16;
  return [nearest([Math.floor(cube / 36) * 51, (Math.floor(cube / 6) % 6) * 51, (cube % 6) * 51]), 2];
}

function styled(style, codes) {
  const list = codes.split(/[;:]/).map(Number);
  let next = { ...style };
  for (let i = 0; i < list.length; i += 1) {
    if (list[i] === 0) next = {};
    else if (list[i] === 38 || list[i] === 48) {
      const [colour, used] = extended(list.slice(i + 1));
      next[list[i] === 38 ? "front" : "back"] = colour;
      i += used;
    } else Object.assign(next, CHANGES.get(list[i]));
  }
  return next;
}

/** Erases to the end of the line ("" or 0), from its beginning (1), or all of it (2). */
function erase(cells, column, mode) {
  if (mode === "1" || mode === "2") cells.fill([" ", {}], 0, column);
  if (mode !== "1") cells.length = Math.min(cells.length, column);
}

/** @returns {{cells: [string, object][], lost: boolean}} one cell a character; and whether some were written over */
function screen(text) {
  /** @type {[string, object][]} */
  const cells = [];
  let [column, style, lost] = [0, {}, false];
  for (const [part, codes, end] of text.matchAll(PARTS)) {
    if (part === "\r") column = 0;
    else if (part === "\b") column = Math.max(0, column - 1);
    else if (end === "m") style = styled(style, codes);
    else if (end === "K") {
      lost ||= column < cells.length;
      erase(cells, column, codes);
    } else if (part[0] !== "\x1b" || part.length === 1) {
      lost ||= column < cells.length;
      cells[column] = [part, style];
      column += 1;
    }
  }
  return { cells, lost };
}

/** Neighbours of one style together, [[text, style], …]. */
function runs(cells) {
  /** @type {[string, any][]} */
  const found = [];
  for (const [part, style] of cells) {
    if (found.at(-1)?.[1] === style) found.at(-1)[0] += part;
    else found.push([part, style]);
  }
  for (const run of found) run[0] = visible(run[0]);
  return found;
}

/** The line without colours, as it is shown. */
export const plain = (text) => runs(screen(text).cells).map(([part]) => part).join("");

/** The nodes of a line. @param {RegExp | null} pattern as for `painted` */
export function nodes(text, pattern) {
  const { cells, lost } = screen(text);
  return [painted(runs(cells), pattern, styledNode),
    lost && h("span.lost", { title: "Something was written over in this line" }, " ↺")];
}

/** More are not marked in one line. */
const MOST_MARKS = 200;

/**
 * The nodes of a line that has parts, [[text, what `paint` makes of it], …].
 * @param {RegExp | null} pattern what is marked; with the flag g
 * @param {(content: any, style: any) => any} paint
 */
export function painted(parts, pattern, paint) {
  const whole = pattern ? parts.map(([part]) => part).join("") : "";
  const marks = pattern ? [...whole.matchAll(pattern)].filter(([hit]) => hit).slice(0, MOST_MARKS) : [];
  const ranges = marks.map((mark) => [mark.index, mark.index + mark[0].length]);
  let start = 0;
  return parts.map(([part, style]) => {
    const node = paint(marked(part, start, ranges), style);
    start += part.length;
    return node;
  });
}

/** A part of a line, which begins at `start` in it, with what lies in the ranges marked. */
function marked(part, start, ranges) {
  const end = start + part.length;
  const inside = ranges.filter(([from, to]) => from < end && to > start);
  const pieces = [];
  let at = start;
  for (const [from, to] of inside) {
    pieces.push(part.slice(at - start, Math.max(from, start) - start));
    at = Math.min(to, end);
    pieces.push(h("mark", part.slice(Math.max(from, start) - start, at - start)));
  }
  return [...pieces, part.slice(at - start)];
}

function styledNode(content, style) {
  const { front = null, back = null, inverse } = style;
  const ground = inverse ? front ?? 7 : back;
  const names = ["bold", "dim", "italic", "under"].filter((name) => style[name]).join(" ");
  const colour = ground ?? front;
  if (colour === null && !names) return content;
  // On a ground of a colour, text has the colour of the page: that can be read on each of the sixteen.
  const node = ground === null ? h("span", { class: names }, content)
    : h("span.ground", { class: names }, h("span", content));
  if (colour !== null) node.style.color = `var(--a${colour})`;
  return node;
}
