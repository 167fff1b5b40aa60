// A run that failed: why, and what can be done.

import { number } from "../../formats.js";
import { RunButton } from "../../parts/run_form.js";
import { Empty } from "../../parts/states.js";
import { html } from "../../preact.js";

/** What mends it, by the kind of failure. @type {Record<string, string>} */
const MENDS = {
  SIMULATION_FAILED: "The engine refused the scenario while it simulated it. The message names the place; change it there and run again.",
  PROCESS_DIED: "The process that simulated it ended, again and again: most often for want of memory. Fewer replications do not help; a shorter horizon or coarser intervals do.",
  WORKER_DIED: "The workers went away, again and again. The server's keeper finds why in the workers' log; then run it again.",
};

/** @param {{ of: Api.Run }} props */
export const Failed = ({ of: run }) => html`<div class="panel" role="alert"><${Empty} title="This run failed"
  actions=${html`<${RunButton} scenario=${run.scenario} label="Run it again" experiment=${run.experiment} />
    <a class="button" href=${`/scenarios/${run.scenario.id}/edit`}>Change the scenario</a>`}>
  <strong>${run.failure?.message}</strong><br /><br />
  ${run.failure && MENDS[run.failure.code]} ${number(run.progress.completed)} of ${number(run.progress.total)} replications had come in.<//></div>`;
