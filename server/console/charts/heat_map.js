// Service level by weekday and time of day: blue where the target is met, orange where it is not, darker the further off.
import { html } from "../preact.js";
import { Figure } from "./figure.js";
import { percent, share } from "./numbers.js";
import { Plot } from "./plot.js";
import { bands } from "./scales.js";

const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/** The step of a level: 0 to 3 under the target, 4 to 7 at or over it. @param {number | null} level @param {number} target */
function stepOf(level, target) {
  if (level == null) return "none";
  const off = level - target;
  if (off < 0) return off < -0.2 ? 0 : off < -0.1 ? 1 : off < -0.05 ? 2 : 3;
  const over = off / Math.max(1e-9, 1 - target);
  return over < 0.25 ? 4 : over < 0.5 ? 5 : over < 0.75 ? 6 : 7;
}

/** The times in which any day has a figure, without the night before and after. @param {import("./shapes.js").HeatMap} map */
function openTimes({ times, rows }) {
  const open = times.map((_, place) => rows.some((row) => row[place] != null));
  const first = open.indexOf(true), last = open.lastIndexOf(true);
  return first < 0 ? [] : times.map((time, place) => ({ time, place })).slice(first, last + 1);
}

/** @param {{ queue: { id: string, heatMap: import("./shapes.js").HeatMap }, target?: number, about?: import("./figure.js").About, source?: any, title?: string }} props */
export function ServiceHeatMap({ queue, target = 0.8, about = {}, source, title }) {
  const { rows } = queue.heatMap;
  const times = openTimes(queue.heatMap);
  const cells = rows.flatMap((row, day) => times.map(({ time, place }) => ({ day, time, level: row[place] })));
  const known = cells.flatMap(({ level, ...cell }) => (level == null ? [] : [{ ...cell, level }])), missed = known.filter(({ level }) => level < target);
  const worst = known.reduce((least, cell) => (!least || cell.level < least.level ? cell : least), /** @type {any} */ (null));
  const goal = percent(target);
  const message = !known.length ? "No contact arrived." : missed.length
    ? `${queue.id} is under its target of ${goal} in ${missed.length} of ${known.length} intervals of the week; lowest on ${DAYS[worst.day]} at ${worst.time}, ${share(worst.level)}.`
    : `${queue.id} meets its target of ${goal} in all ${known.length} intervals of the week; lowest on ${DAYS[worst.day]} at ${worst.time}, ${share(worst.level)}.`;
  const zone = about.zone ? ` Times in ${about.zone}.` : "";
  return html`<${Figure} title=${title ?? `Service level by weekday and time: ${queue.id}`} file=${`service-level-heat-map-${queue.id}`} source=${source}
    subtitle=${`${message} Each cell: share served in time of all contacts that arrived then, over the whole horizon and all replications.${zone}`}
    empty=${known.length ? undefined : "No contact arrived in this queue, so there is no service level."}
    keys=${[
      { mark: "cell", kind: "cell-0", text: "over 20 points under target" }, { mark: "cell", kind: "cell-1", text: "10 to 20" }, { mark: "cell", kind: "cell-2", text: "5 to 10" },
      { mark: "cell", kind: "cell-3", text: "less than 5 points under" }, { mark: "cell", kind: "cell-4", text: "target met" }, { mark: "cell", kind: "cell-7", text: "near 100 %" },
    ]}
    columns=${[{ label: "Time" }, ...DAYS.map((label) => ({ label, unit: "share", format: share }))]}
    rows=${times.map(({ time, place }) => [time, ...rows.map((row) => row[place])])}>
    <${Plot} label=${message} what="cells" inPlane draw=${(/** @type {number} */ width) => drawing(width, rows, times, target)} />
  <//>`;
}

/** @param {number} width @param {any[][]} rows @param {{ time: string, place: number }[]} times @param {number} target */
function drawing(width, rows, times, target) {
  const [left, tall] = [width < 480 ? 34 : 84, 28];
  const x = bands(times.length, [left, width]);
  const every = Math.max(1, Math.ceil((times.length * 44) / (width - left)));
  const height = tall * rows.length + 26;
  return {
    height,
    stride: times.length,
    points: rows.flatMap((row, day) => times.map(({ time, place }, column) => ({
      x: x.middle(column), y: tall * (day + 0.5), says: [`${DAYS[day]}, ${time}`, row[place] == null ? "closed, or nobody arrived" : `service level ${share(row[place])}`],
    }))),
    marks: html`
      ${rows.map((row, day) => html`<text class="tick" x=${left - 8} y=${tall * (day + 0.5)} dy="0.32em" text-anchor="end">${width < 480 ? DAYS[day].slice(0, 3) : DAYS[day]}</text>
        ${times.map(({ place }, column) => row[place] != null && html`<rect class=${`cell cell-${stepOf(row[place], target)}`} data-mark=${row[place]}
          x=${x.middle(column) - x.step / 2} y=${tall * day} width=${x.step} height=${tall} />`)}`)}
      <g class="axis">${times.map(({ time }, column) => column % every === 0 && html`<text class="tick" x=${x.middle(column)} y=${height - 6} text-anchor="middle">${time}</text>`)}</g>`,
  };
}
