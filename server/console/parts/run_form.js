// How a scenario is to be simulated, and the start of it.

import { useAction } from "../actions.js";
import { html, useState } from "../preact.js";
import { go } from "../route.js";
import { Dialog } from "./dialog.js";
import { Problems } from "./problems.js";

const START = /* GraphQL */ `mutation StartRun($input: StartRunInput!) { startRun(input: $input) { run { id } userErrors { code message path } } }`;

/** @param {{ scenario: { id: string, name: string }, label?: string, first?: boolean, experiment?: Api.Experiment | null }} props */
export function RunButton({ scenario, label = "Run", first = true, experiment }) {
  const [open, setOpen] = useState(false);
  return html`<button class=${first ? "first" : ""} onClick=${() => setOpen(true)}>${label}</button>
    ${open && html`<${RunDialog} scenario=${scenario} experiment=${experiment} onClose=${() => setOpen(false)} />`}`;
}

/** @param {{ scenario: { id: string, name: string }, experiment?: Api.Experiment | null, onClose: () => void }} props */
export function RunDialog({ scenario, experiment, onClose }) {
  const { busy, problems, act } = useAction(START);
  const [key] = useState(() => crypto.randomUUID?.() ?? String(Math.random()));
  const start = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const given = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const payload = await act({ scenarioId: scenario.id, idempotencyKey: key, ...experimentOf(given) });
    if (payload?.run) go(`/runs/${payload.run.id}`);
  };
  return html`<${Dialog} title=${`Run ${scenario.name}`} onClose=${onClose}>
    <form id="run" onSubmit=${start} class="stack">
      <div class="fields">
        <div class="field"><label for="replications">Replications</label>
          <div class="entry"><input id="replications" name="replications" type="number" min="1" max="100000" required defaultValue=${experiment?.replications ?? 100} autofocus /></div>
          <p class="faint">Simulated courses of the whole horizon, each with its own luck. More make figures surer.</p></div>
        <div class="field"><label for="precision">Stop when service is known to</label>
          <div class="entry">±<input id="precision" name="precision" type="number" min="0.1" max="20" step="any" placeholder="no" defaultValue=${experiment?.precision ? 100 * experiment.precision : ""} /><span class="unit">points</span></div>
          <p class="faint">Left empty: all replications.</p></div>
        <div class="field"><label for="seed">Seed</label>
          <div class="entry"><input id="seed" name="seed" type="number" required defaultValue=${experiment?.seed ?? 1} /></div>
          <p class="faint">Runs of one seed meet the same luck, so that differences are the plan's.</p></div>
      </div>
      <${Problems} of=${problems} title="It was not started" />
      <div class="actions"><button type="button" onClick=${onClose}>Not now</button><button class="first" disabled=${busy}>Start</button></div>
    </form><//>`;
}

/** @param {FormData} given */
function experimentOf(given) {
  const precision = Number(given.get("precision"));
  return { replications: Number(given.get("replications")), seed: Number(given.get("seed")), precision: precision ? precision / 100 : null };
}
