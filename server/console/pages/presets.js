// Ready scenarios: a new one begins as one of them, or as a document.

import { useAction } from "../actions.js";
import { useAnswer } from "../answers.js";
import { Problems } from "../parts/problems.js";
import { Answered, Notice } from "../parts/states.js";
import { Head } from "../parts/title.js";
import { html, useState } from "../preact.js";
import { go } from "../route.js";
import { useMay } from "../viewer.js";

const PRESETS = /* GraphQL */ `query Presets { presets(first: 50) { nodes { id name summary } } }`;
const CREATE = /* GraphQL */ `mutation CreateScenario($input: CreateScenarioInput!) {
  createScenario(input: $input) { scenario { id } userErrors { code message path } } }`;

export function PresetsPage() {
  const answer = useAnswer(PRESETS);
  const making = useMaking();
  return html`
    <${Head} title="New scenario">Begin with the preset that is most like your operation: every number in it has its source or is marked
      as assumed, and all of it can be changed.<//>
    <div class="stack">
    ${making.problems.length > 0 && html`<div class="panel"><${Problems} of=${making.problems} title="It was not made" /></div>`}
    <${Answered} answer=${answer} what="Presets">${(/** @type {any} */ { presets }) => html`<div class="grid">
      ${presets.nodes.map((/** @type {Api.Preset} */ preset) => html`<${PresetCard} key=${preset.id} of=${preset} making=${making} />`)}</div>`}<//>
    <${OwnDocument} making=${making} />
    </div>`;
}

/** @typedef {{ busy: boolean, problems: import("../parts/problems.js").Problem[], make: (source: object) => Promise<void> }} Making */

/** @returns {Making} */
function useMaking() {
  const { busy, problems, act } = useAction(CREATE);
  const make = async (/** @type {object} */ source) => {
    const payload = await act({ source });
    if (payload?.scenario) go(`/scenarios/${payload.scenario.id}`);
  };
  return { busy, problems, make };
}

/** @param {{ of: Api.Preset, making: Making }} props */
function PresetCard({ of: preset, making }) {
  const may = useMay("SCENARIOS");
  return html`<section class="panel" aria-labelledby=${preset.id}>
    <header><h2 id=${preset.id}>${preset.name}</h2><code class="faint">${preset.id}</code></header>
    <p class="soft">${preset.summary}</p>
    ${may && html`<div class="actions" style=${{ marginTop: "12px" }}>
      <button onClick=${() => making.make({ presetId: preset.id })} disabled=${making.busy} aria-label=${`Begin with it: ${preset.name}`}>Begin with it</button></div>`}
  </section>`;
}

/** @param {{ making: Making }} props */
function OwnDocument({ making }) {
  const [text, setText] = useState("");
  const may = useMay("SCENARIOS");
  if (!may) return html`<${Notice}>You may read here; to make scenarios, ask an administrator of your organisation for the role of a planner.<//>`;
  const open = async (/** @type {Event} */ event) => {
    const file = /** @type {HTMLInputElement} */ (event.target).files?.[0];
    if (file) setText(await file.text());
  };
  return html`<details class="panel"><summary><strong>From a document of your own</strong> (YAML or JSON)</summary>
    <div class="stack" style=${{ marginTop: "12px" }}>
      <label>Choose a file: <input type="file" accept=".yaml,.yml,.json" onChange=${open} /></label>
      <textarea class="code" style=${{ minHeight: "220px" }} aria-label="Document" value=${text} spellcheck=${false}
        onInput=${(/** @type {any} */ event) => setText(event.target.value)} placeholder="name: …"></textarea>
      <div class="actions"><button class="first" disabled=${!text.trim() || making.busy} onClick=${() => making.make({ document: text })}>Make a scenario of it</button></div>
    </div></details>`;
}
