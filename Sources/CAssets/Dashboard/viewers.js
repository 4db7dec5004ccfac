// What can be looked at: for each kind of type the module that shows it, loaded when somebody does.

/**
 * A module has `show(file, fail)`, which answers {element, keys?} for the file's page and calls `fail` when it turns out
 * that the file cannot be shown, and `peek(file)` if it has `peeks`: files of at most so many bytes are shown in place
 * too. The first entry that fits counts. A module whose name begins with "view-" is not part of the first load.
 * @type {{types: RegExp, peeks?: number, load: () => Promise<any>}[]}
 */
const VIEWERS = [
  {
    types: /^image\/(png|apng|jpeg|gif|webp|avif|bmp|svg\+xml|x-icon|vnd\.microsoft\.icon)$/,
    load: () => import("./view-image.js"),
  },
  { types: /^((audio|video)\/.*|application\/pdf)$/, load: () => import("./view-media.js") },
  {
    types: /^(text\/(?!html).*|application\/(json|x-ndjson|yaml|toml|sql|x-subrip))$/, peeks: 65_536,
    load: () => import("./view-text.js"),
  },
];

const entry = (file) => VIEWERS.find(({ types }) => types.test(file.mimeType));

/** How to load what shows a file; nothing when there is none. */
export const viewerOf = (file) => entry(file)?.load;

/** The same for what shows it in place. */
export const peekOf = (file) => (file.size <= (entry(file)?.peeks ?? 0) ? viewerOf(file) : undefined);
