// A new request: which scenario's work, until when, and how proposals are simulated.

import { useAction } from "../../actions.js";
import { useAnswer } from "../../answers.js";
import { Problems } from "../../parts/problems.js";
import { Answered, Empty } from "../../parts/states.js";
import { Head } from "../../parts/title.js";
import { html } from "../../preact.js";
import { choose, go } from "../../route.js";

const SCENARIOS = /* GraphQL */ `query ScenariosToPutOut { scenarios(first: 100) { nodes { id name definition { queues { id name } } } } }`;
const CREATE = /* GraphQL */ `mutation CreateRequest($input: CreateRequestInput!) { createRequest(input: $input) { request { id } userErrors { code message path } } }`;
const DAY = 86_400_000;

/** @param {{ query: URLSearchParams }} props */
export function NewRequestPage({ query }) {
  const answer = useAnswer(SCENARIOS);
  return html`<${Head} title="New request" crumbs=${html`<a href="/requests">Requests</a> / New`}>Vendors see demand, targets and terms; of your own people, costs and other vendors nothing.<//>
    <${Answered} answer=${answer} what="Scenarios">${(/** @type {{ scenarios: Api.ScenarioConnection }} */ { scenarios: { nodes } }) => nodes.length
      ? html`<${Form} scenarios=${nodes} scenario=${nodes.find(({ id }) => id === query.get("scenario")) ?? nodes[0]} />`
      : html`<div class="panel"><${Empty} title="No scenarios yet" actions=${html`<a class="button first" href="/presets">Choose a preset</a>`}>A request puts the work of a scenario out.<//></div>`}<//>`;
}

/** @param {{ scenarios: Api.Scenario[], scenario: Api.Scenario }} props */
function Form({ scenarios, scenario }) {
  const { busy, problems, act } = useAction(CREATE);
  const create = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const given = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const queues = given.getAll("queue");
    const payload = await act({ scenarioId: scenario.id, name: given.get("name") || null, closesAt: new Date(String(given.get("closes"))).toISOString(),
      replications: Number(given.get("replications")), sealed: given.get("sealed") !== null, queues: queues.length ? queues : null });
    if (payload?.request) go(`/requests/${payload.request.id}`);
  };
  return html`<form class="panel stack" onSubmit=${create}><div class="fields">
      <div class="field"><label for="scenario">Work of</label><div class="entry"><select id="scenario" onChange=${(/** @type {any} */ event) => choose({ scenario: event.target.value })}>
        ${scenarios.map(({ id, name }) => html`<option key=${id} value=${id} selected=${id === scenario.id}>${name}</option>`)}</select></div></div>
      <div class="field"><label for="name">Name</label><div class="entry"><input id="name" class="text" name="name" placeholder=${scenario.name} maxlength="200" /></div></div>
      <div class="field"><label for="closes">Answers until, your time</label><div class="entry"><input id="closes" class="text" type="datetime-local" name="closes" required defaultValue=${local(Date.now() + 14 * DAY)} /></div></div>
      <div class="field"><label for="replications">Each proposal is simulated</label><div class="entry"><input id="replications" type="number" name="replications" min="1" max="100000" defaultValue="100" required /><span class="unit">times</span></div></div></div>
    <fieldset><legend>Queues</legend><p class="faint">None ticked: those that an outsourced vendor serves, else all.</p><div class="actions">${scenario.definition.queues.map(({ id, name }) => html`<label key=${id} class="choice"><input type="checkbox" name="queue" value=${id} /> ${name || id}</label>`)}</div></fieldset>
    <label class="choice"><input type="checkbox" name="sealed" defaultChecked /> Sealed: what vendors offer stays closed until the request closes</label>
    <${Problems} of=${problems} title="It was not put out" />
    <div class="actions"><button class="first" disabled=${busy}>Put it out</button><span class="soft">Then invite vendors.</span></div></form>`;
}

/** As an input of date and time wants it. @param {number} time */
export const local = (time) => new Date(time - 60_000 * new Date(time).getTimezoneOffset()).toISOString().slice(0, 16);
