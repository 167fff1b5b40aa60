// By how much candidates differ from the baseline, on the same draws: an interval for each figure, and which are real.
import { html, useState } from "../preact.js";
import { Figure } from "./figure.js";
import { Columns, LyingSure, SURE } from "./marks.js";
import { formatOf, nameOf, unitOf } from "./measures.js";
import { cut, number, short, words } from "./numbers.js";
import { Plot } from "./plot.js";
import { extent, linear } from "./scales.js";

/** What a planner asks for first; the table and the file have every figure. */
export const HEADLINES = [
  "ALL_MET", "CLIENT_COST", "MARGIN", "SERVICE_LEVEL", "TURNAROUND_MET", "ABANDON_RATE", "ASA_SECONDS", "OCCUPANCY", "OFFERED", "PAID_HOURS",
];

const subjectOf = (/** @type {any} */ { queue, team, vendor, clause, costKind }) =>
  [queue ?? team ?? clause ?? vendor, costKind && words(costKind)].filter(Boolean).join(", ") || "all";

/** @param {import("./shapes.js").Difference} one */
const isSame = ({ difference: { mean, confidenceInterval: sure } }) => mean === 0 && (!sure || (sure.lower === 0 && sure.upper === 0));

/** Whether it is a difference, in words. @param {import("./shapes.js").Difference} one */
const verdictOf = (one) => (one.significant ? "real" : isSame(one) ? "none at all" : "may be chance");

/** The difference in its unit, with its sign. @param {any} value @param {string} measure @param {string} currency */
function change(value, measure, currency) {
  if (value == null) return "–";
  const sign = value > 0 ? "+" : "";
  return unitOf(measure, currency) === "share" ? `${sign}${number(100 * value, Math.abs(value) < 0.001 && value !== 0 ? 2 : 1)}\u00a0points` : sign + formatOf(measure, currency)(value);
}

/** @param {{ candidates: import("./shapes.js").ComparedRun[], measures?: string[], about?: import("./figure.js").About, source?: any, title?: string }} props */
export function Comparison({ candidates, measures = HEADLINES, about = {}, source, title }) {
  return html`<div class="comparisons">${candidates.map((candidate) =>
    html`<${Candidate} key=${candidate.run.id} candidate=${candidate} measures=${measures} currency=${about.currency ?? ""} baseline=${about.name ?? "the baseline"} source=${source} title=${title} />`)}</div>`;
}

/** @param {{ candidate: import("./shapes.js").ComparedRun, measures: string[], currency: string, baseline: string, source: any, title?: string }} props */
function Candidate({ candidate, measures, currency, baseline, source, title }) {
  const [isReal, setReal] = useState(false);
  const name = candidate.run.scenario?.name ?? candidate.run.id;
  const all = candidate.differences, real = all.filter(({ significant }) => significant);
  const told = all.filter(({ measure }) => measures.includes(measure)).filter(({ significant }) => significant || !isReal);
  const groups = measures.map((measure) => ({ measure, rows: told.filter((one) => one.measure === measure) })).filter(({ rows }) => rows.length);
  const cost = all.find(({ measure }) => measure === "CLIENT_COST"), met = all.find(({ measure }) => measure === "ALL_MET");
  const words = [met && `the probability that every clause is met changes by ${change(met.difference.mean, "ALL_MET", currency)}`, cost && `the cost by ${change(cost.difference.mean, "CLIENT_COST", currency)}`].filter(Boolean);
  const message = `${name} against ${baseline}: ${words.length ? words.join(", ") + "; " : ""}${real.length} of ${all.length} figures differ really.`;
  const how = candidate.paired ? `Candidate less baseline, ${candidate.pairs} pairs of replications on the same draws.` : "Candidate less baseline; the runs met different draws, so they are compared as independent samples.";
  const changes = candidate.scenarioDifferences ?? [];
  return html`<${Figure} title=${title ?? `Compared: ${name}`} file=${`comparison-${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`} source=${source} subtitle=${`${message} ${how}`}
    empty=${all.length ? undefined : "The two runs have no figure in common."}
    tools=${html`<button type="button" aria-pressed=${isReal} onClick=${() => setReal(!isReal)}>Only real differences</button>`}
    keys=${[{ ...SURE, text: "How sure we are of a difference: it lies in here with 95 % confidence" },
      { mark: "bar", kind: "series-1", text: "real, all figures considered together (at most 5 % of these are expected to be none)" }, { mark: "bar", kind: "hollow series-6", text: "may be chance" }]}
    note=${changes.length ? `What differs in the scenarios: ${changes.slice(0, 6).map(({ summary }) => summary).join("; ")}${changes.length > 6 ? `; and ${changes.length - 6} more` : ""}.` : undefined}
    columns=${[{ label: "Figure" }, { label: "Of" }, { label: "Unit" }, { label: "Baseline", format: short }, { label: "Candidate", format: short }, { label: "Difference", format: short },
      { label: "95 % interval, lower", format: short }, { label: "upper", format: short }, { label: "p-value", format: (/** @type {number} */ v) => (v < 0.001 ? "under 0.001" : number(v, 3)) }, { label: "Real" }]}
    rows=${all.map((one) => [nameOf(one.measure), subjectOf(one), unitOf(one.measure, currency), one.baseline, one.candidate, one.difference.mean,
      one.difference.confidenceInterval?.lower ?? null, one.difference.confidenceInterval?.upper ?? null, one.difference.pValue ?? null, one.significant ? "yes" : "no"])}>
    ${groups.length ? html`<${Plot} label=${message} what="differences" inPlane draw=${(/** @type {number} */ width) => drawing(width, groups, currency)} />`
      : html`<p class="empty">None of the headline figures differs really; the table has all ${all.length}.</p>`}
  <//>`;
}

const [HEAD, TALL, FOOT] = [26, 24, 26];

/** One panel a measure, each on a scale of its own, zero in all of them. @param {number} width @param {{ measure: string, rows: import("./shapes.js").Difference[] }[]} groups @param {string} currency */
function drawing(width, groups, currency) {
  const left = Math.min(190, Math.max(90, width * 0.2)), right = width < 640 ? 8 : 250;
  let top = 0;
  const panels = groups.map(({ measure, rows }) => {
    const from = top;
    top += HEAD + TALL * rows.length + FOOT;
    const ends = rows.flatMap(({ difference }) => [difference.mean, difference.confidenceInterval?.lower, difference.confidenceInterval?.upper]);
    const x = linear(extent(ends, { zero: true }), [left, width - right]);
    return { measure, from, x, rows: rows.map((row, place) => ({ ...row, y: from + HEAD + TALL * (place + 0.5) })) };
  });
  const isShare = (/** @type {string} */ measure) => unitOf(measure, currency) === "share";
  const axis = (/** @type {string} */ measure) => (/** @type {number} */ v) => (v > 0 ? "+" : "") + (isShare(measure) ? number(100 * v, Math.abs(v) < 0.01 && v !== 0 ? 1 : 0) : short(v));
  return {
    height: top,
    points: panels.flatMap(({ measure, rows, x }) => rows.map((row) => ({
      x: x(row.difference.mean), y: row.y,
      says: [`${nameOf(measure)}, ${subjectOf(row)}`, `${formatOf(measure, currency)(row.baseline)} becomes ${formatOf(measure, currency)(row.candidate)}`, `difference ${change(row.difference.mean, measure, currency)}, ${verdictOf(row)}`,
        ...(row.difference.confidenceInterval ? [`sure of it: ${change(row.difference.confidenceInterval.lower, measure, currency)} to ${change(row.difference.confidenceInterval.upper, measure, currency)}`] : [])],
    }))),
    marks: panels.map(({ measure, from, x, rows }) => html`<g>
      <text class="strong" x="0" y=${from + 17}>${nameOf(measure)}<tspan class="faint" dx="8">${isShare(measure) ? "points" : unitOf(measure, currency)}</tspan></text>
      <${Columns} x=${x} y=${[from + HEAD - 2, from + HEAD + TALL * rows.length]} format=${axis(measure)} wanted=${Math.max(2, Math.floor((width - left - right) / 120))} />
      ${rows.map((row) => html`<g data-mark=${row.difference.mean}>
        <text x="0" y=${row.y} dy="0.32em">${cut(subjectOf(row), Math.floor(left / 7.6))}</text>
        <line class=${`lead ${row.significant ? "series-1" : "series-6"}`} x1=${x(0)} x2=${x(row.difference.mean)} y1=${row.y} y2=${row.y} />
        <${LyingSure} y=${row.y} from=${row.difference.confidenceInterval && x(row.difference.confidenceInterval.lower)} to=${row.difference.confidenceInterval && x(row.difference.confidenceInterval.upper)} mean=${x(row.difference.mean)} />
        ${right > 8 && html`<text class=${row.significant ? "strong" : "faint"} x=${width} y=${row.y} dy="0.32em" text-anchor="end">${isSame(row) ? "no difference" : change(row.difference.mean, measure, currency) + (row.significant ? "" : ", may be chance")}</text>`}
      </g>`)}
    </g>`),
  };
}
