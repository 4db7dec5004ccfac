// What can be looked at: for each kind of type the module that shows it, loaded when somebody does.

/** A longer text is read as a log, line by line. */
const LONG = 256 * 1024;

const isLog = ({ filename, mimeType, size }) => /^text\/(?!markdown)/.test(mimeType)
  && (/\.log$/i.test(filename) || /\blog\b/.test(mimeType) || size > LONG);
/** XML without a prolog is plain text to the server. */
const isXML = ({ filename, mimeType }) => mimeType === "text/xml"
  || (mimeType === "text/plain" && /\.(xml|trx)$/i.test(filename));
const isOf = (types) => ({ mimeType }) => types.test(mimeType);
export const isPicture = isOf(/^image\/(png|apng|jpeg|gif|webp|avif|bmp|svg\+xml|x-icon|vnd\.microsoft\.icon)$/);
export const isMedia = isOf(/^((audio|video)\/.*|application\/pdf)$/);

/**
 * A module has `show(file, fail)`, which answers {element, keys?, end?} for the file's page: `keys` is what keys.js
 * binds, `end` is called when the page is left. It calls `fail` when it turns out that the file cannot be shown. If it
 * has `peeks`, files of at most so many bytes are shown in place too, by `peek(file, from)`. The first entry that fits
 * counts. A module whose name begins with "view-" is not part of the first load.
 * @type {{fits: (file: any) => boolean, peeks?: number, load: () => Promise<any>}[]}
 */
const VIEWERS = [
  { fits: isPicture, load: () => import("./view-image.js") },
  { fits: isMedia, load: () => import("./view-media.js") },
  {
    fits: isOf(/^application\/(zip|x-tar|gzip|java-archive|epub\+zip|vnd\.android\.package-archive)$/),
    load: () => import("./view-archive.js"),
  },
  { fits: isOf(/^text\/(csv|tab-separated-values)$/), peeks: Infinity, load: () => import("./view-table.js") },
  { fits: isOf(/^application\/(.*\+)?json$/), peeks: 65_536, load: () => import("./view-json.js") },
  { fits: isOf(/^application\/x-ndjson$/), peeks: 65_536, load: () => import("./view-ndjson.js") },
  { fits: isOf(/^text\/html$/), load: () => import("./view-page.js") },
  { fits: isXML, peeks: 1_000_000, load: () => import("./view-report.js") },
  { fits: isOf(/^text\/x-diff$/), peeks: 65_536, load: () => import("./view-patch.js") },
  { fits: isLog, peeks: Infinity, load: () => import("./view-log.js") },
  {
    fits: isOf(/^(text\/.*|application\/(yaml|toml|sql|x-subrip))$/), peeks: 65_536,
    load: () => import("./view-text.js"),
  },
];

/** Loads what shows the text of a file, whatever else it means. */
export const textViewer = (file) => (file.size > LONG ? import("./view-log.js") : import("./view-source.js"));

const entry = (file) => VIEWERS.find(({ fits }) => fits(file));

/** How to load what shows a file; nothing when there is none. */
export const viewerOf = (file) => entry(file)?.load;

/** The same for what shows it in place. */
export const peekOf = (file) => (file.size <= (entry(file)?.peeks ?? 0) ? viewerOf(file) : undefined);
