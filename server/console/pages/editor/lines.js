// Where a path of the document stands in its text: by indentation, as people write YAML.

/**
 * The line, from 0, at which a path such as `queues.orders.handling.mean_seconds` stands, or the nearest place above it.
 * @param {string} text @param {string} path @returns {number | null}
 */
export function lineOf(text, path) {
  const lines = text.split("\n");
  let from = 0, until = lines.length, found = null;
  for (const word of path.split(".")) {
    const at = placeOf(lines, from, until, word);
    if (at === null) break;
    found = at;
    [from, until] = within(lines, at, until);
  }
  return found;
}

/** A key, an item by its id, or the n-th item. @param {string[]} lines @param {number} from @param {number} until @param {string} word */
function placeOf(lines, from, until, word) {
  const name = word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const key = new RegExp(`^[\\s-]*(?:.*[{,]\\s*)?"?${name}"?\\s*:`), id = new RegExp(`^\\s*-?\\s*(?:\\{.*)?\\bid:\\s*"?${name}"?\\s*(?:[,}#]|$)`);
  const least = indentation(lines, from, until);
  let items = -1;
  for (let at = from; at < until; at++) {
    if (id.test(lines[at])) return at;
    if (key.test(lines[at]) && depth(lines[at]) <= least + 2) return at;
    if (/^\d+$/.test(word) && /^\s*- /.test(lines[at]) && depth(lines[at]) === least && ++items === Number(word)) return at;
  }
  return null;
}

/** What is indented below a line, the line itself included. @param {string[]} lines @param {number} at @param {number} until @returns {[number, number]} */
function within(lines, at, until) {
  const mine = depth(lines[at]);
  let end = at + 1;
  while (end < until && (isBlank(lines[end]) || depth(lines[end]) > mine || (depth(lines[end]) === mine && /^\s*- /.test(lines[end]) && !/^\s*- /.test(lines[at])))) end++;
  return [end > at + 1 && !/[{[]/.test(lines[at]) && !/^\s*- /.test(lines[at]) ? at + 1 : at, end];
}

/** @param {string} line */
const isBlank = (line) => /^\s*(#|$)/.test(line);
/** @param {string} line */
const depth = (line) => line.search(/\S|$/);
/** @param {string[]} lines @param {number} from @param {number} until */
const indentation = (lines, from, until) => Math.min(...lines.slice(from, until).filter((line) => !isBlank(line)).map(depth));
