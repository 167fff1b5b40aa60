// How a plan stands named shocks, each against the plan as it is.

import { money, share, signed } from "../../formats.js";
import { Asked } from "../../parts/chart.js";
import { html } from "../../preact.js";

const STRESS = /* GraphQL */ `query StressOfStudy($study: ID!) { study(id: $study) { stressTests { replications holds { mean lower upper } cost { mean } firstBreak { clause queue share { mean } }
  outcomes { name meaning told holds { mean lower upper } holdingEffect { mean } cost { mean } costEffect { mean } firstBreak { clause queue share { mean } } service { queue effect { mean } } } untried { name reason } } } }`;

/** @param {import("./answers.js").Props} props */
export const StressAnswer = ({ of: study, about }) => html`<${Asked} operation=${STRESS} variables=${{ study: study.id }} what="Stress tests">${(/** @type {any} */ data) => html`<${Shown} of=${data.study.stressTests} currency=${about.currency} />`}<//>`;

/** @param {{ of: Api.StressReport, currency: string }} props */
const Shown = ({ of, currency }) => html`<section class="panel"><header><h2>How often the plan holds</h2><p>${of.replications} courses each, on the same draws; holds: every clause, or target, is met</p></header>
  <div class="scroll"><table><thead><tr><th scope="col">Test</th><th scope="col" class="number">Holds</th><th scope="col" class="number">95 % sure</th><th scope="col" class="number">By</th><th scope="col">Worst service</th><th scope="col" class="number">Cost, ${currency}</th><th scope="col" class="number">By</th><th scope="col">Breaks first</th></tr></thead>
  <tbody><tr><th scope="row">as planned</th><td class="number">${share(of.holds.mean, 0)}</td><td class="number">${sure(of.holds)}</td><td></td><td></td><td class="number">${money(of.cost?.mean)}</td><td></td><td>${first(of.firstBreak)}</td></tr>
    ${of.outcomes.map((test) => html`<tr key=${test.name}><th scope="row">${test.name.replaceAll("_", " ")}<span class="faint">${test.told}</span></th><td class="number">${share(test.holds.mean, 0)}</td><td class="number">${sure(test.holds)}</td>
      <td class="number">${points(test.holdingEffect.mean)}</td><td>${worst(test.service)}</td><td class="number">${money(test.cost?.mean)}</td><td class="number">${signed(test.costEffect?.mean, money)}</td><td>${first(test.firstBreak)}</td></tr>`)}</tbody></table></div>
  ${of.untried.length > 0 && html`<p class="faint">Not tried: ${of.untried.map(({ name, reason }) => `${name.replaceAll("_", " ")} (${reason})`).join("; ")}.</p>`}</section>`;

/** @param {Api.EstimatedShare} holds */
const sure = ({ lower, upper }) => `${share(lower, 0)} to ${share(upper, 0)}`;
/** @param {number} x */
const points = (x) => signed(100 * x, (each) => each.toFixed(0)) + " points";
/** @param {Api.BrokenFirst | null} of */
const first = (of) => (of ? `${of.clause ?? of.queue} (${share(of.share.mean, 0)})` : "nothing");
/** @param {Api.ServiceEffect[]} service */
function worst(service) {
  const [least] = service.toSorted((a, b) => a.effect.mean - b.effect.mean);
  return least ? `${least.queue} ${points(least.effect.mean)}` : "–";
}
