// Separated values as a table. Up to 16 MB it is loaded as a whole and can be sorted; a longer one comes as it is read.
import { button, fill, h } from "./dom.js";
import { textOf } from "./content.js";
import { recordsAt, SEPARATORS, separatorOf } from "./csv.js";
import { loaded, streamed } from "./records.js";
import { raw, shapes, styles } from "./shapes.js";
import { columnsOf, shown, tableOf, widthOf } from "./table.js";
import { bytes } from "./words.js";

/** A longer table is not loaded, in bytes. */
const MOST_LOADED = 16_000_000;
/** So much of a text tells its separator, what its columns hold and how wide they are: in characters, in records. */
const [SAMPLE, SAMPLED] = [65_536, 200];
/** Rows and columns that are shown in place. */
const [PEEK_ROWS, PEEK_COLUMNS] = [8, 8];

export async function show(file) {
  const text = unixText(await textOf(file, file.size <= MOST_LOADED ? MOST_LOADED : SAMPLE));
  const dialect = { separator: separatorOf(text.slice(0, SAMPLE), file.mimeType), hasQuotes: true, hasHead: true };
  return shapes(file, "Table", () => viewer(file, text, dialect));
}

/** @param {string} text all of it, or of one that is not loaded the beginning */
async function viewer(file, text, dialect) {
  const isLoaded = file.size <= MOST_LOADED;
  const [notes, place, facts] = [h("div"), h("div.viewer"), h("output.small.num")];
  let [table, turn] = [null, 0];
  const tell = () => {
    fill(facts, `${table.facts()} · ${bytes(file.size)}`);
    fill(notes, table.notes());
  };
  const onMore = (isMoved) => {
    table?.renew(isMoved);
    if (isMoved) tell();
  };
  const draw = async () => {
    turn += 1;
    const mine = turn;
    table?.stop();
    const { separator, hasQuotes, hasHead } = dialect;
    const records = isLoaded ? loaded(text, separator, hasQuotes) : await streamed(file, separator, hasQuotes, onMore);
    if (mine !== turn) return records.stop();
    const sample = recordsAt(text.slice(0, SAMPLE), separator, hasQuotes, SAMPLED);
    table = tableOf(file, records, sample, hasHead, isLoaded);
    tell();
    return fill(place, table.element);
  };
  await draw();
  const copyAll = isLoaded && button("Copy", { glyph: "copy", kind: "mini ghost", on: () => table.copy() });
  const tools = h("div.viewtools", dialectTools(dialect, draw), copyAll, raw(file), facts);
  const end = () => {
    turn += 1;
    table.stop();
  };
  return { element: h("div.viewer", tools, notes, place), end };
}

/** The first rows in place. */
export async function peek(file) {
  await styles();
  const text = unixText(await textOf(file, SAMPLE));
  const all = recordsAt(text, separatorOf(text, file.mimeType), true, PEEK_ROWS + 2);
  const width = widthOf(all);
  const columns = columnsOf(all, true, width).slice(0, PEEK_COLUMNS);
  const [head = [], ...body] = all.slice(0, PEEK_ROWS + 1);
  const cells = (tag, row) => columns.map(({ isNumeric }, i) =>
    h(tag, { class: isNumeric ? "n" : "" }, shown(row[i] ?? "")));
  const isCut = file.size > SAMPLE || all.length > PEEK_ROWS + 1 || width > PEEK_COLUMNS;
  return [
    h("div.table.small", h("table", h("thead", h("tr", cells("th", head))),
      h("tbody", body.map((row) => h("tr", cells("td", row)))))),
    isCut && h("p.quiet.small.pad", "This is the beginning."),
  ];
}

const unixText = (text) => text.replace(/\r\n?/g, "\n");

/** What changes how the text is read. */
function dialectTools(dialect, draw) {
  const toggle = (text, name) => {
    const element = button(text, { kind: "mini ghost", "aria-pressed": String(dialect[name]), on: () => {
      dialect[name] = !dialect[name];
      element.setAttribute("aria-pressed", String(dialect[name]));
      draw();
    } });
    return element;
  };
  const separator = h("select.input.pick-one", {
    label: "Separated by", onchange: () => { dialect.separator = separator.value; draw(); },
  }, Object.entries(SEPARATORS).map(([value, name]) => h("option", { value }, name)));
  separator.value = dialect.separator;
  return [separator, toggle("Quotes", "hasQuotes"), toggle("Head", "hasHead")];
}
