// What it costs the client, and what vendors are paid and pay.

import { CostByVendor, operations } from "../../charts/index.js";
import { money, number } from "../../formats.js";
import { useAnswer } from "../../answers.js";
import { Asked } from "../../parts/chart.js";
import { Answered, Empty } from "../../parts/states.js";
import { html } from "../../preact.js";

const TOTALS = /* GraphQL */ `query Costs($run: ID!) { run(id: $run) { outcomes { cost { total { mean confidenceInterval { lower upper } low: quantile(probability: 0.05) high: quantile(probability: 0.95) }
  perContact { mean } perResolution { mean } } } } }`;

/** @param {{ of: Api.Run, about: import("./outcome.js").About }} props */
export function Money({ of: run, about }) {
  const answer = useAnswer(TOTALS, { run: run.id });
  return html`<${Answered} answer=${answer} what="Costs">${(/** @type {any} */ { run: { outcomes: { cost } } }) => cost?.total?.mean == null
    ? html`<div class="panel"><${Empty} title="Nothing has a price in this scenario" actions=${html`<a class="button first" href=${`/scenarios/${run.scenario.id}/edit?tab=contracts`}>Write prices</a>`}>
        Give teams a cost or vendors a contract, and cost, invoices, credits and margins are reckoned for every replication.<//></div>`
    : html`<div class="stack"><${Tiles} of=${cost} about=${about} />
      <div class="panel"><${Asked} operation=${operations.cost} variables=${{ run: run.id }} what="Cost">${(/** @type {any} */ data, /** @type {any} */ source) =>
        html`<${CostByVendor} outcomes=${data.run.outcomes} about=${about} source=${source} />`}<//></div></div>`}<//>`;
}

/** @param {{ of: any, about: import("./outcome.js").About }} props */
const Tiles = ({ of: { total, perContact, perResolution }, about }) => html`<div class="tiles">
  <div class="tile"><div class="label">Cost to the client</div><div class="value">${money(total.mean, about.currency)}</div>
    <div class="note">95 % sure: ${number(total.confidenceInterval?.lower)} to ${number(total.confidenceInterval?.upper)}</div></div>
  <div class="tile"><div class="label">How much it varies</div><div class="value">${number(total.low)} to ${number(total.high)}</div><div class="note">18 courses of 20 lie between, in ${about.currency}</div></div>
  <div class="tile"><div class="label">A contact answered</div><div class="value">${number(perContact?.mean, 2)}</div><div class="note">${about.currency}</div></div>
  <div class="tile"><div class="label">A contact solved</div><div class="value">${number(perResolution?.mean, 2)}</div><div class="note">${about.currency}</div></div></div>`;
