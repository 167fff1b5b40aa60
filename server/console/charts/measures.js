// What the API's measures are called here, in which unit they are, and how they are written.
import { number, seconds, share, short, words } from "./numbers.js";

const SHARES = new Set(["OCCUPANCY", "UTILISATION", "SHRINKAGE", "SERVICE_LEVEL", "ABANDON_RATE", "FCR", "TURNAROUND_MET", "ALL_MET", "CLAUSE_MET"]);
const SECONDS = new Set(["WAIT_P50", "WAIT_P90", "WAIT_P95", "WAIT_P99"]);
const AGENTS = new Set(["ROSTERED", "ABSENT", "AGENTS", "BUSY", "REQUIRED_AGENTS", "OVER_UNDER_AGENTS", "OVERTIME_AGENTS", "SURGE_AGENTS"]);
const MONEY = new Set(["CLAUSE_CREDIT", "INVOICE", "OWN_COST", "MARGIN", "COST_LINE", "CLIENT_COST", "COST_PER_CONTACT", "COST_PER_RESOLUTION"]);
/** @type {Record<string, string>} */
const NAMES = {
  ALL_MET: "P(every clause met)", CLAUSE_MET: "P(clause met)", CLIENT_COST: "Client's cost", ASA_SECONDS: "Mean wait (ASA)", WAIT_ALL_SECONDS: "Mean wait of all",
  AHT_SECONDS: "Mean handling time", FCR: "First contact resolution", TURNAROUND_MET: "Turnaround met", OVER_UNDER_AGENTS: "Over and under",
  WAIT_P50: "Median wait", WAIT_P90: "Wait, 90 % within", WAIT_P95: "Wait, 95 % within", WAIT_P99: "Wait, 99 % within", COST_LINE: "Cost line",
};

/** @param {string} measure */
export const nameOf = (measure) => NAMES[measure] ?? words(measure.replace(/_(SECONDS|HOURS)$/, (unit) => (unit === "_HOURS" ? unit : "")));

/** Of the figures in a table or file. @param {string} measure @param {string} [currency] */
export function unitOf(measure, currency = "") {
  if (SHARES.has(measure)) return "share";
  if (MONEY.has(measure)) return currency;
  if (SECONDS.has(measure) || measure.endsWith("_SECONDS")) return "seconds";
  if (measure.endsWith("_HOURS")) return "hours";
  return AGENTS.has(measure) ? "agents" : "contacts";
}

/** @param {string} measure @param {string} [currency] @returns {(value: any) => string} */
export function formatOf(measure, currency = "") {
  const unit = unitOf(measure, currency);
  if (unit === "share") return share;
  if (unit === "seconds") return seconds;
  if (unit === "hours") return (value) => (value == null ? "–" : short(value) + "\u00a0h");
  if (MONEY.has(measure)) return (value) => (value == null ? "–" : number(value, measure.startsWith("COST_PER") ? 2 : 0) + "\u00a0" + currency);
  return (value) => (value == null ? "–" : short(value) + (unit === "agents" ? "\u00a0agents" : ""));
}
