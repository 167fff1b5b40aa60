// What becomes of a draft: a new scenario, a new version of this one, or a question where somebody else was quicker.

import { useAction } from "../../actions.js";
import { many } from "../../formats.js";
import { Dialog } from "../../parts/dialog.js";
import { Problems } from "../../parts/problems.js";
import { html, useState } from "../../preact.js";
import { go } from "../../route.js";
import { useMay } from "../../viewer.js";
import { inWords } from "./changes.js";

const CREATE = /* GraphQL */ `mutation SaveAsNew($input: CreateScenarioInput!) { createScenario(input: $input) { scenario { id name } userErrors { code message path } } }`;
const UPDATE = /* GraphQL */ `mutation SaveInPlace($input: UpdateScenarioInput!) { updateScenario(input: $input) { scenario { id version } userErrors { code message path } } }`;
const START = /* GraphQL */ `mutation RunAtOnce($input: StartRunInput!) { startRun(input: $input) { run { id } userErrors { code message path } } }`;

/** @typedef {import("./changes.js").Change} Change */
/** @typedef {{ scenario: Api.Scenario, changes: Change[], text: string | null, gone: boolean, valid: boolean, onSaved: (version: number) => void, onConflict: () => void }} Props */

/** @param {Props} props */
export function Saving({ scenario, changes, text, gone, valid, onSaved, onConflict }) {
  const [asked, setAsked] = useState(false);
  const update = useAction(UPDATE);
  const none = !changes.length && text === null;
  const save = async () => {
    const source = text === null ? null : { document: text };
    const payload = await update.act({ scenarioId: scenario.id, expectedVersion: scenario.version, changes, source, name: text === null ? null : undefined });
    if (payload?.userErrors.some((/** @type {Api.UserError} */ { code }) => code === "CONFLICT" || code === "NOT_FOUND")) return update.clear(), onConflict();
    if (payload?.scenario && !payload.userErrors.length) onSaved(payload.scenario.version);
  };
  return html`
    <button class="first" disabled=${(none && !gone) || !valid} onClick=${() => setAsked(true)}>Save as a new scenario</button>
    ${!gone && html`<button disabled=${none || !valid || update.busy || !!scenario.lock} title=${scenario.lock ? `It is locked as ${scenario.lock.label}` : ""} onClick=${save}>Save into this one</button>`}
    ${!valid && html`<span class="bad">Mend what is wrong first.</span>`}
    <${Problems} of=${update.problems} title="It was not saved" />
    ${asked && html`<${NewDialog} scenario=${scenario} changes=${changes} text=${text} gone=${gone} onClose=${() => setAsked(false)} />`}`;
}

/** @param {{ scenario: Api.Scenario, changes: Change[], text: string | null, gone: boolean, onClose: () => void }} props */
export function NewDialog({ scenario, changes, text, gone, onClose }) {
  const create = useAction(CREATE), start = useAction(START);
  const mayRun = useMay("RUNS");
  const last = scenario.runs.nodes.find(({ status }) => status === "SUCCEEDED");
  const experiment = last?.experiment ?? { replications: 100, seed: 1, precision: null };
  const save = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const given = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const source = text !== null || gone ? { document: text ?? scenario.document } : { scenarioId: scenario.id };
    const made = (await create.act({ source, changes, name: given.get("name") }))?.scenario;
    if (!made) return;
    if (!given.get("run")) return go(`/scenarios/${made.id}`);
    const run = (await start.act({ scenarioId: made.id, ...experiment }))?.run;
    go(run ? `/runs/${run.id}` : `/scenarios/${made.id}`);
  };
  return html`<${Dialog} title="Save as a new scenario" onClose=${onClose}><form class="stack" onSubmit=${save}>
    <label>Name <input name="name" required autofocus maxlength="200" style=${{ width: "100%" }} defaultValue=${nameOf(scenario, changes)} /></label>
    ${mayRun && html`<label><input type="checkbox" name="run" defaultChecked /> Run it at once: ${many(experiment.replications, "replication")}, seed ${experiment.seed}${last ? `, as ${scenario.name} was run, so that both meet the same luck` : ""}</label>`}
    <${Problems} of=${[...create.problems, ...start.problems]} title="It was not saved" />
    <div class="actions"><button type="button" onClick=${onClose}>Not now</button><button class="first" disabled=${create.busy || start.busy}>Save</button></div></form><//>`;
}

/** @param {Api.Scenario} scenario @param {Change[]} changes */
const nameOf = ({ name }, changes) => (changes.length ? `${name}, ${inWords(changes[changes.length - 1])}${changes.length > 1 ? ` and ${changes.length - 1} more` : ""}` : `${name}, changed`).slice(0, 200);
