// Why one plan comes out otherwise than another, driver by driver.

import { money, number, share, signed } from "../../formats.js";
import { Asked } from "../../parts/chart.js";
import { html } from "../../preact.js";

const EXPLANATION = /* GraphQL */ `query ExplanationOfStudy($study: ID!) { study(id: $study) { explanation { replications
  baseline { holds { mean } fte { mean } cost { mean } }
  steps { causes changed holds { mean } holdingEffect { mean lower upper } fte { mean } fteEffect { mean } cost { mean } costEffect { mean lower upper } } } } }`;

/** @param {import("./answers.js").Props} props */
export const ExplanationAnswer = ({ of: study, about }) => html`<${Asked} operation=${EXPLANATION} variables=${{ study: study.id }} what="Explanation">${(/** @type {any} */ data) => html`<${Shown} of=${data.study.explanation} currency=${about.currency} />`}<//>`;

/** @param {{ of: Api.Explanation, currency: string }} props */
const Shown = ({ of: { replications, baseline, steps }, currency }) => html`<section class="panel"><header><h2>From the baseline to the candidate</h2><p>${replications} courses each, on the same draws; paid FTE</p></header>
  <div class="scroll"><table><thead><tr><th scope="col">Swapped</th><th scope="col">What differs</th><th scope="col" class="number">Holds</th><th scope="col" class="number">By</th><th scope="col" class="number">FTE</th><th scope="col" class="number">By</th><th scope="col" class="number">Cost, ${currency}</th><th scope="col" class="number">By</th></tr></thead>
  <tbody><tr><th scope="row">baseline</th><td></td><td class="number">${share(baseline.holds.mean, 0)}</td><td></td><td class="number">${number(baseline.fte.mean, 1)}</td><td></td><td class="number">${money(baseline.cost?.mean)}</td><td></td></tr>
  ${steps.map((step) => html`<tr key=${step.causes.join()}><th scope="row">${step.causes.join(", ")}</th><td>${step.changed.slice(0, 3).join("; ")}${step.changed.length > 3 ? `; ${step.changed.length - 3} more` : ""}</td>
    <td class="number">${share(step.holds.mean, 0)}</td><td class="number">${signed(step.holdingEffect && 100 * step.holdingEffect.mean, (x) => number(x, 0))} points</td><td class="number">${number(step.fte.mean, 1)}</td><td class="number">${signed(step.fteEffect?.mean, (x) => number(x, 1))}</td>
    <td class="number">${money(step.cost?.mean)}</td><td class="number">${signed(step.costEffect?.mean, money)}</td></tr>`)}</tbody></table></div>
  <p class="faint">Steps add up to the whole difference; their order is fixed.</p></section>`;
