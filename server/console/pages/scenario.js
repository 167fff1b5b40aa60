// One scenario: what it says in short, where it comes from, what was run of it.

import { useAction } from "../actions.js";
import { useAnswer } from "../answers.js";
import { ago, day, done, many, number, share, threshold, words } from "../formats.js";
import { Dialog } from "../parts/dialog.js";
import { Chance, Progress, Status, isOver } from "../parts/marks.js";
import { Problems } from "../parts/problems.js";
import { RunButton } from "../parts/run_form.js";
import { Answered, Empty, Gone } from "../parts/states.js";
import { Head } from "../parts/title.js";
import { html, useState } from "../preact.js";
import { go } from "../route.js";
import { useMay } from "../viewer.js";

const SCENARIO = /* GraphQL */ `query Scenario($id: ID!) { scenario(id: $id) {
  id name version createdAt updatedAt lock { label lockedAt lockedBy } document
  base { id name base { id name base { id name base { id name } } } } changes { path summary }
  forks(first: 50) { totalCount nodes { id name changes { summary } } } notes { path message }
  runs(first: 20) { totalCount nodes { id status createdAt scenarioVersion progress { completed total } experiment { replications seed }
    outcomes { allMet { mean confidenceInterval { lower upper } } } } }
  definition { start weeks days timezone intervalMinutes currency
    queues { id name channel demand { weeklyVolume shareOf share } handling { meanSeconds } target { thresholdSeconds share } turnaround { targetHours due share } }
    vendors { id name kind teams { id site skills { queue } staffing { agents } workforce { headcount classes { size } } policies { kind } }
      contracts { client slas { id metric queue target window } } }
    events { kind } transitions { to } } } }`;
const DELETE = /* GraphQL */ `mutation DeleteScenario($input: DeleteScenarioInput!) { deleteScenario(input: $input) { scenarioId userErrors { code message path } } }`;
const RENAME = /* GraphQL */ `mutation RenameScenario($input: UpdateScenarioInput!) { updateScenario(input: $input) { scenario { id name } userErrors { code message path } } }`;
const LOCK = /* GraphQL */ `mutation LockScenario($input: LockScenarioInput!) { lockScenario(input: $input) { scenario { id } userErrors { code message path } } }`;

/** @param {{ id: string }} props */
export function ScenarioPage({ id }) {
  const answer = useAnswer(SCENARIO, { id }, { every: 20 });
  return html`<${Answered} answer=${answer} what="Scenario">${(/** @type {{ scenario: Api.Scenario | null }} */ { scenario }) =>
    scenario ? html`<${Shown} of=${scenario} again=${answer.again} />`
      : html`<${Head} title="Scenario" /><${Gone} what="scenario" list="Scenarios" to="/" />`}<//>`;
}

/** @param {{ of: Api.Scenario, again: () => void }} props */
function Shown({ of: scenario, again }) {
  const { definition, runs } = scenario;
  return html`
    <${Head} title=${scenario.name} crumbs=${html`<a href="/">Scenarios</a> / <${Ancestors} of=${scenario.base} />${scenario.name}`}
      actions=${html`<${Actions} of=${scenario} again=${again} />`}>
      ${horizon(definition)} Version ${scenario.version}, saved ${ago(scenario.updatedAt ?? scenario.createdAt)}.
      ${scenario.lock && html` <span class="tag accent" title=${`${done(scenario.lock.lockedAt)}, your time`}>locked as ${scenario.lock.label}</span>`}<//>
    <div class="columns">
      <div class="stack">
        <${Runs} of=${runs} scenario=${scenario} />
        <${Queues} of=${definition} />
        <${Vendors} of=${definition} />
      </div>
      <div class="stack">
        ${scenario.base && html`<${Changes} of=${scenario} />`}
        <${Lineage} of=${scenario} />
        <${Notes} of=${scenario.notes} />
      </div>
    </div>`;
}

/** @param {Api.ScenarioDefinition} definition */
function horizon({ start, weeks, days, timezone, intervalMinutes }) {
  const length = weeks ? many(weeks, "week") : many(days ?? 0, "day");
  return `${length} from ${day(start)}, times in ${timezone}, by ${intervalMinutes} minutes.`;
}

/** @param {{ of: Api.Scenario | null }} props */
const Ancestors = ({ of }) => of && html`<${Ancestors} of=${of.base} /><a href=${`/scenarios/${of.id}`}>${of.name}</a> / `;

/** @param {{ of: Api.Scenario, again: () => void }} props */
function Actions({ of: scenario, again }) {
  const [asked, setAsked] = useState(/** @type {null | "delete" | "lock" | "rename"} */ (null));
  const may = useMay("SCENARIOS"), mayRun = useMay("RUNS");
  const close = () => setAsked(null);
  return html`
    ${may && html`<a class="button" href=${`/scenarios/${scenario.id}/edit`}>What if …</a>`}
    ${mayRun && html`<a class="button" href=${`/studies/new?scenario=${scenario.id}`}>Study …</a>
      <${RunButton} scenario=${scenario} />`}
    <a class="button" download=${`${scenario.name}.yaml`} href=${`data:text/yaml;charset=utf-8,${encodeURIComponent(scenario.document)}`}>Document</a>
    ${may && !scenario.lock && html`<button class="plain" onClick=${() => setAsked("rename")}>Rename</button><button class="plain" onClick=${() => setAsked("lock")}>Lock</button>
      <button class="plain danger" onClick=${() => setAsked("delete")}>Delete</button>`}
    ${asked === "delete" && html`<${DeleteDialog} of=${scenario} onClose=${close} />`}
    ${asked === "rename" && html`<${LineDialog} title="Rename it" label="Name" value=${scenario.name} mutation=${RENAME} field="name" of=${scenario} onClose=${() => { close(); again(); }} />`}
    ${asked === "lock" && html`<${LineDialog} title="Lock it" label="What it stands for" value="" mutation=${LOCK} field="label" of=${scenario} onClose=${() => { close(); again(); }}>
      A locked scenario is neither changed nor deleted any more; others can be made from it. “Budget 2027”, say.<//>`}`;
}

/** @param {{ of: Api.Scenario, onClose: () => void }} props */
function DeleteDialog({ of: scenario, onClose }) {
  const { busy, problems, act } = useAction(DELETE);
  const remove = async () => {
    const payload = await act({ scenarioId: scenario.id, withRuns: true });
    if (payload?.scenarioId) go("/");
  };
  return html`<${Dialog} title=${`Delete ${scenario.name}?`} onClose=${onClose}
    actions=${html`<button onClick=${onClose} autofocus>Keep it</button><button class="danger" disabled=${busy} onClick=${remove}>Delete</button>`}>
    <p>${scenario.runs.totalCount ? `Its ${many(scenario.runs.totalCount, "run")} and their outcomes go with it.` : "It has no runs."} Scenarios made from it stay. There is no way back.</p>
    <${Problems} of=${problems} title="It was not deleted" /><//>`;
}

/** Asks for one line. @param {{ title: string, label: string, value: string, mutation: string, field: string, of: Api.Scenario, onClose: () => void, children?: any }} props */
function LineDialog({ title, label, value, mutation, field, of: scenario, onClose, children }) {
  const { busy, problems, act } = useAction(mutation);
  const send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const line = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("line"));
    const payload = await act({ scenarioId: scenario.id, expectedVersion: scenario.version, [field]: line });
    if (payload?.scenario && !payload.userErrors.length) onClose();
  };
  return html`<${Dialog} title=${title} onClose=${onClose}><form class="stack" onSubmit=${send}>
    ${children && html`<p>${children}</p>`}
    <label>${label} <input name="line" required maxlength="200" defaultValue=${value} autofocus style=${{ width: "100%" }} /></label>
    <${Problems} of=${problems} title="It was refused" />
    <div class="actions"><button type="button" onClick=${onClose}>Not now</button><button class="first" disabled=${busy}>${title}</button></div></form><//>`;
}

/** @param {{ of: Api.RunConnection, scenario: Api.Scenario }} props */
function Runs({ of, scenario }) {
  const mayRun = useMay("RUNS");
  return html`<section class="panel"><header><h2>Runs</h2>${of.totalCount > 0 && html`<p>${many(of.totalCount, "run")}</p>`}</header>
    ${of.nodes.length ? html`<div class="scroll"><table><thead><tr><th scope="col">Run</th><th scope="col">Started</th><th scope="col" class="number">Replications</th>
      <th scope="col" class="number">Version</th><th scope="col" class="number">All promises met</th></tr></thead>
      <tbody>${of.nodes.map((run) => html`<tr key=${run.id}>
        <th scope="row"><a href=${`/runs/${run.id}`}><${Status} of=${run.status} /></a>${!isOver(run) && html`<${Progress} of=${run.progress} />`}</th>
        <td title=${`${done(run.createdAt)}, your time`}>${ago(run.createdAt)}</td><td class="number">${number(run.progress.completed)}</td>
        <td class="number">${run.scenarioVersion ?? "–"}${run.scenarioVersion !== scenario.version ? " (older)" : ""}</td>
        <td class="number">${run.outcomes ? html`<${Chance} of=${run.outcomes.allMet} />` : "–"}</td></tr>`)}</tbody></table></div>`
      : html`<${Empty} title="Not run yet" actions=${mayRun && html`<${RunButton} scenario=${scenario} />`}>A run simulates the plan many times over, and says how sure it is of what comes out.<//>`}
  </section>`;
}

/** @param {{ of: Api.ScenarioDefinition }} props */
const Queues = ({ of: { queues } }) => html`<section class="panel"><header><h2>Queues</h2></header><div class="scroll"><table>
  <thead><tr><th scope="col">Queue</th><th scope="col">Channel</th><th scope="col" class="number">Contacts a week</th><th scope="col" class="number">Handling</th><th scope="col">Target</th></tr></thead>
  <tbody>${queues.map((queue) => html`<tr key=${queue.id}><th scope="row">${queue.name || queue.id} <span class="faint">${queue.id}</span></th><td>${words(queue.channel)}</td>
    <td class="number">${volume(queue.demand)}</td><td class="number">${queue.handling.meanSeconds == null ? "by values" : `${number(queue.handling.meanSeconds)} s`}</td>
    <td>${goal(queue)}</td></tr>`)}</tbody></table></div></section>`;

/** @param {Api.Demand} demand */
const volume = ({ weeklyVolume, shareOf, share: part }) => weeklyVolume != null ? number(weeklyVolume) : shareOf ? `${share(part, 0)} of ${shareOf}` : "by dates";

/** @param {Api.Queue} queue */
const goal = ({ target, turnaround }) => turnaround
  ? `${share(turnaround.share, 0)} within ${turnaround.targetHours ? threshold(3600 * turnaround.targetHours) : turnaround.due}`
  : `${share(target.share, 0)} within ${threshold(target.thresholdSeconds)}`;

/** @param {{ of: Api.ScenarioDefinition }} props */
const Vendors = ({ of: { vendors } }) => html`<section class="panel"><header><h2>Vendors and teams</h2></header><div class="scroll"><table>
  <thead><tr><th scope="col">Team</th><th scope="col">Vendor</th><th scope="col">Site</th><th scope="col">Serves</th><th scope="col" class="number">People at the start</th><th scope="col" class="number">Classes to come</th></tr></thead>
  <tbody>${vendors.flatMap((vendor) => vendor.teams.map((team) => html`<tr key=${team.id}><th scope="row">${team.id}</th>
    <td>${vendor.name || vendor.id} ${vendor.kind === "IN_HOUSE" && html`<span class="tag">in-house</span>`}</td><td>${team.site}</td>
    <td>${team.skills.map(({ queue }) => queue).join(", ")}</td><td class="number">${people(team)}</td>
    <td class="number">${team.workforce?.classes.length || "–"}</td></tr>`))}</tbody></table></div>
  ${vendors.some(({ contracts }) => contracts.some(({ slas }) => slas.length)) && html`<h3 style=${{ margin: "14px 0 4px" }}>What is promised</h3>
    <ul class="list">${vendors.flatMap((vendor) => vendor.contracts.flatMap(({ slas }) => slas.map((clause) => html`<li key=${vendor.id + clause.id}>
      <strong>${clause.id}</strong> <span class="soft">${vendor.name || vendor.id}: ${words(clause.metric)}${clause.queue ? ` of ${clause.queue}` : ""}, ${clause.target <= 1 ? share(clause.target, 0) : number(clause.target)} by ${words(clause.window)}</span></li>`)))}</ul>`}
</section>`;

/** @param {Api.Team} team */
const people = ({ staffing, workforce }) => workforce ? many(workforce.headcount, "head") : staffing ? `up to ${many(Math.max(...staffing.agents), "agent")}` : "as required";

/** @param {{ of: Api.Scenario }} props */
const Changes = ({ of: { base, changes } }) => html`<section class="panel"><header><h2>Changed against ${base?.name}</h2></header>
  ${changes.length ? html`<ul class="list">${changes.map(({ path, summary }) => html`<li key=${path + summary}>${summary}<br /><code class="faint">${path}</code></li>`)}</ul>`
    : html`<p class="soft">Nothing: it is a copy.</p>`}</section>`;

/** @param {{ of: Api.Scenario }} props */
function Lineage({ of: scenario }) {
  const { base, forks } = scenario;
  if (!base && !forks.totalCount) return null;
  return html`<section class="panel"><header><h2>Lineage</h2></header>
    <ul class="list">
      ${base && html`<li><span class="faint">made from</span> <a href=${`/scenarios/${base.id}`}>${base.name}</a></li>`}
      <li><strong>${scenario.name}</strong></li>
      ${forks.nodes.map((fork) => html`<li key=${fork.id} style=${{ paddingLeft: "18px" }}><span aria-hidden="true">↳</span> <a href=${`/scenarios/${fork.id}`}>${fork.name}</a>
        <span class="faint" style=${{ display: "block" }}>${fork.changes.map(({ summary }) => summary).join("; ")}</span></li>`)}
    </ul>
    ${forks.totalCount > forks.nodes.length && html`<p class="faint">${forks.totalCount - forks.nodes.length} more</p>`}</section>`;
}

/** @param {{ of: Api.ScenarioNote[] }} props */
const Notes = ({ of }) => of.length > 0 && html`<section class="panel"><header><h2>Notes</h2></header>
  <ul class="list">${of.map(({ path, message }) => html`<li key=${path + message}><code>${path}</code> ${message}</li>`)}</ul></section>`;
