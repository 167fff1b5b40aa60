// What is paid and what is promised, vendor by vendor; and what the client pays itself.

import { capital, words } from "../../formats.js";
import { Empty } from "../../parts/states.js";
import { html } from "../../preact.js";
import { useDraft } from "./draft.js";
import { Field, Missing } from "./fields.js";

const CEILINGS = new Set(["ASA", "ABANDON_RATE", "BACKLOG_AGE", "OCCUPANCY"]);
const PLAIN = new Set(["ASA", "BACKLOG_AGE"]);

export function Contracts() {
  const { scenario: { definition: { vendors, clientCost, currency } } } = useDraft();
  const some = vendors.some(({ contracts }) => contracts.length);
  return html`<div class="stack">
    ${vendors.flatMap((vendor) => vendor.contracts.map((contract, i) => html`<${Contract} key=${vendor.id + i} vendor=${vendor} of=${contract} at=${`vendors.${vendor.id}.contracts.${i}`} currency=${currency} />`))}
    ${!some && html`<section class="panel"><${Empty} title="Nothing is promised yet">Contracts are written under Document: pricing, and clauses with credits. Every run then says how probable it is that each is met.<//></section>`}
    <section class="panel"><header><h2>What the client pays itself</h2><p>${currency}</p></header><div class="fields">
      ${clientCost ? html`<${Field} path="client_cost.retained_per_month" label="Retained people, by month" was=${clientCost.retainedPerMonth} /><${Field} path="client_cost.telephony_per_minute" label="Telephony, a minute" was=${clientCost.telephonyPerMinute} />
        <${Field} path="client_cost.abandoned_contact" label="A contact given up" was=${clientCost.abandonedContact} /><${Field} path="client_cost.late_item" label="An item done late" was=${clientCost.lateItem} />`
        : html`<${Missing} path="client_cost" label="Own cost" begin=${{ retained_per_month: 0, telephony_per_minute: 0, abandoned_contact: 0, late_item: 0 }} why="People who manage vendors, telephony, and what a lost or late customer is thought to cost." />`}</div></section>
  </div>`;
}

/** @param {{ vendor: Api.Vendor, of: Api.Contract, at: string, currency: string }} props */
const Contract = ({ vendor, of: { pricing, slas, atRisk }, at, currency }) => html`<section class="panel">
  <header><h2>${vendor.name || vendor.id}</h2></header><div class="stack">
  ${pricing.length > 0 && html`<fieldset><legend>Prices, ${currency}</legend><div class="fields">${pricing.map((line, i) => html`<${Price} key=${i} of=${line} at=${`${at}.pricing.${i}`} />`)}</div></fieldset>`}
  ${slas.map((clause) => html`<fieldset key=${clause.id}><legend>${clause.id}: ${words(clause.metric)}${clause.queue ? ` of ${clause.queue}` : ""} by ${words(clause.window)}</legend><div class="fields">
    <${Field} path=${`${at}.slas.${clause.id}.target`} label=${CEILINGS.has(clause.metric) ? "At most" : "At least"} kind=${PLAIN.has(clause.metric) ? "number" : "share"} was=${clause.target} />
    ${clause.thresholdSeconds != null && html`<${Field} path=${`${at}.slas.${clause.id}.threshold_seconds`} label="Within" unit="seconds" was=${clause.thresholdSeconds} />`}
    ${clause.credits.map((tier, i) => html`<${Field} key=${i} path=${`${at}.slas.${clause.id}.credits.${i}.share`} label=${`Credit ${tier.below != null ? `below ${tier.below}` : `above ${tier.above}`}`} kind="share" was=${tier.share} />`)}</div></fieldset>`)}
  ${atRisk && html`<div class="fields"><${Field} path=${`${at}.at_risk.share`} label="At risk, of a month's charges" kind="share" was=${atRisk.share} /></div>`}</div></section>`;

/** @param {{ of: Api.Pricing, at: string }} props */
function Price({ of: { kind, queues, rate, multiplier, amount }, at }) {
  const label = capital(words(kind)) + (queues.length ? `: ${queues.join(", ")}` : "");
  if (rate != null) return html`<${Field} path=${`${at}.rate`} label=${label} was=${rate} />`;
  if (multiplier != null) return html`<${Field} path=${`${at}.multiplier`} label=${label} unit="times" was=${multiplier} />`;
  if (amount != null) return html`<${Field} path=${`${at}.amount`} label=${label} was=${amount} />`;
  return html`<div class="field"><div class="label">${label}</div><p class="faint">by bands: under Document</p></div>`;
}
