// What charts are drawn of: axes, bars, and the two kinds of uncertainty, which never look alike.
//
// How sure we are (an interval of the mean, narrower with more replications): a thick solid bar with a dot on it, in ink.
// How much it varies (5 to 95 % of the replications, as wide as the world is): a thin capped whisker, or a light band.
import { html } from "../preact.js";
import { ticks } from "./scales.js";

/** @typedef {import("./scales.js").Scale} Scale */

/** Lines across and their figures on the left. @param {{ y: Scale, x: [number, number], format: (v: number) => string, wanted?: number, unit?: string }} props */
export function Rows({ y, x, format, wanted = 5, unit = "" }) {
  const marks = ticks(y.domain, wanted);
  return html`<g class="axis">
    ${marks.map((value) => html`<line class=${value === 0 ? "zero" : "grid"} x1=${x[0]} x2=${x[1]} y1=${y(value)} y2=${y(value)} />
      <text class="tick" x=${x[0] - 8} y=${y(value)} dy="0.32em" text-anchor="end">${format(value)}</text>`)}
    ${unit && html`<text class="unit" x="0" y=${Math.min(...y.range) - 10}>${unit}</text>`}
  </g>`;
}

/** Lines down and their figures below. @param {{ x: Scale, y: [number, number], format: (v: number) => string, wanted?: number, unit?: string }} props */
export function Columns({ x, y, format, wanted = 5, unit = "" }) {
  const half = unit.length * 3.3, middle = Math.max(half, Math.min((x.range[0] + x.range[1]) / 2, x.range[1] - half));
  return html`<g class="axis">
    ${ticks(x.domain, wanted).map((value) => html`<line class=${value === 0 ? "zero" : "grid"} x1=${x(value)} x2=${x(value)} y1=${y[0]} y2=${y[1]} />
      <text class="tick" x=${x(value)} y=${y[1] + 16} text-anchor="middle">${format(value)}</text>`)}
    ${unit && html`<text class="unit" x=${middle} y=${y[1] + 34} text-anchor="middle">${unit}</text>`}
  </g>`;
}

/** Names under bands. @param {{ places: { x: number, text: string }[], y: number }} props */
export const Names = ({ places, y }) =>
  html`<g class="axis">${places.map(({ x, text }) => html`<text class="tick" x=${x} y=${y} text-anchor="middle">${text}</text>`)}</g>`;

/** @param {{ x: number, y: number, width: number, height: number, kind?: string }} props  a negative height goes up from y */
export const Bar = ({ x, y, width, height, kind = "series-1" }) =>
  html`<rect class=${`chart-bar ${Math.abs(height) < 1.5 ? kind.replace(" stacked", "") : kind}`} x=${x} y=${height < 0 ? y + height : y} width=${Math.max(0, width)} height=${Math.max(0.5, Math.abs(height))} />`;

/** How much it varies, upright. @param {{ x: number, from: number, to: number, cap?: number }} props */
export const Whisker = ({ x, from, to, cap = 4 }) =>
  html`<path class="varies" d=${`M${x - cap},${from}h${2 * cap}m${-cap},0V${to}m${-cap},0h${2 * cap}`} />`;

/** How much it varies, lying. @param {{ y: number, from: number, to: number, cap?: number }} props */
export const LyingWhisker = ({ y, from, to, cap = 5 }) =>
  html`<path class="varies" d=${`M${from},${y - cap}v${2 * cap}m0,${-cap}H${to}m0,${-cap}v${2 * cap}`} />`;

/** How sure we are, upright: the dot is the mean. @param {{ x: number, from?: number, to?: number, mean: number }} props */
export const Sure = ({ x, from, to, mean }) => html`<g class="sure">
  ${from != null && to != null && html`<line x1=${x} x2=${x} y1=${from} y2=${to} />`}
  <circle cx=${x} cy=${mean} r="3.5" />
</g>`;

/** How sure we are, lying. @param {{ y: number, from?: number, to?: number, mean: number }} props */
export const LyingSure = ({ y, from, to, mean }) => html`<g class="sure">
  ${from != null && to != null && html`<line x1=${from} x2=${to} y1=${y} y2=${y} />`}
  <circle cx=${mean} cy=${y} r="3.5" />
</g>`;

/** Stretches of figures that are defined. @param {any[]} figures */
export function stretches(figures) {
  const found = /** @type {[number, number][]} */ ([]);
  figures.forEach((figure, place) => {
    if (figure == null) return;
    const last = found.at(-1);
    if (last && last[1] === place - 1) last[1] = place;
    else found.push([place, place]);
  });
  return found;
}

/** A line through figures, broken where they are not defined. @param {{ x: (place: number) => number, y: Scale, figures: any[], kind?: string }} props */
export const Line = ({ x, y, figures, kind = "series-1" }) => html`<g class=${`line ${kind}`}>
  ${stretches(figures).map(([from, to]) => from === to
    ? html`<circle class="lone" cx=${x(from)} cy=${y(figures[from])} r="3" />`
    : html`<path d=${"M" + figures.slice(from, to + 1).map((value, place) => `${x(from + place)},${y(value)}`).join("L")} />`)}
</g>`;

/** How much it varies, as a band. @param {{ x: (place: number) => number, y: Scale, low: any[], high: any[], kind?: string }} props */
export const Band = ({ x, y, low, high, kind = "series-1" }) => html`<g class=${`band ${kind}`}>
  ${stretches(low.map((value, place) => (high[place] == null ? null : value))).map(([from, to]) => {
    const places = Array.from({ length: to - from + 1 }, (_, place) => from + place);
    if (from === to) return html`<path d=${`M${x(from) - 3},${y(low[from])}h6V${y(high[from])}h-6z`} />`;
    const there = places.map((place) => `${x(place)},${y(high[place])}`), back = places.reverse().map((place) => `${x(place)},${y(low[place])}`);
    return html`<path d=${"M" + [...there, ...back].join("L") + "Z"} />`;
  })}
</g>`;

/** @typedef {{ mark: "sure" | "varies" | "band" | "bar" | "line" | "dashed" | "cell" | "alone" | "up" | "down" | "dot", kind?: string, text: string }} Key */

export const SURE = /** @type {Key} */ ({ mark: "sure", text: "How sure we are: the mean lies in here with 95 % confidence; more replications narrow this" });
export const VARIES = /** @type {Key} */ ({ mark: "varies", text: "How much it varies: 9 of 10 replications lie in here (5 to 95 %); more replications do not narrow this" });
const ALONE = /** @type {Key} */ ({ mark: "alone", text: "one replication: nothing tells how sure this is, nor how much it varies" });

/** What the figures that are drawn have of either. @param {(import("./shapes.js").Figure | import("./shapes.js").Probability | null | undefined)[]} figures @returns {Key[]} */
export function keysOf(figures) {
  const isSure = figures.some((figure) => figure?.confidenceInterval);
  const varies = figures.some((figure) => figure && "low" in figure && figure.low != null && figure.low !== figure.high);
  return isSure || varies ? [...(isSure ? [SURE] : []), ...(varies ? [VARIES] : [])] : figures.some(Boolean) ? [ALONE] : [];
}

/** @param {string} kind */
export const variesAsBand = (kind) => /** @type {Key} */ ({ ...VARIES, mark: "band", kind });

/** @type {Record<string, (kind?: string) => any>} */
const SWATCHES = {
  sure: () => html`<g class="sure"><line x1="3" x2="25" y1="8" y2="8" /><circle cx="14" cy="8" r="3.5" /></g>`,
  varies: () => html`<${LyingWhisker} y=${8} from=${2} to=${26} cap=${4} />`,
  band: (kind) => html`<g class=${`band ${kind}`}><path d="M2,2H26V14H2Z" /></g>`,
  bar: (kind) => html`<${Bar} x=${6} y=${2} width=${16} height=${12} kind=${kind} />`,
  line: (kind) => html`<g class=${`line ${kind}`}><path d="M2,8H26" /></g>`,
  dashed: (kind) => html`<line class=${`reference ${kind ?? ""}`} x1="2" x2="26" y1="8" y2="8" />`,
  alone: () => html`<g class="sure"><circle cx="14" cy="8" r="3.5" /></g>`,
  up: (kind) => html`<path class=${`mark ${kind}`} d="M14,2l7,12h-14z" />`,
  down: (kind) => html`<path class=${`mark ${kind}`} d="M14,14l7,-12h-14z" />`,
  dot: (kind) => html`<circle class=${`mark ${kind}`} cx="14" cy="8" r="4.5" />`,
  cell: (kind) => html`<rect class=${`cell ${kind}`} x="6" y="1" width="16" height="14" />`,
};

/** In words. @param {{ keys: Key[] }} props */
export const Legend = ({ keys }) => html`<ul class="legend">
  ${keys.map(({ mark, kind, text }) => html`<li><svg width="28" height="16" viewBox="0 0 28 16" aria-hidden="true">${SWATCHES[mark](kind)}</svg>${text}</li>`)}
</ul>`;
