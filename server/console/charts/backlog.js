// The backlog at the end of each day: how much waits, how old it is, and by how much it varies.
import { html } from "../preact.js";
import { Figure } from "./figure.js";
import { Names, Rows, VARIES, Whisker } from "./marks.js";
import { compact, contacts, date, day, hours, number, tenths } from "./numbers.js";
import { Plot } from "./plot.js";
import { bands, extent, linear, thinned } from "./scales.js";

const KINDS = ["cell-6", "cell-3", "cell-1", "cell-0"];

/** Upper ends of the ages but the last: half of the turnaround, all of it, twice; or whole days. @param {number | undefined} target */
const bordersOf = (target) => (target ? [target / 2, target, 2 * target] : [12, 24, 48]);

/** @param {number | null} age @param {number[]} borders */
const kindOf = (age, borders) => KINDS[age == null ? 0 : borders.filter((border) => age > border).length];

/**
 * @param {{ queue: import("./shapes.js").BacklogQueue, targetHours?: number, about?: import("./figure.js").About, source?: any, title?: string }} props
 *   targetHours: of the queue's turnaround
 */
export function BacklogByAge({ queue, targetHours, source, title }) {
  const backlog = queue.backlog[0], ages = queue.age[0]?.mean ?? [];
  const days = (backlog?.starts ?? []).map((start, place) =>
    ({ start, mean: backlog.mean[place], low: backlog.low?.[place], high: backlog.high?.[place], age: ages[place] ?? null }));
  const known = days.flatMap(({ mean, ...day }) => (mean == null ? [] : [{ ...day, mean }])), borders = bordersOf(targetHours);
  const most = known.reduce((a, b) => (a && a.mean >= b.mean ? a : b), /** @type {any} */ (null));
  const oldest = known.flatMap(({ age, ...day }) => (age == null ? [] : [{ ...day, age }])).reduce((a, b) => (a && a.age >= b.age ? a : b), /** @type {any} */ (null));
  const message = !most ? "There is no backlog." : `Most of ${queue.id} waits at the end of ${date(most.start)}, ${contacts(most.mean)}`
    + (oldest ? `; it is oldest at the end of ${date(oldest.start)}, ${hours(oldest.age)} on the mean${targetHours ? `, against a turnaround of ${hours(targetHours)}` : ""}.` : ".");
  const ranges = [`mean age up to ${hours(borders[0])}`, `${number(borders[0], 1)} to ${hours(borders[1])}`, `${number(borders[1], 1)} to ${hours(borders[2])}`, `over ${hours(borders[2])}`];
  return html`<${Figure} title=${title ?? `Backlog and its age: ${queue.id}`} file=${`backlog-${queue.id}`} source=${source}
    subtitle=${`${message} Work waiting at the end of each day; its colour is the mean age of what waits then.`}
    empty=${most ? undefined : `${queue.id} is answered at once or not at all: only deferred work (mail, cases, social messages) has a backlog.`}
    keys=${[...ranges.map((text, place) => ({ mark: "cell", kind: KINDS[place], text })), VARIES]}
    columns=${[{ label: "Day", format: (/** @type {string} */ v) => v.slice(0, 10) }, { label: "Backlog, mean", unit: "contacts", format: tenths }, { label: "5 % of replications under", unit: "contacts", format: tenths },
      { label: "5 % over", unit: "contacts", format: tenths }, { label: "Mean age", unit: "hours", format: tenths }]}
    rows=${days.map(({ start, mean, low, high, age }) => [start, mean, low ?? null, high ?? null, age])}>
    <${Plot} label=${message} what="days" draw=${(/** @type {number} */ width) => drawing(width, days, borders)} />
  <//>`;
}

/** @param {number} width @param {any[]} days @param {number[]} borders */
function drawing(width, days, borders) {
  const [left, top, height] = [56, 24, 290];
  const x = bands(days.length, [left, width]), wide = Math.min(30, Math.max(1, x.step * 0.8));
  const y = linear(extent(days.flatMap(({ mean, high }) => [mean, high]), { zero: true, least: 0 }), [height - 30, top]);
  return {
    height,
    points: days.map(({ start, mean, low, high, age }, place) => ({
      x: x.middle(place), y: y(mean ?? 0),
      says: [`End of ${date(start)}`, mean == null ? "not defined" : `${contacts(mean)} wait`, age == null ? "no age" : `${hours(age)} old on the mean`,
        ...(low != null && high != null ? [`varies from ${number(low)} to ${number(high)}`] : [])],
    })),
    marks: html`
      <${Rows} y=${y} x=${[left, width]} format=${compact} unit="contacts" />
      ${days.map(({ mean, low, high, age }, place) => mean != null && html`<g data-mark=${mean}>
        <rect class=${`chart-bar ${kindOf(age, borders)}`} x=${x.middle(place) - wide / 2} width=${wide} y=${y(mean)} height=${Math.max(0, y(0) - y(mean))} />
        ${low != null && high != null && low !== high && html`<${Whisker} x=${x.middle(place)} from=${y(low)} to=${y(high)} cap=${Math.min(4, wide / 3)} />`}
      </g>`)}
      <${Names} places=${thinned(days.length, width - left, 64).map((place) => ({ x: x.middle(place), text: day(days[place].start) }))} y=${height - 6} />`,
  };
}
