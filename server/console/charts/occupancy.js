// How busy each team is when it is on the floor, against the ceiling over which people wear out.
import { html } from "../preact.js";
import { Figure } from "./figure.js";
import { Columns, LyingSure, LyingWhisker, keysOf } from "./marks.js";
import { between, cut, number, percent, share, tenths } from "./numbers.js";
import { Plot } from "./plot.js";
import { extent, linear } from "./scales.js";

/** @param {{ teams: import("./shapes.js").BusyTeam[], ceiling?: number, about?: import("./figure.js").About, source?: any, title?: string }} props */
export function Occupancy({ teams, ceiling = 0.88, source, title }) {
  const all = teams.map(({ id, total }) => ({ id, ...total.occupancy, over85: total.over85Hours?.mean ?? null, over90: total.over90Hours?.mean ?? null, over95: total.over95Hours?.mean ?? null }));
  const known = all.flatMap(({ mean, ...team }) => (mean == null ? [] : [{ ...team, mean }])).sort((a, b) => b.mean - a.mean);
  const over = known.filter(({ mean }) => mean > ceiling);
  const message = !known.length ? "No team was on the floor." : over.length
    ? `${over.length} of ${known.length} teams are over the ceiling of ${percent(ceiling)}; busiest is ${known[0].id}, ${share(known[0].mean)}.`
    : `All ${known.length} teams stay under the ceiling of ${percent(ceiling)}; busiest is ${known[0].id}, ${share(known[0].mean)}.`;
  const hoursColumn = (/** @type {number} */ level) => ({ label: `Hours over ${level} %`, unit: "agent hours", format: tenths });
  return html`<${Figure} title=${title ?? "Occupancy by team"} file="occupancy" source=${source}
    subtitle=${`${message} Busy / (busy + available) agent time over the whole horizon; breaks and shrinkage are in neither.`}
    empty=${known.length ? undefined : "No agent was on the floor, so there is no occupancy."}
    keys=${[{ mark: "dashed", text: `ceiling, ${percent(ceiling)}` }, ...keysOf(known)]}
    columns=${[{ label: "Team" }, ...["Mean", "95 % interval, lower", "upper", "5 % of replications under", "5 % over"].map((label) => ({ label, unit: "share", format: share })), ...[85, 90, 95].map(hoursColumn)]}
    rows=${all.map(({ id, mean, confidenceInterval, low, high, over85, over90, over95 }) => [id, mean, confidenceInterval?.lower ?? null, confidenceInterval?.upper ?? null, low ?? null, high ?? null, over85, over90, over95])}>
    <${Plot} label=${message} what="teams" inPlane draw=${(/** @type {number} */ width) => drawing(width, known, ceiling)} />
  <//>`;
}

/** @param {number} width @param {any[]} teams @param {number} ceiling */
function drawing(width, teams, ceiling) {
  const left = Math.min(190, Math.max(90, width * 0.22)), tall = 30, bottom = tall * teams.length + 4;
  const x = linear(extent([...teams.flatMap(({ mean, low, high }) => [mean, low, high]), ceiling], { least: 0, most: 1 }), [left, width - 78]);
  const y = (/** @type {number} */ place) => tall * (place + 0.5);
  return {
    height: bottom + 24,
    stride: 1,
    points: teams.map(({ id, mean, confidenceInterval, low, high, over90 }, place) => ({
      x: x(mean), y: y(place),
      says: [id, `occupancy ${share(mean)}`, ...(confidenceInterval ? [`sure of the mean: ${between(confidenceInterval, share)}`] : []),
        ...(low != null ? [`varies from ${share(low)} to ${share(high)}`] : []), ...(over90 == null ? [] : [`${number(over90, 1)} agent hours over 90 %`])],
    })),
    marks: html`
      <${Columns} x=${x} y=${[0, bottom]} format=${percent} wanted=${Math.max(2, Math.floor((width - left) / 110))} />
      ${teams.map(({ id, mean, confidenceInterval, low, high }, place) => html`<g data-mark=${mean}>
        <text x="0" y=${y(place)} dy="0.32em">${cut(id, Math.floor(left / 7.6))}</text>
        ${low != null && low !== high && html`<${LyingWhisker} y=${y(place)} from=${x(low)} to=${x(high)} />`}
        <${LyingSure} y=${y(place)} from=${confidenceInterval && x(confidenceInterval.lower)} to=${confidenceInterval && x(confidenceInterval.upper)} mean=${x(mean)} />
        <text class=${mean > ceiling ? "short-text" : ""} x=${width} y=${y(place)} dy="0.32em" text-anchor="end">${share(mean)}</text>
      </g>`)}
      <line class="reference" x1=${x(ceiling)} x2=${x(ceiling)} y1="0" y2=${bottom} />`,
  };
}
