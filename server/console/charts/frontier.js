// What certainty costs: each point of a sweep by its cost and how often the plan holds, and the points that none betters.
import { html } from "../preact.js";
import { Figure } from "./figure.js";
import { Columns, LyingSure, Rows, SURE, Sure } from "./marks.js";
import { chance, compact, date, money, number, percent, share } from "./numbers.js";
import { Plot } from "./plot.js";
import { extent, linear } from "./scales.js";

/** @typedef {import("./shapes.js").SweepPoint & { cost: import("./shapes.js").Amount }} Priced */

const whole = (/** @type {any} */ v) => number(v);
const nameOf = (/** @type {any} */ { labels }) => labels.join(", ");
const breakOf = (/** @type {any} */ first) => (first ? `${first.clause ?? first.queue} breaks first${first.start ? `, in the window of ${date(first.start)}` : ""}` : null);

/** @param {{ sweep: import("./shapes.js").Sweep, about?: import("./figure.js").About, source?: any, title?: string, onPoint?: (point: import("./shapes.js").SweepPoint) => void }} props */
export function Frontier({ sweep, about = {}, source, title }) {
  const currency = about.currency ?? "", priced = sweep.points.flatMap(({ cost, ...point }) => (cost ? [{ ...point, cost }] : []));
  const best = priced.filter(({ isOnFrontier }) => isOnFrontier).sort((a, b) => a.cost.mean - b.cost.mean);
  const surest = best[best.length - 1], cheapest = best[0];
  const message = !best.length ? "Nothing has a price." : best.length === 1
    ? `${nameOf(surest)} is the cheapest and the surest: it holds in ${chance(surest.holds.mean)} of the replications at ${money(surest.cost.mean, currency)}.`
    : `From ${money(cheapest.cost.mean, currency)} (${nameOf(cheapest)}, holds in ${chance(cheapest.holds.mean)}) to ${money(surest.cost.mean, currency)} (${nameOf(surest)}, ${chance(surest.holds.mean)}): ${best.length} of ${priced.length} points are bettered by none.`;
  return html`<${Figure} title=${title ?? "What certainty costs"} file="frontier" source=${source}
    subtitle=${`${message} Share of ${sweep.replications} replications in which every clause (or target) is met, against the client's cost over the horizon.`}
    empty=${best.length ? undefined : "Nothing has a price in this scenario, so there is no cost to hold against the probability: give vendors a contract or teams a cost."}
    keys=${[{ mark: "line", kind: "series-1", text: "no other point is cheaper and as sure" }, { mark: "dot", kind: "hollow series-6", text: "another point is cheaper and as sure, or surer and as cheap" }, SURE]}
    columns=${[...sweep.axes.map((label) => ({ label })), { label: "On the frontier" }, ...["P(holds)", "95 % interval, lower", "upper"].map((label) => ({ label, unit: "share", format: share })),
      ...["Cost", "95 % interval, lower", "upper"].map((label) => ({ label, unit: currency, format: whole })), { label: "Breaks first" }]}
    rows=${sweep.points.map((point) => [...point.labels, point.isOnFrontier ? "yes" : "no", point.holds.mean, point.holds.lower, point.holds.upper, point.cost?.mean ?? null, point.cost?.lower ?? null, point.cost?.upper ?? null, breakOf(point.firstBreak)])}>
    <${Plot} label=${message} what="points" inPlane draw=${(/** @type {number} */ width) => drawing(width, priced, best, currency)} />
  <//>`;
}

/** @param {number} width @param {Priced[]} points @param {Priced[]} best @param {string} currency */
function drawing(width, points, best, currency) {
  const [left, top, height] = [52, 14, 380], bottom = height - 42;
  const x = linear(extent(points.flatMap(({ cost }) => [cost.mean, cost.lower, cost.upper])), [left + 12, width - 24]);
  const y = linear([0, 1], [bottom, top + 12]);
  const ordered = [...points].sort((a, b) => a.cost.mean - b.cost.mean);
  return {
    height,
    points: ordered.map((point) => ({
      x: x(point.cost.mean), y: y(point.holds.mean),
      says: [nameOf(point), `holds in ${chance(point.holds.mean)}; sure of it: ${chance(point.holds.lower)} to ${chance(point.holds.upper)}`, `costs ${money(point.cost.mean, currency)}`, ...(breakOf(point.firstBreak) ? [/** @type {string} */ (breakOf(point.firstBreak))] : [])],
    })),
    marks: html`
      <${Rows} y=${y} x=${[left, width]} format=${percent} />
      <${Columns} x=${x} y=${[top, bottom]} format=${compact} wanted=${Math.max(2, Math.floor((width - left) / 110))} unit=${`client's cost, ${currency}`} />
      <g class="line series-1"><path d=${"M" + best.map(({ cost, holds }) => `${x(cost.mean)},${y(holds.mean)}`).join("L")} /></g>
      ${ordered.map(({ cost, holds, isOnFrontier }) => html`<g data-mark=${holds.mean} class=${isOnFrontier ? "" : "bettered"}>
        ${isOnFrontier && html`<${Sure} x=${x(cost.mean)} from=${y(holds.lower)} to=${y(holds.upper)} mean=${y(holds.mean)} />
          <${LyingSure} y=${y(holds.mean)} from=${cost.lower == null ? undefined : x(cost.lower)} to=${cost.upper == null ? undefined : x(cost.upper)} mean=${x(cost.mean)} />`}
        ${!isOnFrontier && html`<circle class="mark hollow series-6" cx=${x(cost.mean)} cy=${y(holds.mean)} r="4.5" />`}
      </g>`)}
      ${labelled(best, x, y, width).map(({ at, over, text, anchor }) => html`<text class="haloed" x=${at} y=${over} text-anchor=${anchor}>${text}</text>`)}`,
  };
}

/** Names of points where there is room. @param {Priced[]} best @param {any} x @param {any} y @param {number} width */
function labelled(best, x, y, width) {
  const placed = /** @type {any[]} */ ([]);
  for (const point of best) {
    const at = x(point.cost.mean), over = y(point.holds.mean) - 14, text = nameOf(point), wide = text.length * 6.8;
    const anchor = at + wide + 8 > width ? "end" : "start", from = anchor === "end" ? at - wide : at;
    const isFree = placed.every((other) => Math.abs(other.over - over) > 16 || from > other.from + other.wide || from + wide < other.from);
    if (isFree) placed.push({ at: anchor === "end" ? at - 6 : at + 6, over, text, wide, from, anchor });
  }
  return placed;
}
