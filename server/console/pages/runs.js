// Every run, newest first; two or more of them can be held against each other.

import { useAnswer } from "../answers.js";
import { ago, done, number } from "../formats.js";
import { Chance, isOver, Progress, Status } from "../parts/marks.js";
import { Pager } from "../parts/pager.js";
import { Answered, Empty } from "../parts/states.js";
import { Head } from "../parts/title.js";
import { html } from "../preact.js";
import { choose } from "../route.js";

const RUNS = /* GraphQL */ `query Runs($after: String, $name: String, $statuses: [RunStatus!]) {
  runs(first: 50, after: $after, name: $name, statuses: $statuses) { totalCount pageInfo { hasNextPage endCursor }
    nodes { id status createdAt finishedAt progress { completed total } experiment { replications seed } failure { message }
      scenario { id name } outcomes { allMet { mean confidenceInterval { lower upper } } } } } }`;
const STATUSES = { "": "Any status", "QUEUED,RUNNING": "Not over yet", SUCCEEDED: "Done", FAILED: "Failed", CANCELLED: "Cancelled" };

/** @param {{ query: URLSearchParams }} props */
export function RunsPage({ query }) {
  const after = query.get("after"), name = query.get("name"), status = query.get("status") ?? "";
  const chosen = (query.get("chosen") ?? "").split(",").filter(Boolean);
  const answer = useAnswer(RUNS, { after, name, statuses: status ? status.split(",") : null }, { every: 5 });
  const toggle = (/** @type {string} */ id) => choose({ chosen: (chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]).join(",") });
  return html`
    <${Head} title="Runs" actions=${html`<${CompareLink} chosen=${chosen} />`}>
      Each is a scenario as it was, simulated so many times. Tick two or more to compare them; the one ticked first is the baseline.<//>
    <div class="panel"><header><div class="actions" role="search">
        <input type="search" placeholder="Search scenarios" aria-label="Search scenarios" value=${name ?? ""} onInput=${(/** @type {any} */ event) => choose({ name: event.target.value, after: null })} />
        <select aria-label="Status" onChange=${(/** @type {any} */ event) => choose({ status: event.target.value, after: null })}>
          ${Object.entries(STATUSES).map(([key, label]) => html`<option key=${key} value=${key} selected=${key === status}>${label}</option>`)}</select></div></header>
      <${Answered} answer=${answer} what="Runs">${(/** @type {{ runs: Api.RunConnection }} */ { runs }) => html`
        ${runs.nodes.length ? html`<${Table} of=${runs.nodes} chosen=${chosen} toggle=${toggle} />` : html`<${Nothing} filtered=${name || status} />`}
        <${Pager} of=${runs} after=${after} noun="run" />`}<//></div>`;
}

/** @param {{ chosen: string[] }} props */
const CompareLink = ({ chosen: [baseline, ...others] }) => others.length
  ? html`<a class="button first" href=${`/compare?baseline=${baseline}&runs=${others.join(",")}`}>Compare ${1 + others.length} runs</a>`
  : html`<button disabled>Compare: tick two runs</button>`;

/** @param {{ filtered: any }} props */
const Nothing = ({ filtered }) => filtered
  ? html`<${Empty} title="No run is like that" actions=${html`<button onClick=${() => choose({ name: null, status: null })}>Show all</button>`} />`
  : html`<${Empty} title="No runs yet" actions=${html`<a class="button first" href="/">Choose a scenario</a>`}>Open a scenario and run it.<//>`;

/** @param {{ of: Api.Run[], chosen: string[], toggle: (id: string) => void }} props */
const Table = ({ of, chosen, toggle }) => html`<div class="scroll"><table class="rows">
  <thead><tr><th scope="col"><span class="sr">Compare</span></th><th scope="col">Scenario</th><th scope="col">Status</th><th scope="col" class="number">Replications</th><th scope="col" class="number">Seed</th>
    <th scope="col" class="number">All promises met</th><th scope="col">Started</th></tr></thead>
  <tbody>${of.map((run) => html`<tr key=${run.id}>
    <td><input type="checkbox" aria-label=${`Compare the run of ${run.scenario.name}, ${done(run.createdAt)}`} checked=${chosen.includes(run.id)} disabled=${run.status !== "SUCCEEDED"} onChange=${() => toggle(run.id)} /></td>
    <th scope="row"><a href=${`/runs/${run.id}`}>${run.scenario.name}</a>${chosen[0] === run.id && html` <span class="tag accent">baseline</span>`}</th>
    <td><${Status} of=${run.status} />${!isOver(run) && html`<${Progress} of=${run.progress} />`}${run.failure && html`<span class="faint">${run.failure.message}</span>`}</td>
    <td class="number">${number(run.progress.completed)}${isOver(run) ? "" : ` of ${number(run.progress.total)}`}</td><td class="number">${run.experiment.seed}</td>
    <td class="number">${run.outcomes ? html`<${Chance} of=${run.outcomes.allMet} />` : "–"}</td>
    <td class="nowrap" title=${`${done(run.createdAt)}, your time`}>${ago(run.createdAt)}</td></tr>`)}</tbody></table></div>`;
