// How an estimate and the interval of its mean move as replications come in.

import { html } from "../../preact.js";

const WIDTH = 320, HEIGHT = 72, PAD = 3;

/** @typedef {{ n: number, mean: number, confidenceInterval: { lower: number, upper: number } | null }} Step */

/**
 * @param {{ steps: Step[], total: number, target?: number, free: boolean, label: string }} props
 *   `free`: on a scale of its own, not from 0 to 1
 */
export function Narrowing({ steps, total, target, free, label }) {
  if (!steps.length) return null;
  const { x, y } = scales(steps, total, free), last = steps[steps.length - 1];
  const known = steps.filter(({ confidenceInterval }) => confidenceInterval);
  const band = [...known.map((s) => [x(s.n), y(s.confidenceInterval?.upper ?? 0)]), ...known.toReversed().map((s) => [x(s.n), y(s.confidenceInterval?.lower ?? 0)])];
  return html`<svg class="narrowing" viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label=${label}>
    ${target != null && html`<line class="target" x1="0" x2=${WIDTH} y1=${y(target)} y2=${y(target)} />`}
    ${band.length > 2 && html`<polygon class="band" points=${joined(band)} />`}
    <polyline class="mean" points=${joined(steps.map((s) => [x(s.n), y(s.mean)]))} />
    <path class="now" d=${`M${x(last.n)},${y(last.mean)}h0`} />
  </svg>`;
}

/** @param {Step[]} steps @param {number} total @param {boolean} free */
function scales(steps, total, free) {
  const ends = steps.flatMap(({ mean, confidenceInterval: i }) => (i ? [i.lower, i.upper] : [mean]));
  const low = free ? Math.min(...ends) : 0, high = free ? Math.max(...ends) : 1;
  const span = high - low || 1;
  return {
    x: (/** @type {number} */ n) => PAD + ((WIDTH - 2 * PAD) * n) / Math.max(total, 1),
    y: (/** @type {number} */ value) => HEIGHT - PAD - ((HEIGHT - 2 * PAD) * (Math.min(high, Math.max(low, value)) - low)) / span,
  };
}

/** @param {number[][]} points */
const joined = (points) => points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
