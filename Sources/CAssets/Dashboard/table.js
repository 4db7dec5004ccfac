// A table of records: a head that stays, rows that are made as they come into view, one of them as a whole, and copies.
import { $$, fill, h, icon, say, unseen } from "./dom.js";
import { harmless, isNumber, numberOf, pasteable } from "./csv.js";
import { copy, dialog, notice, toast } from "./overlay.js";
import { rows } from "./rows.js";
import { visible } from "./visible.js";
import { plural } from "./words.js";

/** A table of more rows is not sorted. */
const MOST_SORTED = 200_000;
/** More columns are not shown side by side; a row that is opened has all. */
const MOST_COLUMNS = 200;
/** More rows are not copied at once. */
const MOST_COPIED = 5000;
/** Of a longer cell the beginning is shown, in characters. */
const MOST_SHOWN = 300;
/** The least and the widest column, in characters. */
const [NARROW, WIDE] = [4, 40];
/** The height of a row, in pixels; as in shapes.css. */
const TALL = 28;

/** A cell in one line. */
export const shown = (cell) =>
  visible(cell.length > MOST_SHOWN ? `${cell.slice(0, MOST_SHOWN)}…` : cell).replaceAll("\n", " ↵ ");

/** The most fields of some records. */
export const widthOf = (sample) => sample.reduce((most, record) => Math.max(most, record.length), 1);

/**
 * What the columns are called, what they hold and how wide they are.
 * @param {string[][]} sample the first records
 * @param {number} width the most fields of a record
 */
export function columnsOf(sample, hasHead, width) {
  const body = sample.slice(hasHead ? 1 : 0);
  return Array.from({ length: Math.min(width, MOST_COLUMNS) }, (_, i) => {
    const cells = body.map((record) => record[i] ?? "").filter(Boolean);
    const name = (hasHead && sample[0]?.[i]) || `Column ${i + 1}`;
    const longest = cells.reduce((most, cell) => Math.max(most, cell.length), name.length + 4);
    const isNumeric = cells.length > 0 && cells.every(isNumber);
    return { name, isNumeric, width: Math.max(NARROW, Math.min(WIDE, longest)) };
  });
}

/**
 * @param {import("./records.js").Records} records
 * @param {string[][]} sample the first of them
 * @param {boolean} isLoaded whether all of them can be had at once
 */
export function tableOf(file, records, sample, hasHead, isLoaded) {
  const width = records.width || widthOf(sample);
  const columns = columnsOf(sample, hasHead, width);
  const offset = hasHead ? 1 : 0;
  const count = () => Math.max(0, records.count() - offset);
  const order = orderOf(records, offset, columns);
  const names = h("div.tr.names", { role: "row", "aria-rowindex": 1 });
  const list = rows(file.filename, count, (index) => row(records, columns, index, order.at(index), offset),
    { kind: "table", head: names, tall: TALL });
  const canSort = isLoaded && count() <= MOST_SORTED;
  const drawNames = () => fill(names, h("span", { role: "columnheader" }, unseen("Row")),
    columns.map((column, i) => name(column, order.wayOf(i), canSort && (() => {
      order.next(i);
      drawNames();
      $$("button", names)[i].focus();
      list.renew();
    }))));
  drawNames();
  const widths = columns.map(({ width }) => `calc(${width}ch + 24px)`);
  list.element.style.setProperty("--columns", `calc(${String(count()).length}ch + 28px) ${widths.join(" ")}`);
  list.element.addEventListener("copy", copySafely);
  return {
    element: list.element, stop: records.stop,
    facts: () => `${plural(count(), "row")} · ${plural(columns.length, "column")}`,
    notes: () => notes(records, width, canSort, isLoaded, count()),
    renew: (isMoved) => list.renew((element) => isMoved || element.classList.contains("waiting")),
    copy() {
      const body = Array.from({ length: Math.min(count(), MOST_COPIED) }, (_, i) => records.at(order.at(i)) ?? []);
      const rest = count() > MOST_COPIED ? ` of ${count().toLocaleString("en-US")}` : "";
      copyRows([...(hasHead ? [records.at(0) ?? []] : []), ...body], `${plural(body.length, "row")}${rest} copied`);
    },
  };
}

/** In which order rows stand: that of the file, or by a column, up or down. */
function orderOf(records, offset, columns) {
  let [column, isDown, order] = [-1, false, null];
  return {
    /** The record in a row. */
    at: (index) => (order ? order[index] : index) + offset,
    wayOf: (i) => (i !== column ? "none" : isDown ? "descending" : "ascending"),
    /** Up, then down, then as in the file. */
    next(i) {
      [column, isDown] = i !== column ? [i, false] : isDown ? [-1, false] : [i, true];
      order = column < 0 ? null : sorted(records, offset, columns[column].isNumeric, column, isDown);
      say(order ? `Sorted by ${columns[column].name}, ${this.wayOf(column)}` : "In the order of the file");
    },
  };
}

/** The name of a column; a click on it sorts. */
function name({ name: text, isNumeric }, way, on) {
  return h("span", { role: "columnheader", class: isNumeric ? "n" : "", title: text, "aria-sort": on ? way : null },
    on ? h("button.sort", { type: "button", onclick: on }, h("span.cut", visible(text)),
      way !== "none" && icon("right")) : visible(text));
}

function row(records, columns, index, record, offset) {
  const cells = records.at(record);
  const number = record - offset + 1;
  const open = () => whole(columns, records.at(record) ?? [], number);
  return h("div.tr", { role: "row", "aria-rowindex": index + 2, class: cells ? "" : "waiting" },
    h("span", { role: "rowheader" },
      h("button.sort", { type: "button", label: `Row ${number}`, onclick: open }, number)),
    cells && columns.map(({ isNumeric }, i) =>
      h("span", { role: "cell", class: isNumeric ? "n" : "" }, shown(cells[i] ?? ""))));
}

/** A row as a whole, each cell as it is. */
function whole(columns, cells, number) {
  const entries = cells.map((cell, i) => [h("dt", visible(columns[i]?.name ?? `Column ${i + 1}`)),
    h("dd", cell ? h("pre.text", visible(cell)) : h("span.quiet", "empty"))]);
  const element = dialog(`Row ${number}`, h("dl.record", entries),
    ["Copy row", "", () => copyRows([cells], "Row copied")], { cancel: "Close", wide: true });
  element.addEventListener("copy", copySafely);
}

/** Rows in the order of a column; cells that are empty, or no numbers among numbers, come last. */
function sorted(records, offset, isNumeric, column, isDown) {
  const cells = Array.from({ length: records.count() - offset }, (_, i) => records.at(i + offset)?.[column] ?? "");
  const { compare } = new Intl.Collator("en", { numeric: true });
  const values = isNumeric ? cells.map((cell) => (isNumber(cell) ? numberOf(cell) : null))
    : cells.map((cell) => cell || null);
  const way = isDown ? -1 : 1;
  const order = (a, b) => {
    const [one, other] = [values[a], values[b]];
    if (one === null || other === null) return Number(one === null) - Number(other === null) || a - b;
    return way * (typeof one === "number" ? one - Number(other) : compare(one, String(other))) || a - b;
  };
  return [...cells.keys()].sort(order);
}

function notes(records, width, canSort, isLoaded, count) {
  const found = [
    width > MOST_COLUMNS && `${MOST_COLUMNS} of ${plural(width, "column")} are shown. A row that is opened has all.`,
    records.isOpen() && "Quotes begin that never end. If they are not meant as quotes, turn off Quotes.",
    records.isPartial() && "Further down each line is shown as a row, even where a cell has several lines.",
    !isLoaded && "The file is too long to be sorted here: its rows come as you scroll. "
      + "The columns are those of the first rows. A row that is opened has all.",
    isLoaded && !canSort && `Up to ${plural(MOST_SORTED, "row")} can be sorted; these are ${plural(count, "row")}.`,
  ].filter(Boolean);
  return found.length > 0 && h("div.notes", notice("info", found.map((text) => h("p", text))));
}

/** Copies rows so that no cell runs as a formula where they are pasted, and says when that changed any. */
function copyRows(list, what) {
  const { text, tamed } = pasteable(list);
  copy(text, tamed ? `${what}. ${changed(tamed)}` : what);
}

const changed = (count) => `${plural(count, "cell")} like a formula got an apostrophe in front.`;

/** What is marked and copied is as harmless, and else as it is. With nothing marked the clipboard stays as it is. */
function copySafely(event) {
  const { text, tamed } = harmless(String(getSelection()));
  if (!text) return;
  event.preventDefault();
  event.clipboardData.setData("text/plain", text);
  if (tamed) toast(`Copied. ${changed(tamed)}`, "copy");
}
