// Service of one queue: over the days, within the week, and what was left undone.

import { BacklogByAge, Fan, operations, ServiceHeatMap } from "../../charts/index.js";
import { Asked, Choice } from "../../parts/chart.js";
import { html } from "../../preact.js";
import { choose } from "../../route.js";

const RESOLUTIONS = /** @type {[string, string][]} */ ([["WEEK", "by week"], ["DAY", "by day"], ["MONTH", "by month"]]);

/** @param {{ of: Api.Run, about: import("./outcome.js").About, query: URLSearchParams }} props */
export function Service({ of: run, about, query }) {
  const { queues } = run.scenario.definition;
  const queue = queues.find(({ id }) => id === query.get("queue")) ?? queues[0];
  const resolution = query.get("by") ?? "WEEK";
  const deferred = queue.turnaround != null;
  const measure = deferred ? "TURNAROUND_MET" : "SERVICE_LEVEL";
  return html`<div class="stack">
    <div class="actions">
      <${Choice} name="queue" label="Queue" value=${queue.id} options=${queues.map(({ id, name }) => [id, name || id])} onChoose=${(/** @type {string} */ id) => choose({ queue: id })} />
      <${Choice} name="by" label="Periods" value=${resolution} options=${RESOLUTIONS} onChoose=${(/** @type {string} */ by) => choose({ by })} />
    </div>
    <div class="panel"><${QueueFan} run=${run} queue=${queue.id} measure=${measure} resolution=${resolution} about=${about}
      label=${deferred ? "Turnaround kept" : "Service level"} target=${deferred ? queue.turnaround?.share : queue.target.share} /></div>
    ${deferred
      ? html`<div class="panel"><${Asked} operation=${operations.backlog} variables=${{ run: run.id, queue: queue.id }} what="Backlog">${(/** @type {any} */ data, /** @type {any} */ source) =>
        html`<${BacklogByAge} queue=${data.run.outcomes.queue} targetHours=${queue.turnaround?.targetHours} about=${about} source=${source} />`}<//></div>`
      : html`<div class="panel"><${Asked} operation=${operations.heatMap} variables=${{ run: run.id, queue: queue.id }} what="Week">${(/** @type {any} */ data, /** @type {any} */ source) =>
        html`<${ServiceHeatMap} queue=${data.run.outcomes.queue} target=${queue.target.share} about=${about} source=${source} />`}<//></div>`}
    <div class="grid">
      <div class="panel"><${QueueFan} run=${run} queue=${queue.id} measure="OFFERED" resolution=${resolution} about=${about} label="Contacts offered" /></div>
      <div class="panel"><${QueueFan} run=${run} queue=${queue.id} measure=${deferred ? "BACKLOG" : "ABANDON_RATE"} resolution=${resolution} about=${about} label=${deferred ? "Backlog at the end" : "Abandon rate"} /></div>
    </div></div>`;
}

/** @param {{ run: Api.Run, queue: string, measure: string, resolution: string, about: object, label: string, target?: number }} props */
const QueueFan = ({ run, queue, measure, resolution, about, label, target }) => html`
  <${Asked} operation=${operations.fan} variables=${{ run: run.id, queue, measures: [measure], resolution }} what=${label}>${(/** @type {any} */ data, /** @type {any} */ source) =>
    html`<${Fan} series=${data.run.outcomes.queue.series[0]} label=${label} whose=${queue} target=${target} about=${about} source=${source} />`}<//>`;
