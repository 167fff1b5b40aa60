// What a planner has changed but not saved: a list of the API's own typed changes, kept in the address.

/** @typedef {Record<string, any>} Change one of ScenarioChangeInput: its kind, and what it says */

/** @param {string | null} text @returns {Change[]} */
export function readChanges(text) {
  try {
    const found = JSON.parse(text ?? "[]");
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

/** @param {Change[]} changes @returns {string | null} */
export const writeChanges = (changes) => (changes.length ? JSON.stringify(changes) : null);

/** @param {Change} change @returns {[string, any]} */
export const kindOf = (change) => Object.entries(change)[0];

/**
 * With another value at a path of the document; `original` is what stands there, so that the same again is no change.
 * @param {Change[]} changes @param {string} path @param {any} value @param {any} original
 */
export function withValue(changes, path, value, original) {
  const other = changes.findIndex(({ setValue }) => setValue?.path === path);
  if (JSON.stringify(value) === JSON.stringify(original)) return changes.filter((_, i) => i !== other);
  const change = { setValue: { path, value } };
  return other < 0 ? [...changes.filter(({ setValue }) => setValue), change, ...changes.filter(({ setValue }) => !setValue)] : changes.with(other, change);
}

/** @param {Change[]} changes @param {string} path @param {any} original */
export function valueAt(changes, path, original) {
  const change = changes.find(({ setValue }) => setValue?.path === path);
  return change ? change.setValue.value : original;
}

/**
 * With another amount of a kind of change for one queue, team or vendor, or for all; null takes it away.
 * @param {Change[]} changes @param {string} kind @param {Record<string, any>} whose @param {Record<string, any> | null} amount
 */
export function withTyped(changes, kind, whose, amount) {
  const at = typedAt(changes, kind, whose);
  if (amount === null) return changes.filter((_, i) => i !== at);
  const change = { [kind]: { ...whose, ...amount } };
  return at < 0 ? [...changes, change] : changes.with(at, change);
}

/** @param {Change[]} changes @param {string} kind @param {Record<string, any>} whose @returns {Record<string, any> | undefined} */
export const typed = (changes, kind, whose) => changes[typedAt(changes, kind, whose)]?.[kind];

/** @param {Change[]} changes @param {string} kind @param {Record<string, any>} whose */
const typedAt = (changes, kind, whose) =>
  changes.findIndex((change) => change[kind] && ["queue", "team", "vendor"].every((name) => change[kind][name] === whose[name]));

/** @type {Record<string, (said: any) => string>} */
const WORDS = {
  setValue: ({ path, value }) => `${path}: ${typeof value === "object" ? JSON.stringify(value) : value}`,
  scaleDemand: ({ factor }) => `contacts × ${factor}`,
  shiftDemand: ({ minutes }) => `contacts ${Math.abs(minutes)} min ${minutes < 0 ? "earlier" : "later"}`,
  scaleHandling: ({ factor }) => `handling time × ${factor}`,
  scalePatience: ({ factor }) => `patience × ${factor}`,
  scaleTeam: ({ factor }) => `people at the start × ${factor}`,
  scaleHiring: ({ factor }) => `hiring yields × ${factor}`,
  delayHiring: ({ weeks }) => `hiring ${weeks} weeks late`,
  scaleAttrition: ({ factor }) => `attrition × ${factor}`,
  scaleAbsence: ({ factor }) => `absence × ${factor}`,
  scaleShrinkage: ({ factor }) => `planned shrinkage × ${factor}`,
  scaleWages: ({ factor }) => `wages × ${factor}`,
  scaleRates: ({ factor }) => `rates × ${factor}`,
  addDemandEvent: ({ event }) => `event ${event.name}: × ${event.multiplier} for ${event.days} days from ${event.start}`,
  addClass: ({ trainingClass }) => `class of ${trainingClass.size} from ${trainingClass.start}`,
  excludeVendor: ({ vendor }) => `without ${vendor}`,
};

/** A change in words. @param {Change} change */
export function inWords(change) {
  const [kind, said] = kindOf(change);
  const whose = kind === "excludeVendor" ? "" : said.queue ?? said.team ?? said.vendor ?? "";
  const text = WORDS[kind]?.(said) ?? `${kind}: ${JSON.stringify(said)}`;
  return whose && kind !== "setValue" ? `${whose}: ${text}` : text;
}
