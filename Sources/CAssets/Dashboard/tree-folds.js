// Which values of a tree are rows: those that nothing folded hides.

/** Levels that are open at first. */
const OPEN = 2;

/** Those values in their order, and at which level. @param {import("./json.js").JSONText} json */
export function foldedValues(json) {
  let depth = OPEN;
  /** Those that somebody opened or folded. @type {Map<number, boolean>} */
  const chosen = new Map();
  const isOpen = (number, level) => chosen.get(number) ?? level < depth;
  const folds = {
    /** @type {number[]} */
    numbers: [],
    /** @type {number[]} */
    levels: [],
    canFold: (number) => json.sizes[number] > 0,
    isOpen: (index) => isOpen(folds.numbers[index], folds.levels[index]),
    /** The row of a value, or of the one that hides it. */
    row(number) {
      let [low, high] = [0, folds.numbers.length];
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (folds.numbers[middle] <= number) low = middle;
        else high = middle;
      }
      return low;
    },
    /** The value itself, or the one that hides it. */
    nearest: (number) => folds.numbers[folds.row(number)],
    toggle(number) {
      chosen.set(number, !folds.isOpen(folds.row(number)));
      renew();
    },
    openTo(levels) {
      depth = levels;
      chosen.clear();
      renew();
    },
    /** Opens what hides a value. */
    reveal(number) {
      if (folds.nearest(number) === number) return;
      for (let one = json.parents[number]; one >= 0; one = json.parents[one]) chosen.set(one, true);
      renew();
    },
  };
  function renew() {
    const [numbers, levels, ends] = [[], [], []];
    for (let number = 0; number < json.count;) {
      while (ends.length && number >= ends.at(-1)) ends.pop();
      const isInside = json.sizes[number] > 0 && isOpen(number, ends.length);
      numbers.push(number);
      levels.push(ends.length);
      if (isInside) ends.push(json.nexts[number]);
      number = isInside ? number + 1 : json.nexts[number];
    }
    Object.assign(folds, { numbers, levels });
  }
  renew();
  return folds;
}
