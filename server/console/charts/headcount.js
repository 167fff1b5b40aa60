// From the heads at the start to those at the end, by what brought and took them.
import { html } from "../preact.js";
import { Figure } from "./figure.js";
import { Bar, Rows } from "./marks.js";
import { change as altered, date, heads, number, signed, tenths } from "./numbers.js";
import { Plot } from "./plot.js";
import { bands, extent, linear } from "./scales.js";

const FLOWS = [
  ["HIRED", 1, "Hired", "classes that started"], ["MOVED_IN", 1, "Moved in", "lent by other teams, or back from them"],
  ["FAILED_TRAINING", -1, "Failed training", "did not pass"], ["LEFT_TRAINING", -1, "Left in training", "left before the floor"],
  ["LEFT_PRODUCTION", -1, "Left the floor", "attrition past training"], ["RELEASED", -1, "Released", "told to go"],
  ["MOVED_OUT", -1, "Moved out", "lent to other teams, or gone back"],
];
const STOCKS = ["IN_TRAINING", "NESTING", "TENURED"];

/** By week: stocks at its start and flows over it. @param {import("./shapes.js").Heads} team */
export function walkOf(team) {
  const weeks = new Map();
  for (const { week, stock, mean } of team.headcount) weeks.set(week, { week, ...weeks.get(week), [stock]: mean });
  for (const { week, flow, mean } of team.headcountFlows) weeks.set(week, { ...weeks.get(week), week, [flow]: mean });
  return [...weeks.values()].map((row) => {
    const start = STOCKS.reduce((sum, stock) => sum + (row[stock] ?? 0), 0);
    const change = FLOWS.reduce((sum, [flow, sign]) => sum + Number(sign) * (row[/** @type {string} */ (flow)] ?? 0), 0);
    return { ...row, start, end: start + change };
  });
}

/** @param {{ team: import("./shapes.js").Heads, about?: import("./figure.js").About, source?: any, title?: string }} props */
export function HeadcountWaterfall({ team, source, title }) {
  const walk = walkOf(team), first = walk[0], last = walk.at(-1);
  const steps = walk.length ? stepsOf(walk) : [];
  const came = steps.filter(({ change }) => change > 0), went = steps.filter(({ change }) => change < 0);
  const greatest = went.reduce((a, b) => (a && a.change <= b.change ? a : b), /** @type {any} */ (null));
  const message = !first ? "This team has given staffing." : `${team.id} goes from ${number(first.start, 1)} heads in the week of ${date(first.week)} to ${number(last.end, 1)} after the week of ${date(last.week)}`
    + (came.length || went.length ? `: ${number(came.reduce((sum, { change }) => sum + change, 0), 1)} come and ${number(-went.reduce((sum, { change }) => sum + change, 0), 1)} go` : "")
    + (greatest ? `, most of them by “${greatest.name.toLowerCase()}” (${number(-greatest.change, 1)}).` : ".");
  return html`<${Figure} title=${title ?? `Headcount: ${team.id}`} file=${`headcount-${team.id}`} source=${source}
    subtitle=${`${message} Heads on the payroll: in training, in nesting and tenured; mean over the replications.`}
    empty=${first ? undefined : `${team.id} has given staffing: its agents are written in the scenario, nobody is hired and nobody leaves.`}
    keys=${[{ mark: "bar", kind: "plain", text: "heads" }, { mark: "bar", kind: "enough", text: "come" }, { mark: "bar", kind: "short", text: "go" }]}
    columns=${[{ label: "Week" }, { label: "Start", unit: "heads", format: tenths },
      ...FLOWS.map(([, sign, name]) => ({ label: String(name), unit: "heads", format: altered })), { label: "End", unit: "heads", format: tenths }]}
    rows=${walk.map((row) => [row.week, row.start, ...FLOWS.map(([flow, sign]) => (row[/** @type {string} */ (flow)] == null ? null : Number(sign) * row[/** @type {string} */ (flow)])), row.end])}>
    <${Plot} label=${message} what="steps" draw=${(/** @type {number} */ width) => drawing(width, steps)} />
  <//>`;
}

/** The start, what came and went, the end. @param {any[]} walk */
function stepsOf(walk) {
  let level = walk[0].start;
  const sum = (/** @type {string} */ flow) => walk.reduce((all, row) => all + (row[flow] ?? 0), 0);
  const flows = FLOWS.map(([flow, sign, name, why]) => ({ name: String(name), why: String(why), change: Number(sign) * sum(String(flow)) })).filter(({ change }) => Math.abs(change) > 1e-9);
  const between = flows.map((step) => {
    const from = level;
    level += step.change;
    return { ...step, from, to: level };
  });
  const ends = { change: 0, from: 0, isStock: true };
  return [{ ...ends, name: "Start", why: "heads at the start", to: walk[0].start }, ...between, { ...ends, name: "End", why: "heads at the end", to: level }];
}

/** @param {number} width @param {any[]} steps */
function drawing(width, steps) {
  const [left, top, height] = [44, 24, 300];
  const x = bands(steps.length, [left, width]), wide = Math.min(90, x.step * 0.72);
  const y = linear(extent(steps.flatMap(({ from, to }) => [from, to]), { zero: true }), [height - 46, top]);
  return {
    height,
    points: steps.map(({ name, why, change, from, to, isStock }, place) => ({
      x: x.middle(place), y: y(Math.max(from, to)), says: [name, isStock ? heads(to) : `${signed(change, 1)} heads`, why],
    })),
    marks: html`
      <${Rows} y=${y} x=${[left, width]} format=${number} unit="heads" />
      ${steps.map(({ name, change, from, to, isStock }, place) => html`<g data-mark=${isStock ? to : change}>
        <${Bar} x=${x.middle(place) - wide / 2} width=${wide} y=${y(from)} height=${y(to) - y(from)} kind=${isStock ? "plain" : change > 0 ? "enough" : "short"} />
        ${place < steps.length - 1 && html`<line class="stem" x1=${x.middle(place) + wide / 2} x2=${x.middle(place + 1) - wide / 2} y1=${y(to)} y2=${y(to)} />`}
        <text x=${x.middle(place)} y=${y(Math.max(from, to)) - 6} text-anchor="middle">${isStock ? number(to, 1) : signed(change, 1)}</text>
        ${named(name, x.middle(place), height - 28, x.step)}
      </g>`)}`,
  };
}

/** On two lines where one has no room. @param {string} name @param {number} x @param {number} y @param {number} room */
function named(name, x, y, room) {
  const parts = name.length * 6.6 > room ? [name.slice(0, name.lastIndexOf(" ")), name.slice(name.lastIndexOf(" ") + 1)] : [name];
  const lines = name.includes(" ") ? parts : [name];
  return lines.map((line, place) => html`<text class="tick" x=${x} y=${y + 15 * place} text-anchor="middle">${line}</text>`);
}
