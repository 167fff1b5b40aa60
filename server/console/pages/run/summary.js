// The decision that a run supports: what holds, what it costs, what breaks first.

import { DecisionCard, operations } from "../../charts/index.js";
import { useAnswer } from "../../answers.js";
import { duration, figure, money, number, share, shares, shortDay, threshold, words } from "../../formats.js";
import { Asked } from "../../parts/chart.js";
import { Answered } from "../../parts/states.js";
import { html } from "../../preact.js";
import { chosen } from "../../route.js";

const FIGURES = /* GraphQL */ `query Figures($run: ID!) { run(id: $run) { outcomes {
  queues { id total { offered { mean } answered { mean } abandoned { mean } abandonRate { mean } asaSeconds { mean } turnaroundMet { mean confidenceInterval { lower upper } low: quantile(probability: 0.05) }
    serviceLevel { mean confidenceInterval { lower upper } low: quantile(probability: 0.05) } } }
  scaling { queues { id worstWeek { level { mean } shares { start share } } } }
  teams { id total { agents { mean } occupancy { mean } paidHours { mean } overtimeHours { mean } surgeHours { mean } } }
  clauses { id vendor metric allMet { mean confidenceInterval { lower upper } } windows { start partial target met { mean } value { mean } credit { mean } } } } } }`;

/** @param {{ of: Api.Run, about: import("./outcome.js").About }} props */
export function Summary({ of: run, about }) {
  const answer = useAnswer(FIGURES, { run: run.id });
  return html`<div class="stack">
    <div class="panel"><${Asked} operation=${operations.decision} variables=${{ run: run.id }} what="Decision">${(/** @type {any} */ data, /** @type {any} */ source) =>
      html`<${DecisionCard} outcomes=${data.run.outcomes} about=${about} source=${source} />`}<//></div>
    <${Answered} answer=${answer} what="Figures">${(/** @type {any} */ { run: { outcomes } }) => html`
      <${Queues} of=${outcomes} definition=${run.scenario.definition} />
      <${Clauses} of=${outcomes.clauses} definition=${run.scenario.definition} about=${about} />
      <${Teams} of=${outcomes.teams} definition=${run.scenario.definition} />`}<//>
  </div>`;
}

/** @param {{ of: Api.Outcomes, definition: Api.ScenarioDefinition }} props */
function Queues({ of: { queues, scaling }, definition }) {
  const known = new Map(definition.queues.map((queue) => [queue.id, queue]));
  const worst = new Map(scaling.queues.map((queue) => [queue.id, queue.worstWeek]));
  return html`<section class="panel"><header><h2>Queues over the whole horizon</h2><p>means, each with the 95 % interval of the mean and what 1 course in 20 is below</p></header>
    <div class="scroll"><table id="queues"><thead><tr><th scope="col">Queue</th><th scope="col" class="number">Offered</th><th scope="col" class="number">Answered</th><th scope="col" class="number">Abandoned</th>
      <th scope="col" class="number">Mean wait</th><th scope="col" class="number">Service</th><th scope="col" class="number">95 % sure</th><th scope="col" class="number">1 in 20 below</th><th scope="col">Target</th><th scope="col">Worst week</th></tr></thead>
    <tbody>${queues.map(({ id, total }) => html`<${QueueRow} key=${id} id=${id} of=${total} queue=${known.get(id)} worst=${worst.get(id)} />`)}</tbody></table></div></section>`;
}

/** @param {{ id: string, of: Api.QueueTotals, queue: Api.Queue | undefined, worst: Api.WorstPeriod | undefined }} props */
function QueueRow({ id, of: total, queue, worst }) {
  const deferred = queue?.turnaround != null;
  const level = /** @type {any} */ (deferred ? total.turnaroundMet : total.serviceLevel);
  const wanted = deferred ? queue?.turnaround?.share : queue?.target.share;
  const missed = level?.mean != null && wanted != null && level.mean < wanted;
  return html`<tr><th scope="row"><a href=${chosen({ tab: "service", queue: id })}>${queue?.name || id}</a></th><td class="number">${number(total.offered.mean)}</td>
    <td class="number">${number(total.answered.mean)}</td><td class="number">${number(total.abandoned.mean)}</td><td class="number">${deferred ? "–" : duration(total.asaSeconds.mean)}</td>
    <td class=${`number ${missed ? "bad" : ""}`}><strong>${share(level?.mean)}</strong></td><td class="number">${shares(level?.confidenceInterval)}</td><td class="number">${share(level?.low)}</td>
    <td class="nowrap">${queue && goal(queue)} ${missed ? html`<span class="tag bad">missed</span>` : html`<span class="tag good">met</span>`}</td>
    <td class="nowrap">${worst && html`${worstOf(worst)}: ${share(worst.level.mean)}`}</td></tr>`;
}

/** @param {Api.WorstPeriod} worst */
const worstOf = ({ shares: periods }) => {
  const most = periods.toSorted((a, b) => b.share - a.share)[0];
  return most ? shortDay(most.start) : "–";
};

/** @param {Api.Queue} queue */
const goal = ({ target, turnaround }) => turnaround
  ? `${share(turnaround.share, 0)} within ${turnaround.targetHours ? threshold(3600 * turnaround.targetHours) : turnaround.due}`
  : `${share(target.share, 0)} within ${threshold(target.thresholdSeconds)}`;

/** The queue that a clause is about. @param {Api.ScenarioDefinition} definition @param {Api.ClauseOutcome} clause */
const queueOf = ({ vendors }, { id, vendor }) =>
  vendors.find((each) => each.id === vendor)?.contracts.flatMap(({ slas }) => slas).find((each) => each.id === id)?.queue;

/** @param {{ of: Api.ClauseOutcome[], definition: Api.ScenarioDefinition, about: import("./outcome.js").About }} props */
const Clauses = ({ of, definition, about }) => of.length > 0 && html`<section class="panel"><header><h2>What was promised</h2><p>each clause in all its whole windows</p></header>
  <div class="scroll"><table><thead><tr><th scope="col">Clause</th><th scope="col">Vendor</th><th scope="col">Measure</th><th scope="col" class="number">Met in all windows</th><th scope="col" class="number">95 % sure</th>
    <th scope="col">Hardest window</th><th scope="col" class="number">Credits</th></tr></thead>
  <tbody>${of.map((clause) => html`<tr key=${clause.vendor + clause.id}><th scope="row">${clause.id}</th><td>${clause.vendor}</td><td>${words(clause.metric)}${queueOf(definition, clause) ? ` of ${queueOf(definition, clause)}` : ""}</td>
    <td class="number"><strong class=${(clause.allMet?.mean ?? 1) < 0.5 ? "bad" : ""}>${share(clause.allMet?.mean, 0)}</strong></td><td class="number">${shares(clause.allMet?.confidenceInterval)}</td>
    <td>${hardest(clause)}</td><td class="number">${money(sum(clause.windows.map(({ credit }) => credit?.mean)), about.currency)}</td></tr>`)}</tbody></table></div></section>`;

/** @param {(number | null | undefined)[]} numbers */
const sum = (numbers) => numbers.reduce((/** @type {number} */ all, x) => all + (x ?? 0), 0);

const IN_UNITS = new Set(["ASA", "BACKLOG_AGE"]);

/** @param {Api.ClauseOutcome} clause */
function hardest({ metric, windows }) {
  const shown = IN_UNITS.has(metric) ? figure : share;
  const whole = windows.filter(({ partial, met }) => !partial && met?.mean != null);
  if (!whole.length) return "–";
  const worst = whole.reduce((a, b) => ((b.met?.mean ?? 1) < (a.met?.mean ?? 1) ? b : a));
  return `from ${shortDay(worst.start)}: met in ${share(worst.met?.mean, 0)}, ${shown(worst.value?.mean)} against ${shown(worst.target)}`;
}

/** @param {{ of: Api.TeamOutcome[], definition: Api.ScenarioDefinition }} props */
const Teams = ({ of, definition }) => html`<section class="panel"><header><h2>Teams over the whole horizon</h2><p>agents are averaged over every hour, nights included</p></header>
  <div class="scroll"><table id="teams"><thead><tr><th scope="col">Team</th><th scope="col">Vendor</th><th scope="col" class="number">Agents on the floor</th><th scope="col" class="number">Occupancy</th><th scope="col" class="number">Paid hours</th>
    <th scope="col" class="number">Overtime hours</th><th scope="col" class="number">Bench hours</th></tr></thead>
  <tbody>${of.map(({ id, total }) => html`<tr key=${id}><th scope="row"><a href=${chosen({ tab: "people", team: id })}>${id}</a></th>
    <td>${definition.vendors.find((vendor) => vendor.teams.some((team) => team.id === id))?.name}</td><td class="number">${number(total.agents.mean, 1)}</td>
    <td class=${`number ${(total.occupancy.mean ?? 0) > 0.9 ? "bad" : ""}`}>${share(total.occupancy.mean)}</td><td class="number">${number(total.paidHours.mean)}</td>
    <td class="number">${number(total.overtimeHours.mean)}</td><td class="number">${number(total.surgeHours.mean)}</td></tr>`)}</tbody></table></div></section>`;
