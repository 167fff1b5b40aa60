// A new study: which question, about which scenario, how finely.

import { useAction } from "../../actions.js";
import { useAnswer } from "../../answers.js";
import { Problems } from "../../parts/problems.js";
import { Answered, Empty } from "../../parts/states.js";
import { Head } from "../../parts/title.js";
import { html } from "../../preact.js";
import { choose, go } from "../../route.js";
import { KINDS } from "./kinds.js";
import { axesOf, SweepFields } from "./sweep_fields.js";

const SCENARIOS = /* GraphQL */ `query StudiedScenarios { scenarios(first: 100) { nodes { id name } } }`;
const BASE = /* GraphQL */ `query StudyBase($id: ID!) { scenario(id: $id) { id name definition { currency queues { id name } vendors { id name teams { id } } } runs(first: 1) { nodes { experiment { seed } } } } }`;

/** What starts each kind. @type {Record<string, string>} */
const STARTS = {
  SWEEP: /* GraphQL */ `mutation StartSweep($input: StartSweepInput!) { startSweep(input: $input) { study { id } userErrors { code message path } } }`,
  SENSITIVITY: /* GraphQL */ `mutation StartSensitivity($input: StartSensitivityInput!) { startSensitivity(input: $input) { study { id } userErrors { code message path } } }`,
  LIMIT_SEARCH: /* GraphQL */ `mutation StartLimitSearch($input: StartLimitSearchInput!) { startLimitSearch(input: $input) { study { id } userErrors { code message path } } }`,
  STAFFING_SEARCH: /* GraphQL */ `mutation StartStaffingSearch($input: StartStaffingSearchInput!) { startStaffingSearch(input: $input) { study { id } userErrors { code message path } } }`,
  READINESS: /* GraphQL */ `mutation StartReadiness($input: StartReadinessInput!) { startReadiness(input: $input) { study { id } userErrors { code message path } } }`,
  STRESS_TESTS: /* GraphQL */ `mutation StartStressTests($input: StartStressTestsInput!) { startStressTests(input: $input) { study { id } userErrors { code message path } } }`,
};

/** @param {{ query: URLSearchParams }} props */
export function NewStudyPage({ query }) {
  const kind = query.get("kind") ?? "SWEEP";
  const scenarios = useAnswer(SCENARIOS);
  return html`<${Head} title="New study" crumbs=${html`<a href="/studies">Studies</a> / New`}>Every point of a study meets the same luck as the others.<//>
    <div class="stack"><div class="tiles kinds" role="group" aria-label="Question">${Object.keys(STARTS).map((key) => html`<button key=${key} class="tile" aria-pressed=${key === kind} onClick=${() => choose({ kind: key })}>
        <strong>${KINDS[key].name}</strong><span class="note">${KINDS[key].asks}</span></button>`)}</div>
      <${Answered} answer=${scenarios} what="Scenarios">${(/** @type {{ scenarios: Api.ScenarioConnection }} */ { scenarios: { nodes } }) => nodes.length
        ? html`<${Form} key=${kind} kind=${kind} scenarios=${nodes} chosen=${query.get("scenario") ?? nodes[0].id} />`
        : html`<div class="panel"><${Empty} title="No scenarios yet" actions=${html`<a class="button first" href="/presets">Choose a preset</a>`}>A study needs a scenario to be about.<//></div>`}<//></div>`;
}

/** @param {{ kind: string, scenarios: Api.Scenario[], chosen: string }} props */
function Form({ kind, scenarios, chosen }) {
  const answer = useAnswer(BASE, { id: chosen });
  const { busy, problems, act } = useAction(STARTS[kind]);
  const start = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const given = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const payload = await act({ base: { scenarioId: chosen }, replications: Number(given.get("replications")), seed: Number(given.get("seed")), ...PARAMETERS[kind](given) });
    if (payload?.study) go(`/studies/${payload.study.id}`);
  };
  return html`<form class="panel stack" onSubmit=${start}><header><h2>${KINDS[kind].name}</h2><p>${KINDS[kind].asks}</p></header>
    <label class="choice">Scenario <select onChange=${(/** @type {any} */ event) => choose({ scenario: event.target.value })}>${scenarios.map(({ id, name }) => html`<option key=${id} value=${id} selected=${id === chosen}>${name}</option>`)}</select></label>
    <${Answered} answer=${answer} what="Scenario">${(/** @type {{ scenario: Api.Scenario | null }} */ { scenario }) => scenario && html`<div class="stack">
      <${FIELDS[kind]} scenario=${scenario} />
      <div class="fields"><${Number_} name="replications" label="Replications of each point, at most" value=${kind === "LIMIT_SEARCH" ? 40 : kind === "STAFFING_SEARCH" ? 100 : 30} /><${Number_} name="seed" label="Seed" value=${scenario.runs.nodes[0]?.experiment.seed ?? 1} /></div></div>`}<//>
    <${Problems} of=${problems} title="It was not started" />
    <div class="actions"><button class="first" disabled=${busy}>Start the study</button></div></form>`;
}

/** @param {{ name: string, label: string, value: number | string, step?: string, unit?: string, required?: boolean }} props */
export const Number_ = ({ name, label, value, step = "any", unit = "", required = true }) => html`<div class="field"><label for=${name}>${label}</label>
  <div class="entry"><input id=${name} name=${name} type="number" step=${step} defaultValue=${value} required=${required} /><span class="unit">${unit}</span></div></div>`;

/** What each kind asks for besides. @type {Record<string, any>} */
const FIELDS = {
  SWEEP: SweepFields,
  SENSITIVITY: () => html`<div class="fields"><${Number_} name="step" label="One step either way" value=${10} unit="%" /><${Number_} name="weeks" label="Late hiring by" value=${2} unit="weeks" /></div>`,
  LIMIT_SEARCH: () => html`<div class="fields"><div class="field"><label for="vary">What grows</label><div class="entry"><select id="vary" name="vary">
      <option value="DEMAND">Contacts</option><option value="HANDLING">Handling time</option><option value="ATTRITION">Attrition</option><option value="ABSENCE">Absence</option><option value="LATENESS">Weeks by which hiring is late</option></select></div></div>
    <${Number_} name="until" label="The plan holds in at least" value=${90} unit="% of courses" /></div>`,
  STAFFING_SEARCH: (/** @type {{ scenario: Api.Scenario }} */ { scenario }) => html`<div class="fields"><${Number_} name="confidence" label="Every promise is met with" value=${80} unit="% at least" />
    <div class="field"><label for="objective">At the</label><div class="entry"><select id="objective" name="objective"><option value="CLIENT_COST">least cost of the client</option>
      ${scenario.definition.vendors.map(({ id, name }) => html`<option key=${id} value=${`VENDOR_MARGIN ${id}`}>highest margin of ${name || id}</option>`)}</select></div></div>
    <${Number_} name="budget" label="Budget at most, or empty" value="" unit=${scenario.definition.currency} required=${false} /></div>`,
  READINESS: () => html`<div class="fields"><${Number_} name="ready" label="Each step is ready with" value=${80} unit="% at least" /></div>`,
  STRESS_TESTS: () => html`<p class="soft">The whole library: more volume, late hiring, the loss of a site, a mass absence, longer handling. Tests that do not apply are told.</p>`,
};

/** What each kind sends besides. @type {Record<string, (given: FormData) => Record<string, unknown>>} */
const PARAMETERS = {
  SWEEP: (given) => ({ axes: axesOf(given) }),
  SENSITIVITY: (given) => ({ step: Number(given.get("step")) / 100, weeks: Number(given.get("weeks")) }),
  LIMIT_SEARCH: (given) => ({ vary: given.get("vary"), until: Number(given.get("until")) / 100 }),
  STAFFING_SEARCH: (given) => {
    const [objective, vendor] = String(given.get("objective")).split(" ");
    return { confidence: Number(given.get("confidence")) / 100, objective, vendor: vendor ?? null, budget: given.get("budget") ? Number(given.get("budget")) : null };
  },
  READINESS: (given) => ({ confidence: Number(given.get("ready")) / 100 }),
  STRESS_TESTS: () => ({}),
};
