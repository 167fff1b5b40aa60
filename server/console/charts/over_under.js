// Over and under by week: effective less required FTE, or agents where a team's staffing is given.
import { html } from "../preact.js";
import { Figure } from "./figure.js";
import { Bar, Names, Rows, Sure, Whisker, keysOf } from "./marks.js";
import { between, change, date, day, of, signed } from "./numbers.js";
import { Plot } from "./plot.js";
import { bands, extent, linear, thinned } from "./scales.js";

/** @typedef {import("./shapes.js").OverUnderTeam} Team */
/** @typedef {Team["headcount"][number]} Week */

const FTE = {
  unit: "FTE",
  footing: "Effective less required FTE: paid full-time equivalents past training, weighted by their speed; at the start of each week",
};
const AGENTS = {
  unit: "agents",
  footing: "Agents on the floor, weighted by their speed, less the agents required; mean of each week's intervals, as the team's staffing is given",
};

/** By which footing, and its weeks. @param {Team} team @returns {[typeof FTE, Week[]]} */
function weeksOf(team) {
  if (team.headcount?.length) return [FTE, team.headcount];
  const series = team.overUnder?.[0];
  const starts = series?.starts ?? [];
  return [AGENTS, starts.map((start, place) =>
    ({ week: start.slice(0, 10), mean: series?.mean[place] ?? null, low: series?.low?.[place], high: series?.high?.[place] }))];
}

/** @param {{ team: Team, about?: import("./figure.js").About, source?: any, title?: string }} props */
export function OverUnder({ team, source, title }) {
  const [{ unit, footing }, weeks] = weeksOf(team);
  const figure = of(unit), known = weeks.filter(({ mean }) => mean != null);
  const short = known.filter(({ mean }) => Number(mean) < 0);
  const worst = known.reduce((least, week) => (least == null || Number(week.mean) < Number(least.mean) ? week : least), /** @type {any} */ (null));
  const message = !known.length ? "Nothing is required of this team." : short.length
    ? `${team.id} is short in ${short.length} of ${known.length} weeks; most in the week of ${date(worst.week)}, by ${figure(-worst.mean)}.`
    : `${team.id} has at least what is required in all ${known.length} weeks; least spare in the week of ${date(worst.week)}, ${figure(worst.mean)}.`;
  return html`<${Figure} title=${title ?? `Over and under by week: ${team.id}`} subtitle=${`${message} ${footing}.`} file=${`over-under-${team.id}`} source=${source}
    empty=${known.length ? undefined : "No week of this team requires anybody, so there is nothing to be over or under."}
    keys=${[
      { mark: "bar", kind: "enough", text: "over: more than required" }, { mark: "bar", kind: "short", text: "under: less than required" },
      ...keysOf(known),
    ]}
    columns=${[
      { label: "Week" }, { label: "Mean", unit, format: change },
      { label: "Mean: 95 % interval, lower", unit, format: change }, { label: "upper", unit, format: change },
      { label: "5 % of replications under", unit, format: change }, { label: "5 % over", unit, format: change },
    ]}
    rows=${weeks.map(({ week, mean, confidenceInterval, low, high }) =>
      [week, mean, confidenceInterval?.lower ?? null, confidenceInterval?.upper ?? null, low ?? null, high ?? null])}>
    <${Plot} label=${message} what="weeks" draw=${(/** @type {number} */ width) => drawing(width, weeks, unit)} />
  <//>`;
}

/** @param {number} width @param {Week[]} weeks @param {string} unit */
function drawing(width, weeks, unit) {
  const [left, top, height] = [48, 24, 300];
  const x = bands(weeks.length, [left, width]);
  const y = linear(extent(weeks.flatMap(({ mean, low, high }) => [mean, low, high]), { zero: true }), [height - 30, top]);
  const wide = Math.min(36, x.step * 0.7);
  const labels = thinned(weeks.length, width - left, 58).map((place) => ({ x: x.middle(place), text: day(weeks[place].week) }));
  const figure = (/** @type {any} */ value) => `${change(value)} ${unit}`;
  return {
    height,
    points: weeks.map(({ week, mean, low, high, confidenceInterval }, place) => ({
      x: x.middle(place), y: y(mean ?? 0),
      says: [`Week of ${date(week)}`, mean == null ? "not defined" : `mean ${figure(mean)}`,
        ...(confidenceInterval ? [`sure of the mean: ${between(confidenceInterval, figure)}`] : []),
        ...(low != null && high != null ? [`varies from ${figure(low)} to ${figure(high)}`] : [])],
    })),
    marks: html`
      <${Rows} y=${y} x=${[left, width]} format=${(/** @type {number} */ v) => signed(v, Number.isInteger(v) ? 0 : 1)} unit=${unit} />
      <g>${weeks.map(({ mean, low, high, confidenceInterval }, place) => mean != null && html`<g data-mark=${mean}>
        <${Bar} x=${x.middle(place) - wide / 2} width=${wide} y=${y(0)} height=${y(mean) - y(0)} kind=${mean < 0 ? "short" : "enough"} />
        ${low != null && high != null && low !== high && html`<${Whisker} x=${x.middle(place)} from=${y(low)} to=${y(high)} cap=${Math.min(5, wide / 3)} />`}
        ${confidenceInterval && html`<${Sure} x=${x.middle(place)} from=${y(confidenceInterval.lower)} to=${y(confidenceInterval.upper)} mean=${y(mean)} />`}
      </g>`)}</g>
      <${Names} places=${labels} y=${height - 6} />`,
  };
}
