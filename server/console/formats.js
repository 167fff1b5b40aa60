// Figures and times as people read them. What is not there shows as a dash.

const NONE = "–";
const NBSP = "\u00a0";

/** @typedef {number | null | undefined} Maybe */

/** @param {Maybe} x @param {number} [digits] */
export const number = (x, digits = 0) =>
  x == null ? NONE : x.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** Whole where it is large, with digits that matter where it is small. @param {Maybe} x */
export const figure = (x) => (x == null ? NONE : Math.abs(x) >= 100 ? number(x) : x.toLocaleString("en", { maximumSignificantDigits: 3 }));

/** @param {Maybe} x a share, 0 to 1 @param {number} [digits] */
export const share = (x, digits = 1) => (x == null ? NONE : `${number(100 * x, digits)}${NBSP}%`);

/** @param {{ lower: number, upper: number } | null | undefined} x */
export const shares = (x) => (x == null ? NONE : `${number(100 * x.lower, 1)} to ${share(x.upper)}`);

/** @param {Maybe} x @param {string | null} [currency] */
export const money = (x, currency) => (x == null ? NONE : number(x) + (currency ? NBSP + currency : ""));

/** @param {Maybe} x @param {(x: number) => string} shown */
export const signed = (x, shown) => (x == null ? NONE : x === 0 ? shown(0) : (x > 0 ? "+" : "−") + shown(Math.abs(x)));

/** @param {Maybe} seconds */
export function duration(seconds) {
  if (seconds == null) return NONE;
  if (seconds < 120) return `${number(seconds, seconds < 10 ? 1 : 0)}${NBSP}s`;
  return seconds < 7200 ? `${number(seconds / 60, 1)}${NBSP}min` : `${number(seconds / 3600, 1)}${NBSP}h`;
}

/** `20 s`, `5 min`, `24 h`. @param {number} seconds */
export const threshold = (seconds) =>
  seconds >= 7200 ? `${seconds / 3600}${NBSP}h` : seconds >= 120 ? `${seconds / 60}${NBSP}min` : `${seconds}${NBSP}s`;

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** A local date as it stands: `Mon 28 Sep 2026`. @param {string | null | undefined} date */
export function day(date) {
  if (!date) return NONE;
  const [year, month, of] = date.slice(0, 10).split("-").map(Number);
  const weekday = DAYS[new Date(Date.UTC(year, month - 1, of)).getUTCDay()];
  return [weekday, of, MONTHS[month - 1], year].join(NBSP);
}

/** `28 Sep`. @param {string} date */
export const shortDay = (date) => `${Number(date.slice(8, 10))}${NBSP}${MONTHS[Number(date.slice(5, 7)) - 1]}`;

/** The local time of an instant that bears its zone's offset: `Mon 28 Sep 2026, 09:30`. @param {string | null | undefined} instant */
export const localTime = (instant) => (instant ? `${day(instant)}, ${instant.slice(11, 16)}` : NONE);

/** When something was done here, by the reader's own clock. @param {string | null | undefined} instant */
export const done = (instant) =>
  instant ? new Date(instant).toLocaleString("en-GB", { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" }) : NONE;

/** How long ago, in the largest unit. @param {string} instant */
export function ago(instant) {
  const seconds = Math.max(0, (Date.now() - Date.parse(instant)) / 1000);
  for (const [unit, length] of /** @type {const} */ ([["day", 86400], ["hour", 3600], ["minute", 60]]))
    if (seconds >= length) return many(Math.floor(seconds / length), unit) + " ago";
  return "just now";
}

/** `1 run`, `3 runs`. @param {number} n @param {string} noun @param {string} [plural] */
export const many = (n, noun, plural = noun + "s") => `${number(n)}${NBSP}${n === 1 ? noun : plural}`;

const LETTERS = new Set(["ASA", "FCR", "FTE"]);

/** `SHORT_OF_PEOPLE` in words. @param {string} code */
export const words = (code) => code.split("_").map((word) => (LETTERS.has(word) ? word : word.toLowerCase())).join(" ");

/** @param {string} text */
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
