// Every scenario with how its latest run came out: where a planner begins.

import { useAnswer } from "../answers.js";
import { ago, done, many, money } from "../formats.js";
import { Chance, isOver, Progress, Status } from "../parts/marks.js";
import { Pager } from "../parts/pager.js";
import { Answered, Empty } from "../parts/states.js";
import { Head } from "../parts/title.js";
import { html } from "../preact.js";
import { choose } from "../route.js";
import { useMay } from "../viewer.js";

const SCENARIOS = /* GraphQL */ `query Scenarios($after: String, $name: String, $orderBy: ScenarioOrder!) {
  scenarios(first: 25, after: $after, name: $name, orderBy: $orderBy) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { id name version createdAt updatedAt lock { label } base { id name } changes { summary } definition { currency }
      runs(first: 1) { totalCount nodes { id status progress { completed total }
        outcomes { allMet { mean confidenceInterval { lower upper } } cost { total { mean } } } } } } } }`;

const ORDERS = { CREATED_DESCENDING: "Newest first", CREATED_ASCENDING: "Oldest first", NAME_ASCENDING: "Name, A to Z", NAME_DESCENDING: "Name, Z to A" };

/** @param {{ query: URLSearchParams }} props */
export function ScenariosPage({ query }) {
  const after = query.get("after"), name = query.get("name");
  const orderBy = query.get("order") ?? "CREATED_DESCENDING";
  const answer = useAnswer(SCENARIOS, { after, name, orderBy }, { every: 20 });
  return html`
    <${Head} title="Scenarios" actions=${html`<a class="button first" href="/presets">New scenario</a>`}>
      A scenario says what comes, who is there and what was promised. Change one, run it, and hold it against the plan.<//>
    <div class="panel">
      <header>
        <${Filters} name=${name} order=${orderBy} />
        ${answer.data && html`<p>${many(answer.data.scenarios.totalCount, "scenario")}</p>`}
      </header>
      <${Answered} answer=${answer} what="Scenarios">${(/** @type {any} */ { scenarios }) => html`
        ${scenarios.nodes.length ? html`<${Table} of=${scenarios.nodes} />` : html`<${Nothing} name=${name} />`}
        <${Pager} of=${scenarios} after=${after} noun="scenario" />`}<//>
    </div>`;
}

/** @param {{ name: string | null, order: string }} props */
export function Filters({ name, order }) {
  const search = (/** @type {Event} */ event) => choose({ name: /** @type {HTMLInputElement} */ (event.target).value, after: null });
  const sort = (/** @type {Event} */ event) => choose({ order: /** @type {HTMLSelectElement} */ (event.target).value, after: null });
  return html`<div class="actions" role="search">
    <input type="search" placeholder="Search names" aria-label="Search names" value=${name ?? ""} onInput=${search} />
    <select aria-label="Order" onChange=${sort}>${Object.entries(ORDERS).map(([key, label]) => html`<option key=${key} value=${key} selected=${key === order}>${label}</option>`)}</select>
  </div>`;
}

/** @param {{ name: string | null }} props */
const Nothing = ({ name }) => name
  ? html`<${Empty} title=${`No scenario has “${name}” in its name`} actions=${html`<button onClick=${() => choose({ name: null })}>Show all</button>`} />`
  : html`<${Empty} title="No scenarios yet" actions=${html`<a class="button first" href="/presets">Choose a preset</a>`}>
      Begin with a preset that is like your operation, and put your own numbers in.<//>`;

/** @param {{ of: Api.Scenario[] }} props */
const Table = ({ of }) => html`<div class="scroll"><table class="rows">
  <thead><tr><th scope="col">Scenario</th><th scope="col">Made from</th><th scope="col">Latest run</th>
    <th scope="col" class="number" title="Probability that every clause is met in every window">All promises met</th>
    <th scope="col" class="number">Cost</th><th scope="col">Changed</th><th scope="col"><span class="sr">Next step</span></th></tr></thead>
  <tbody>${of.map((scenario) => html`<${Row} key=${scenario.id} of=${scenario} />`)}</tbody>
</table></div>`;

/** @param {{ of: Api.Scenario }} props */
function Row({ of: scenario }) {
  const [run] = scenario.runs.nodes;
  const changed = scenario.updatedAt ?? scenario.createdAt;
  return html`<tr>
    <th scope="row"><a href=${`/scenarios/${scenario.id}`}>${scenario.name}</a> ${scenario.lock && html`<span class="tag">locked: ${scenario.lock.label}</span>`}
      ${scenario.changes.length > 0 && html`<span class="faint">${inShort(scenario.changes)}</span>`}</th>
    <td>${scenario.base ? html`<a href=${`/scenarios/${scenario.base.id}`}>${scenario.base.name}</a>` : html`<span class="faint">–</span>`}</td>
    <td><${LatestRun} of=${run} total=${scenario.runs.totalCount} /></td>
    <td class="number">${run?.outcomes ? html`<${Chance} of=${run.outcomes.allMet} />` : html`<span class="faint">–</span>`}</td>
    <td class="number">${money(run?.outcomes?.cost?.total?.mean, scenario.definition.currency)}</td>
    <td class="nowrap" title=${`${done(changed)}, your time`}>${ago(changed)}</td>
    <td class="nowrap"><${NextStep} scenario=${scenario} run=${run} /></td>
  </tr>`;
}

/** @param {Api.ScenarioChange[]} changes */
const inShort = (changes) => changes.slice(0, 2).map(({ summary }) => summary).join("; ") + (changes.length > 2 ? `; ${changes.length - 2} more` : "");

/** @param {{ of: Api.Run | undefined, total: number }} props */
function LatestRun({ of: run, total }) {
  if (!run) return html`<span class="faint">not run yet</span>`;
  return html`<a href=${`/runs/${run.id}`}><${Status} of=${run.status} /></a>
    ${!isOver(run) && html`<${Progress} of=${run.progress} />`}
    ${total > 1 && html`<span class="faint">${many(total, "run")}</span>`}`;
}

/** @param {{ scenario: Api.Scenario, run: Api.Run | undefined }} props */
function NextStep({ scenario, run }) {
  const may = useMay("SCENARIOS");
  if (!may) return run ? html`<a class="button small" href=${`/runs/${run.id}`}>Outcome</a>` : null;
  return html`<a class="button small" href=${`/scenarios/${scenario.id}/edit`}>What if …</a>`;
}
