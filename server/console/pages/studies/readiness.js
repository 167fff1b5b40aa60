// When a vendor is ready for each step of the volume that comes to it.

import { day, number, share } from "../../formats.js";
import { Asked } from "../../parts/chart.js";
import { html } from "../../preact.js";

const READINESS = /* GraphQL */ `query ReadinessOfStudy($study: ID!) { study(id: $study) { readiness { confidence isReady schedules replications
  steps { vendor queues share planned plannedReady { mean lower upper } gated delayWeeks standing { requiredFte effectiveFte { mean } ready { mean lower upper } } lacks } } } }`;

/** @param {import("./answers.js").Props} props */
export const ReadinessAnswer = ({ of: study }) => html`<${Asked} operation=${READINESS} variables=${{ study: study.id }} what="Readiness">${(/** @type {any} */ data) => html`<${Shown} of=${data.study.readiness} />`}<//>`;

/** @param {{ of: Api.ReadinessReport }} props */
const Shown = ({ of }) => html`<section class="panel"><header><h2>${of.isReady ? "Every step may come within the horizon" : "Not every step may come within the horizon"}</h2><p>ready with ${share(of.confidence, 0)} at least; ${number(of.schedules)} schedules, ${number(of.replications)} courses each; paid FTE</p></header>
  <div class="scroll"><table><thead><tr><th scope="col">Vendor</th><th scope="col">Queues</th><th scope="col" class="number">Share from then on</th><th scope="col">Planned</th><th scope="col" class="number">Ready then</th><th scope="col">May come</th><th scope="col" class="number">Later by</th>
    <th scope="col" class="number">Required FTE</th><th scope="col" class="number">Effective FTE</th><th scope="col">What is not ready</th></tr></thead>
  <tbody>${of.steps.map((step) => html`<tr key=${step.vendor + step.planned}><th scope="row">${step.vendor}</th><td>${step.queues.join(", ")}</td><td class="number">${share(step.share, 0)}</td><td class="nowrap">${day(step.planned)}</td><td class="number">${share(step.plannedReady?.mean, 0)}</td>
    <td class="nowrap">${step.gated ? day(step.gated) : html`<span class="bad">never</span>`}</td><td class="number">${step.delayWeeks == null ? "–" : `${step.delayWeeks} weeks`}</td><td class="number">${number(step.standing?.requiredFte, 1)}</td><td class="number">${number(step.standing?.effectiveFte.mean, 1)}</td><td>${step.lacks ?? ""}</td></tr>`)}</tbody></table></div></section>`;
