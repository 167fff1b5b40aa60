// Where two descriptions of a scenario differ; items of lists by their ids, else from 0.

/** @typedef {{ path: string, before: string, after: string }} Difference */

/** @param {any} before @param {any} after @param {string} [path] @returns {Difference[]} */
export function differences(before, after, path = "") {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (!isWhole(before) || !isWhole(after)) return [{ path, before: shown(before), after: shown(after) }];
  const [old, now] = [entries(before), entries(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((key) => differences(old.get(key), now.get(key), path ? `${path}.${key}` : key));
}

/** @param {any} value */
const isWhole = (value) => value !== null && typeof value === "object";

/** @param {any} value @returns {Map<string, any>} */
const entries = (value) => new Map(Array.isArray(value) ? value.map((item, i) => [String(item?.id ?? item?.key ?? i), item]) : Object.entries(value));

/** @param {any} value */
const shown = (value) => (value == null ? "nothing" : isWhole(value) ? "something else" : String(value));
