// When each team asks for people, when its classes start and when they are done; and the days by which to decide.
import { html } from "../preact.js";
import { Figure } from "./figure.js";
import { cut, date, day, number, tenths } from "./numbers.js";
import { Plot } from "./plot.js";
import { bands, thinned } from "./scales.js";

const TALL = 44;
const LEAST = 0.05; // heads, as a mean over the replications, that are worth a mark

/** @typedef {{ week: string, learning?: number, requisitioned?: number, hired?: number, graduated?: number }} Week */

/** What each team does by week. @param {import("./shapes.js").Heads[]} teams @returns {{ id: string, weeks: Week[] }[]} */
function rowsOf(teams) {
  return teams.map((team) => {
    const weeks = new Map();
    const put = (/** @type {any} */ { week, mean }, /** @type {string} */ what) => weeks.set(week, { ...weeks.get(week), week, [what]: (weeks.get(week)?.[what] ?? 0) + (mean ?? 0) });
    for (const stage of team.headcount) if (stage.stock !== "TENURED") put(stage, "learning");
    for (const flow of team.headcountFlows) put(flow, flow.flow.toLowerCase());
    return { id: team.id, weeks: [...weeks.values()].sort((a, b) => (a.week < b.week ? -1 : 1)) };
  });
}

const isBusy = (/** @type {Week} */ { learning = 0, requisitioned = 0, hired = 0, graduated = 0 }) => [learning, requisitioned, hired, graduated].some((heads) => heads >= LEAST);

/**
 * @param {{ teams: import("./shapes.js").Heads[], decisions?: import("./shapes.js").Decision[], about?: import("./figure.js").About, source?: any, title?: string }} props
 *   decisions: dated decisions of a staffing search
 */
export function HiringCalendar({ teams, decisions = [], source, title }) {
  const all = rowsOf(teams).filter(({ id, weeks }) => weeks.some(isBusy) || decisions.some(({ team }) => team === id));
  const weeks = [...new Set(rowsOf(teams).flatMap((row) => row.weeks.map(({ week }) => week)))].sort();
  const classes = all.flatMap(({ id, weeks: own }) => own.filter(({ hired = 0 }) => hired >= LEAST).map((week) => ({ id, ...week })));
  const next = [...decisions].sort((a, b) => (a.by < b.by ? -1 : 1))[0];
  const message = !all.length ? "Nobody is hired." : `${all.length} ${all.length === 1 ? "team hires" : "teams hire"}: ${number(classes.reduce((sum, { hired }) => sum + (hired ?? 0), 0), 1)} people start in classes between ${classes.length ? date(classes.map(({ week }) => week).sort()[0]) : "–"} and ${classes.length ? date(/** @type {string} */ (classes.map(({ week }) => week).sort().at(-1))) : "–"}`
    + (next ? `; the first decision is due by ${date(next.by)}: ${next.what.toLowerCase()}, ${next.heads} heads for ${next.team}.` : ".");
  return html`<${Figure} title=${title ?? "Hiring calendar"} file="hiring-calendar" source=${source} subtitle=${`${message} Heads by week, mean over the replications.`}
    empty=${all.length ? undefined : "No team of this scenario asks for people or trains any: give a team `hiring`, `classes` or a policy that hires."}
    keys=${[{ mark: "up", kind: "hollow series-4", text: "asked for: the requisition's lead time ends in this week" }, { mark: "bar", kind: "series-1", text: "class starts, with its heads" },
      { mark: "band", kind: "series-1", text: "in training and nesting: taller is more heads" }, { mark: "down", kind: "series-3", text: "training ends" },
      ...(decisions.length ? [{ mark: "dashed", text: "decide by" }] : [])]}
    columns=${[{ label: "Team" }, { label: "Week" }, ...["Asked for", "Class starts", "In training and nesting", "Training ends"].map((label) => ({ label, unit: "heads", format: tenths })), { label: "Decide by" }]}
    rows=${[...all.flatMap(({ id, weeks: own }) => own.filter(isBusy).map((week) => [id, week.week, week.requisitioned ?? 0, week.hired ?? 0, week.learning ?? 0, week.graduated ?? 0, null])),
      ...decisions.map(({ by, what, team, heads }) => [team, by, null, null, null, null, `${what}: ${heads} heads`])]}>
    <${Plot} label=${message} what="weeks of teams" inPlane draw=${(/** @type {number} */ width) => drawing(width, all, weeks, decisions)} />
  <//>`;
}

/** @param {number} width @param {{ id: string, weeks: Week[] }[]} rows @param {string[]} weeks @param {import("./shapes.js").Decision[]} decisions */
function drawing(width, rows, weeks, decisions) {
  const left = Math.min(150, Math.max(96, width * 0.16)), top = decisions.length ? 22 : 6;
  const x = bands(weeks.length, [left, width]), height = top + TALL * rows.length + 26;
  const most = Math.max(1, ...rows.flatMap((row) => row.weeks.map(({ learning = 0 }) => learning)));
  const place = new Map(weeks.map((week, at) => [week, at]));
  const middle = (/** @type {string} */ week) => x.middle(place.get(week) ?? 0);
  const exactly = (/** @type {string} */ by) => left + ((Date.parse(by) - Date.parse(weeks[0])) / 604_800_000) * x.step;
  const size = Math.min(14, x.step * 0.42);
  return {
    height,
    stride: 0,
    points: rows.flatMap((row, line) => row.weeks.filter(isBusy).map(({ week, requisitioned = 0, hired = 0, learning = 0, graduated = 0 }) => ({
      x: middle(week), y: top + TALL * (line + 0.5),
      says: [`${row.id}, week of ${date(week)}`, ...(requisitioned >= LEAST ? [`asked for ${number(requisitioned, 1)}`] : []), ...(hired >= LEAST ? [`class starts with ${number(hired, 1)}`] : []),
        `${number(learning, 1)} in training and nesting`, ...(graduated >= LEAST ? [`training ends for ${number(graduated, 1)}`] : [])],
    }))),
    marks: html`
      ${rows.map((row, line) => {
        const base = top + TALL * (line + 1) - 5;
        return html`<g>
          <line class="stem" x1="0" x2=${width} y1=${base + 5} y2=${base + 5} />
          <text x="0" y=${base - TALL / 2 + 5} dy="0.32em">${cut(row.id, Math.floor(left / 7.6))}</text>
          ${row.weeks.filter(isBusy).map(({ week, requisitioned = 0, hired = 0, learning = 0, graduated = 0 }) => html`<g data-mark=${hired}>
            ${learning >= LEAST && html`<rect class="learning series-1" x=${middle(week) - x.step / 2} width=${x.step} y=${base - (learning / most) * (TALL - 12)} height=${(learning / most) * (TALL - 12)} />`}
            ${requisitioned >= LEAST && html`<path class="mark hollow series-4" d=${`M${middle(week)},${base - size}l${size / 2},${size}h${-size}z`} />`}
            ${graduated >= LEAST && html`<path class="mark series-3" d=${`M${middle(week)},${base}l${size / 2},${-size}h${-size}z`} />`}
            ${hired >= LEAST && html`<rect class="chart-bar series-1" x=${middle(week) - size / 2} width=${size} y=${base - size} height=${size} />
              ${(hired >= 1 || x.step >= 26) && html`<text class="strong" x=${middle(week)} y=${base - size - 5} text-anchor="middle">${number(hired, hired < 9.95 && x.step >= 26 && !Number.isInteger(hired) ? 1 : 0)}</text>`}`}
          </g>`)}
        </g>`;
      })}
      ${decisions.map(({ by, team }) => {
        const line = rows.findIndex(({ id }) => id === team), at = Math.max(left, exactly(by));
        return line >= 0 && html`<g><line class="reference" x1=${at} x2=${at} y1=${top + TALL * line} y2=${top + TALL * (line + 1)} />
          <text class="tick" x=${at} y=${top + TALL * line - 5} text-anchor=${at > width - 60 ? "end" : "middle"}>by ${day(by)}</text></g>`;
      })}
      <g class="axis">${thinned(weeks.length, width - left, 58).map((at) => html`<text class="tick" x=${x.middle(at)} y=${height - 6} text-anchor="middle">${day(weeks[at])}</text>`)}</g>`,
  };
}
