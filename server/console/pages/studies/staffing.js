// The plan that a staffing search found: what to decide by when, what it costs, and the scenario that carries it out.

import { useAction } from "../../actions.js";
import { DecisionCard, fragments } from "../../charts/index.js";
import { day, money, number, share } from "../../formats.js";
import { Asked } from "../../parts/chart.js";
import { Problems } from "../../parts/problems.js";
import { Notice } from "../../parts/states.js";
import { html } from "../../preact.js";
import { go } from "../../route.js";
import { useMay } from "../../viewer.js";

const STAFFING = `query StaffingOfStudy($study: ID!) { study(id: $study) { staffing { ...Plan document margin { mean } shortfall { binding nearestConfidence nearestCost }
  teams { id agents } plan { targets { team start heads } classes { team start heads until } } } } }
${fragments.PLAN}`;
const CREATE = /* GraphQL */ `mutation SavePlan($input: CreateScenarioInput!) { createScenario(input: $input) { scenario { id } userErrors { code message path } } }`;

/** @param {import("./answers.js").Props} props */
export const StaffingAnswer = ({ of: study, about }) => html`<${Asked} operation=${STAFFING} variables=${{ study: study.id }} what="Plan">${(/** @type {any} */ data, /** @type {any} */ source) =>
  html`<${Shown} of=${data.study.staffing} about=${about} source=${source} />`}<//>`;

/** @param {{ of: Api.StaffingAnswer, about: { currency: string, name: string }, source: any }} props */
const Shown = ({ of, about, source }) => html`<div class="stack">
  ${of.shortfall && html`<${Notice} kind="warn" title="No plan reaches that confidence">${of.shortfall.binding} The nearest has ${share(of.shortfall.nearestConfidence, 0)}${of.shortfall.nearestCost == null ? "" : ` and would cost ${money(of.shortfall.nearestCost, about.currency)}`}; it stands below.<//>`}
  <div class="panel"><${DecisionCard} outcomes=${{ decision: null, clauses: [], scaling: { teams: [] } }} plan=${of} about=${about} source=${source} /></div>
  <${Save} of=${of} name=${about.name} />
  ${of.plan && html`<div class="grid"><${Rows_} title="Heads to aim at" of=${of.plan.targets} columns=${["Team", "From", "Heads"]} /><${Rows_} title="Classes" of=${of.plan.classes} columns=${["Team", "First day", "Heads who start"]} /></div>`}
  ${of.teams.length > 0 && html`<section class="panel"><header><h2>Agents by the interval</h2></header><table><thead><tr><th scope="col">Team</th><th scope="col" class="number">Least</th><th scope="col" class="number">Most</th></tr></thead>
    <tbody>${of.teams.map(({ id, agents }) => html`<tr key=${id}><th scope="row">${id}</th><td class="number">${number(agents.reduce((a, b) => Math.min(a, b), Infinity))}</td><td class="number">${number(agents.reduce((a, b) => Math.max(a, b), 0))}</td></tr>`)}</tbody></table></section>`}</div>`;

/** @param {{ title: string, of: { team: string, start: string, heads: number }[], columns: string[] }} props */
const Rows_ = ({ title, of, columns }) => of.length > 0 && html`<section class="panel"><header><h2>${title}</h2></header><table><thead><tr>${columns.map((label, i) => html`<th scope="col" class=${i === 2 ? "number" : ""}>${label}</th>`)}</tr></thead>
  <tbody>${of.map(({ team, start, heads }) => html`<tr key=${team + start}><th scope="row">${team}</th><td>${day(start)}</td><td class="number">${number(heads)}</td></tr>`)}</tbody></table></section>`;

/** @param {{ of: Api.StaffingAnswer, name: string }} props */
function Save({ of, name }) {
  const { busy, problems, act } = useAction(CREATE);
  const may = useMay("SCENARIOS");
  const save = async () => {
    const payload = await act({ source: { document: of.document }, name: `${name}, staffed` });
    if (payload?.scenario) go(`/scenarios/${payload.scenario.id}`);
  };
  return may && html`<div class="panel"><div class="actions"><button class="first" disabled=${busy} onClick=${save}>Make a scenario of this plan</button><span class="soft">Then run it, and compare it with the plan as it was.</span></div><${Problems} of=${problems} /></div>`;
}
