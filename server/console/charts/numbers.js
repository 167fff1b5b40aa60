// Figures as people read them, each with its unit; what is not defined shows as a dash.

export const NONE = "–";
const SPACE = "\u00a0";
const MINUS = "\u2212";

/** @typedef {number | null | undefined} Maybe */

const written = (/** @type {number} */ value, /** @type {number} */ digits) =>
  Math.abs(value).toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
const isZero = (/** @type {string} */ text) => !/[1-9]/.test(text);

/** A number with so many decimals, and a true minus. @param {Maybe} value @param {number} [digits] */
export function number(value, digits = 0) {
  if (value == null) return NONE;
  const text = written(value, digits);
  return value < 0 && !isZero(text) ? MINUS + text : text;
}

/** As few decimals as tell three figures. @param {Maybe} value */
export function short(value) {
  if (value == null) return NONE;
  const size = Math.abs(value);
  return number(value, size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : 2);
}

/** With one decimal. @param {Maybe} value */
export const tenths = (value) => number(value, 1);
/** With one decimal and its sign. @param {Maybe} value */
export const change = (value) => signed(value, 1);
/** A whole percentage, of axes and targets. @param {Maybe} value */
export const percent = (value) => (value == null ? NONE : number(100 * value, Math.abs(100 * value - Math.round(100 * value)) < 1e-6 ? 0 : 1) + SPACE + "%");
/** @param {Maybe} value */
export const share = (value) => (value == null ? NONE : number(100 * value, 1) + SPACE + "%");

/** A whole percentage, but never 0 or 100 where it is not quite. @param {Maybe} value */
export function chance(value) {
  if (value == null) return NONE;
  if (value > 0 && value < 0.01) return "under 1" + SPACE + "%";
  if (value > 0.99 && value < 1) return "over 99" + SPACE + "%";
  return number(100 * value) + SPACE + "%";
}

/** @param {Maybe} value */
export const points = (value) => (value == null ? NONE : signed(100 * value, 1) + SPACE + "points");

/** With its sign. @param {Maybe} value @param {number} [digits] */
export function signed(value, digits = 0) {
  if (value == null) return NONE;
  const text = number(value, digits);
  return value > 0 && !isZero(text) ? "+" + text : text;
}

/** @param {Maybe} value @param {string} currency */
export const money = (value, currency) => (value == null ? NONE : number(value) + SPACE + currency);

/** In thousands or millions, for axes. @param {Maybe} value */
export function compact(value) {
  if (value == null) return NONE;
  const size = Math.abs(value);
  const [by, unit] = size >= 1e6 ? [1e6, "M"] : size >= 1e4 ? [1e3, "k"] : [1, ""];
  const scaled = value / by;
  return number(scaled, Number.isInteger(scaled) ? 0 : Math.abs(scaled) >= 100 ? 0 : 1) + unit;
}

/** @param {string} unit @param {number} [digits] */
export const of = (unit, digits = 1) => (/** @type {Maybe} */ value) => (value == null ? NONE : number(value, digits) + SPACE + unit);

export const hours = of("h");
export const heads = of("heads");
export const fte = of("FTE");
export const agents = of("agents");
export const contacts = of("contacts", 0);

/** @param {Maybe} value */
export function seconds(value) {
  if (value == null) return NONE;
  if (Math.abs(value) < 600) return number(value, 1) + SPACE + "s";
  return Math.abs(value) < 36000 ? number(value / 60, 1) + SPACE + "min" : number(value / 3600, 1) + SPACE + "h";
}

/** An interval in words. @param {any} interval @param {(value: Maybe) => string} format */
export const between = (interval, format) =>
  interval == null || interval.lower == null ? NONE : `${format(interval.lower)} to ${format(interval.upper)}`;

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The date of an ISO date or instant, as its own offset has it. @param {string} text */
export const date = (text) => `${Number(text.slice(8, 10))}${SPACE}${MONTHS[Number(text.slice(5, 7)) - 1]}${SPACE}${text.slice(0, 4)}`;
/** @param {string} text */
export const day = (text) => `${Number(text.slice(8, 10))}${SPACE}${MONTHS[Number(text.slice(5, 7)) - 1]}`;
/** @param {string} text */
export const month = (text) => `${MONTHS[Number(text.slice(5, 7)) - 1]}${SPACE}${text.slice(0, 4)}`;

/** An instant in a time zone. @param {number} stamp seconds since 1970 @param {string} zone */
export const instant = (stamp, zone) => clock(zone, "instant").format(stamp * 1000);
/** @param {number} stamp @param {string} zone */
export const timeOfDay = (stamp, zone) => clock(zone, "time").format(stamp * 1000);
/** @param {number} stamp @param {string} zone */
export const dayThere = (stamp, zone) => clock(zone, "day").format(stamp * 1000);
/** `2026-09-28`. @param {number} stamp @param {string} zone */
export const dateThere = (stamp, zone) => clock(zone, "date").format(stamp * 1000);

const TIME = /** @type {Intl.DateTimeFormatOptions} */ ({ hour: "2-digit", minute: "2-digit" });
const DAY = /** @type {Intl.DateTimeFormatOptions} */ ({ day: "numeric", month: "short" });
/** @type {Record<string, [string, Intl.DateTimeFormatOptions]>} */
const CLOCKS = {
  instant: ["en-GB", { weekday: "short", ...DAY, ...TIME }], time: ["en-GB", TIME], day: ["en-GB", DAY],
  date: ["en-CA", { year: "numeric", month: "2-digit", day: "2-digit" }],
};
/** @type {Map<string, Intl.DateTimeFormat>} */
const made = new Map();

/** Making one takes a thousand times as long as using it. @param {string} zone @param {string} what */
function clock(zone, what) {
  const key = `${what} ${zone}`, [language, options] = CLOCKS[what];
  const known = made.get(key) ?? new Intl.DateTimeFormat(language, { timeZone: zone, ...options });
  made.set(key, known);
  return known;
}

/** Words of an enum: LEFT_TRAINING becomes "Left training". @param {string} name */
export function words(name) {
  const text = name.toLowerCase().replaceAll("_", " ");
  return text[0].toUpperCase() + text.slice(1);
}

/** At most so many characters. @param {string} text @param {number} most */
export const cut = (text, most) => (text.length > most ? text.slice(0, Math.max(1, most - 1)).trimEnd() + "…" : text);
