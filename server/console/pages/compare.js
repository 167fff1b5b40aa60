// Runs held against one of them: what differs in the plans, and what comes of it.

import { useAction } from "../actions.js";
import { useAnswer } from "../answers.js";
import { Comparison, operations } from "../charts/index.js";
import { ago, money, share, shares, signed } from "../formats.js";
import { Asked } from "../parts/chart.js";
import { Chance } from "../parts/marks.js";
import { Problems } from "../parts/problems.js";
import { Answered, Empty, Gone, Notice } from "../parts/states.js";
import { Head } from "../parts/title.js";
import { html } from "../preact.js";
import { choose, go } from "../route.js";
import { useMay } from "../viewer.js";

const CHOOSABLE = /* GraphQL */ `query Choosable { runs(first: 100, statuses: [SUCCEEDED]) { nodes { id createdAt scenario { id name } experiment { replications seed } } } }`;
const BESIDE = /* GraphQL */ `query Beside($id: ID!) { run(id: $id) { id createdAt progress { completed } scenario { id name definition { timezone currency queues { id name target { share } turnaround { share } } } } experiment { seed }
  outcomes { allMet { mean confidenceInterval { lower upper } } cost { total { mean } } queues { id total { serviceLevel { mean } turnaroundMet { mean } } } } } }`;
const PLANS = /* GraphQL */ `query ComparedPlans($baseline: ID!, $runs: [ID!]!) { compareRuns(baselineRunId: $baseline, runIds: $runs) { candidates { run { id scenario { name } } scenarioDifferences { path summary } } } }`;
const EXPLAIN = /* GraphQL */ `mutation Explain($input: ExplainDifferenceInput!) { explainDifference(input: $input) { study { id } userErrors { code message path } } }`;

/** @param {{ query: URLSearchParams }} props */
export function ComparePage({ query }) {
  const baseline = query.get("baseline") ?? "", runs = (query.get("runs") ?? "").split(",").filter(Boolean);
  return html`<${Head} title="Compare">Runs of one seed met the same luck, replication by replication, so that what differs is the plan's.<//>
    <div class="stack"><${Chooser} baseline=${baseline} runs=${runs} />
    ${baseline && runs.length ? html`<${Compared} key=${baseline + runs.join()} baseline=${baseline} runs=${runs} />`
      : html`<div class="panel"><${Empty} title=${baseline ? "Against which run?" : "Which runs?"} actions=${html`<a class="button first" href="/runs">Choose among all runs</a>`}>
          Choose a baseline and at least one other run above. No second run yet? Open a scenario, choose “What if …”, move a slider and save it as a new scenario: it is run at once.<//></div>`}</div>`;
}

/** @param {{ baseline: string, runs: string[] }} props */
function Chooser({ baseline, runs }) {
  const answer = useAnswer(CHOOSABLE);
  return html`<div class="panel"><${Answered} answer=${answer} what="Runs">${(/** @type {{ runs: Api.RunConnection }} */ { runs: { nodes } }) => html`<div class="actions">
    <${RunChoice} label="Baseline" of=${nodes} value=${baseline} onChoose=${(/** @type {string} */ id) => choose({ baseline: id, runs: runs.filter((other) => other !== id).join(",") }, {})} />
    ${runs.map((run, i) => html`<${RunChoice} key=${run} label=${i ? "and" : "against"} of=${nodes} value=${run} onChoose=${(/** @type {string} */ id) => choose({ runs: (id ? runs.with(i, id) : runs.toSpliced(i, 1)).join(",") }, {})} />`)}
    <${RunChoice} label=${runs.length ? "and" : "against"} of=${nodes.filter(({ id }) => id !== baseline && !runs.includes(id))} value="" onChoose=${(/** @type {string} */ id) => id && choose({ runs: [...runs, id].join(",") }, {})} /></div>`}<//></div>`;
}

/** @param {{ label: string, of: Api.Run[], value: string, onChoose: (id: string) => void }} props */
const RunChoice = ({ label, of, value, onChoose }) => html`<label class="choice">${label}<select onChange=${(/** @type {any} */ event) => onChoose(event.target.value)}>
  <option value="">${value ? "none" : "choose a run"}</option>${of.map((run) => html`<option key=${run.id} value=${run.id} selected=${run.id === value}>${run.scenario.name}, seed ${run.experiment.seed}, ${run.experiment.replications} replications, ${ago(run.createdAt)}</option>`)}</select></label>`;

/** @param {{ baseline: string, runs: string[] }} props */
function Compared({ baseline, runs }) {
  const answer = useAnswer(BESIDE, { id: baseline });
  return html`<${Answered} answer=${answer} what="Baseline">${(/** @type {{ run: Api.Run | null }} */ { run }) => run === null ? html`<${Gone} what="run" list="Runs" to="/runs" />` : html`
    <div class="panel"><header><h2>Side by side</h2><p>baseline: ${run.scenario.name}</p></header><div class="scroll"><table><thead><${Heading} of=${run} /></thead><tbody><${Row} of=${run} against=${run} />
      ${runs.map((id) => html`<${Other} key=${id} id=${id} against=${run} />`)}</tbody></table></div></div>
    <${Plans} baseline=${baseline} runs=${runs} />
    <div class="panel"><${Asked} operation=${operations.comparison} variables=${{ baseline, runs }} what="Comparison">${(/** @type {any} */ { compareRuns: { candidates, userErrors } }, /** @type {any} */ source) => html`
      <${Problems} of=${userErrors} title="They cannot be compared" />
      ${candidates.some((/** @type {Api.ComparedRun} */ { paired }) => !paired) && html`<${Notice} kind="warn" title="Not the same luck">These runs have other seeds or engines: differences are known less well than in pairs. Run both with one seed to see more.<//>`}
      ${candidates.length > 0 && html`<${Comparison} candidates=${candidates} source=${source} about=${{ zone: run.scenario.definition.timezone, currency: run.scenario.definition.currency, replications: run.progress.completed, name: run.scenario.name }} />`}`}<//></div>
    ${runs.map((id) => html`<${Explain} key=${id} baseline=${baseline} run=${id} several=${runs.length > 1} />`)}`}<//>`;
}

/** What differs in the plans themselves. @param {{ baseline: string, runs: string[] }} props */
function Plans({ baseline, runs }) {
  const { data } = useAnswer(PLANS, { baseline, runs });
  return data?.compareRuns.candidates.map((/** @type {Api.ComparedRun} */ { run, scenarioDifferences: told }) => html`<section class="panel" key=${run.id}>
    <header><h2>What differs in the plan: ${run.scenario.name}</h2><p>${told.length ? "" : "nothing"}</p></header>
    ${told.length > 0 && html`<ul class="list">${told.slice(0, 30).map(({ path, summary }) => html`<li key=${path}>${summary}</li>`)}${told.length > 30 && html`<li>${told.length - 30} more</li>`}</ul>`}</section>`);
}

/** @param {{ of: Api.Run }} props */
const Heading = ({ of }) => html`<tr><th scope="col">Run</th><th scope="col" class="number">All promises met</th><th scope="col" class="number">95 % sure</th><th scope="col" class="number">Cost</th><th scope="col" class="number">Difference</th>
  ${of.scenario.definition.queues.map(({ id, name }) => html`<th scope="col" class="number" key=${id}>${name || id}</th>`)}</tr>`;

/** @param {{ id: string, against: Api.Run }} props */
function Other({ id, against }) {
  const { data } = useAnswer(BESIDE, { id });
  return data?.run ? html`<${Row} of=${data.run} against=${against} />` : null;
}

/** @param {{ of: Api.Run, against: Api.Run }} props */
function Row({ of: run, against }) {
  const outcomes = /** @type {Api.Outcomes} */ (run.outcomes), { currency, queues } = against.scenario.definition;
  const cost = outcomes.cost?.total?.mean, before = against.outcomes?.cost?.total?.mean;
  const levels = new Map(outcomes.queues.map(({ id, total }) => [id, total.turnaroundMet?.mean ?? total.serviceLevel?.mean]));
  return html`<tr><th scope="row"><a href=${`/runs/${run.id}`}>${run.scenario.name}</a> ${run.id === against.id && html`<span class="tag accent">baseline</span>`}</th>
    <td class="number"><${Chance} of=${outcomes.allMet} /></td><td class="number">${shares(outcomes.allMet?.confidenceInterval)}</td><td class="number">${money(cost, currency)}</td>
    <td class="number">${run.id === against.id || cost == null || before == null ? "–" : signed(cost - before, (x) => money(x))}</td>
    ${queues.map(({ id, target, turnaround }) => html`<td key=${id} class=${`number ${(levels.get(id) ?? 1) < (turnaround?.share ?? target.share) ? "bad" : ""}`}>${share(levels.get(id))}</td>`)}</tr>`;
}

/** @param {{ baseline: string, run: string, several: boolean }} props */
function Explain({ baseline, run, several }) {
  const { busy, problems, act } = useAction(EXPLAIN);
  const may = useMay("RUNS");
  const { data } = useAnswer(several ? BESIDE : null, { id: run });
  const explain = async () => {
    const payload = await act({ baselineRunId: baseline, runId: run });
    if (payload?.study) go(`/studies/${payload.study.id}`);
  };
  return may && html`<div class="panel"><header><h2>Why${several && data?.run ? `: ${data.run.scenario.name}` : ""}</h2></header><div class="actions"><button disabled=${busy} onClick=${explain}>Explain the difference</button>
    <span class="soft">Swaps demand, handling, people and so on one after another, on the same draws, until one plan has become the other.</span></div><${Problems} of=${problems} /></div>`;
}
