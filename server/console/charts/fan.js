// A measure over days, weeks or months: its mean as a line in the band in which it varies.
import { html } from "../preact.js";
import { Figure } from "./figure.js";
import { Band, Line, Names, Rows, variesAsBand } from "./marks.js";
import { formatOf, nameOf, unitOf } from "./measures.js";
import { date, day, percent } from "./numbers.js";
import { Plot } from "./plot.js";
import { extent, linear, thinned } from "./scales.js";

/** @typedef {{ measure: string } & import("./shapes.js").Series} Series */

/** @type {Record<string, string>} */
const FOOTINGS = {
  PAID_HOURS: "Paid hours of people in production, shrinkage included", AGENTS: "Agents on the floor, busy or available; mean of the intervals, nights included",
  ROSTERED: "Agents paid to work, before shrinkage", REQUIRED_AGENTS: "Agents on the floor at tenured speed that the forecast needs",
};

/**
 * @param {{ series: Series, whose: string, target?: number, about?: import("./figure.js").About, source?: any, title?: string }} props
 *   series: a QueueSeries or TeamSeries by day, week or month
 */
export function Fan({ series, whose, target, source, title }) {
  const { measure, starts, mean } = series;
  const low = series.low ?? [], high = series.high ?? [];
  const format = formatOf(measure), name = nameOf(measure), unit = unitOf(measure), isShare = unit === "share";
  const known = mean.flatMap((value, place) => (value == null ? [] : [{ value, place }]));
  const least = known.reduce((a, b) => (b.value < a.value ? b : a), known[0]), most = known.reduce((a, b) => (b.value > a.value ? b : a), known[0]);
  const under = target == null ? [] : known.filter(({ value }) => value < target);
  const message = !known.length ? `${name} of ${whose} is nowhere defined.`
    : target != null
      ? `${name} of ${whose} is under its target of ${isShare ? percent(target) : format(target)} in ${under.length} of ${known.length} periods; its mean is lowest in that of ${date(starts[least.place])}, ${format(least.value)}.`
      : `${name} of ${whose} has its highest mean in the period of ${date(starts[most.place])}, ${format(most.value)}, its lowest in that of ${date(starts[least.place])}, ${format(least.value)}.`;
  return html`<${Figure} title=${title ?? `${name}: ${whose}`} subtitle=${`${message} ${FOOTINGS[measure] ? FOOTINGS[measure] + "." : ""}`} file=${`${measure.toLowerCase()}-${whose}`} source=${source}
    empty=${known.length ? undefined : `${name} of ${whose} is not defined in any period: nothing happened that it measures.`}
    keys=${[
      { mark: "line", kind: "series-1", text: "mean over the replications" },
      ...(low.some((value) => value != null) ? [variesAsBand("series-1")] : []),
      ...(target == null ? [] : [{ mark: "dashed", text: `target, ${isShare ? percent(target) : format(target)}` }]),
    ]}
    columns=${[{ label: "Start", format: (/** @type {string} */ v) => v.slice(0, 10) }, { label: "Mean", unit, format }, { label: "5 % of replications under", unit, format }, { label: "5 % over", unit, format }]}
    rows=${starts.map((start, place) => [start, mean[place], low[place] ?? null, high[place] ?? null])}>
    <${Plot} label=${message} what="periods" draw=${(/** @type {number} */ width) => drawing(width, { starts, mean, low, high, target, format, measure })} />
  <//>`;
}

/** @param {number} width @param {{ starts: string[], mean: any[], low: any[], high: any[], target?: number, format: (v: any) => string, measure: string }} data */
function drawing(width, { starts, mean, low, high, target, format, measure }) {
  const [left, top, height] = [64, 16, 280];
  const isShare = unitOf(measure) === "share";
  const y = linear(extent([...mean, ...low, ...high, target], isShare ? { most: 1, least: 0 } : {}), [height - 30, top]);
  const across = linear([0, Math.max(1, mean.length - 1)], mean.length > 1 ? [left + 12, width - 12] : [(left + width) / 2, width]);
  const x = (/** @type {number} */ place) => across(place);
  const labels = thinned(mean.length, width - left, 64).map((place) => ({ x: x(place), text: day(starts[place]) }));
  return {
    height,
    points: mean.map((value, place) => ({
      x: x(place), y: y(value ?? y.domain[0]),
      says: [date(starts[place]), value == null ? "not defined" : `mean ${format(value)}`,
        ...(low[place] != null && high[place] != null ? [`varies from ${format(low[place])} to ${format(high[place])}`] : [])],
    })),
    marks: html`
      <${Rows} y=${y} x=${[left, width]} format=${isShare ? percent : format} />
      <${Band} x=${x} y=${y} low=${low} high=${high} />
      ${target != null && html`<line class="reference" x1=${left} x2=${width} y1=${y(target)} y2=${y(target)} />`}
      <${Line} x=${x} y=${y} figures=${mean} />
      <${Names} places=${labels} y=${height - 6} />`,
  };
}
