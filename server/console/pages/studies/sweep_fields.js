// The axes of a sweep: what is varied, for whom, and its steps.

import { html, useState } from "../../preact.js";

/** What can be varied: a typed change, and how its steps are read. @type {Record<string, { name: string, whose: "queue" | "team" | "vendor", field: "factor" | "weeks", steps: string }>} */
const LEVERS = {
  scaleTeam: { name: "People at the start, times", whose: "team", field: "factor", steps: "0.9, 1, 1.1, 1.2" },
  scaleDemand: { name: "Contacts, times", whose: "queue", field: "factor", steps: "0.9, 1, 1.1, 1.2" },
  scaleHandling: { name: "Handling time, times", whose: "queue", field: "factor", steps: "0.95, 1, 1.05" },
  delayHiring: { name: "Hiring late by weeks", whose: "team", field: "weeks", steps: "0, 2, 4" },
  scaleHiring: { name: "Hiring yields, times", whose: "team", field: "factor", steps: "0.8, 1, 1.2" },
  scaleAttrition: { name: "Attrition, times", whose: "team", field: "factor", steps: "0.75, 1, 1.25" },
  scaleWages: { name: "Wages, times", whose: "team", field: "factor", steps: "1, 1.05" },
  scaleRates: { name: "Rates, times", whose: "vendor", field: "factor", steps: "0.95, 1, 1.05" },
};
const MOST = 3;

/** @param {{ scenario: Api.Scenario }} props */
export function SweepFields({ scenario }) {
  const [axes, setAxes] = useState(["scaleTeam", "scaleDemand"]);
  return html`<div class="stack">${axes.map((kind, i) => html`<${Axis} key=${i} number=${i} kind=${kind} scenario=${scenario} onKind=${(/** @type {string} */ next) => setAxes(axes.with(i, next))} />`)}
    <div class="actions">${axes.length < MOST && html`<button type="button" class="small" onClick=${() => setAxes([...axes, "delayHiring"])}>One more axis</button>`}
      ${axes.length > 1 && html`<button type="button" class="small" onClick=${() => setAxes(axes.slice(0, -1))}>One axis fewer</button>`}<span class="faint">Every combination is run: at most 200.</span></div></div>`;
}

/** @param {{ number: number, kind: string, scenario: Api.Scenario, onKind: (kind: string) => void }} props */
function Axis({ number, kind, scenario: { definition }, onKind }) {
  const { whose, steps } = LEVERS[kind];
  const ids = whose === "queue" ? definition.queues.map(({ id }) => id) : whose === "team" ? definition.vendors.flatMap(({ teams }) => teams.map(({ id }) => id)) : definition.vendors.map(({ id }) => id);
  return html`<fieldset><legend>Axis ${number + 1}</legend><div class="fields">
    <div class="field"><label for=${`kind-${number}`}>What</label><div class="entry"><select id=${`kind-${number}`} name=${`kind-${number}`} onChange=${(/** @type {any} */ event) => onKind(event.target.value)}>
      ${Object.entries(LEVERS).map(([key, { name }]) => html`<option key=${key} value=${key} selected=${key === kind}>${name}</option>`)}</select></div></div>
    <div class="field"><label for=${`whose-${number}`}>Of</label><div class="entry"><select id=${`whose-${number}`} name=${`whose-${number}`}><option value="">all ${whose}s</option>${ids.map((id) => html`<option key=${id} value=${id}>${id}</option>`)}</select></div></div>
    <div class="field"><label for=${`steps-${number}`}>Steps</label><div class="entry"><input id=${`steps-${number}`} key=${kind} class="text" name=${`steps-${number}`} required defaultValue=${steps} pattern="[0-9., ]+" /></div></div></div></fieldset>`;
}

/** @param {FormData} given @returns {Api.AxisInput[]} */
export const axesOf = (given) => [0, 1, 2].filter((i) => given.has(`kind-${i}`)).map((i) => {
  const kind = String(given.get(`kind-${i}`)), id = String(given.get(`whose-${i}`));
  const { name, whose, field } = LEVERS[kind];
  const steps = String(given.get(`steps-${i}`)).split(",").map((text) => text.trim()).filter(Boolean);
  return { name: (id ? `${id}: ` : "") + name, steps: steps.map((step) => ({ label: step, changes: [/** @type {any} */ ({ [kind]: { [field]: Number(step), ...(id ? { [whose]: id } : {}) } })] })) };
});
