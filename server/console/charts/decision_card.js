// What to decide, by when, and the price of missing it; how likely the plan is to hold, and what it costs.
import { html } from "../preact.js";
import { Figure } from "./figure.js";
import { LyingSure, LyingWhisker, keysOf } from "./marks.js";
import { between, chance, date, money, number, points, signed, words } from "./numbers.js";
import { extent, linear } from "./scales.js";

/** @typedef {import("./shapes.js").Plan} Plan */
/** @typedef {{ by: string | null, what: string, team: string, heads: number | null, late: import("./shapes.js").Decision["ifLate"] }} Todo */

/**
 * @param {{ outcomes: import("./shapes.js").Decided, plan?: Plan, about?: import("./figure.js").About, source?: any, title?: string }} props
 *   plan: the StaffingAnswer of a staffing search, which prices being late; without it, the run's last days for requisitions
 */
export function DecisionCard({ outcomes, plan, about = {}, source, title }) {
  const { decision } = outcomes, currency = about.currency ?? "";
  const met = plan?.met ? { mean: plan.met.mean, confidenceInterval: plan.met } : decision?.allMet;
  /** @type {import("./shapes.js").Figure | null | undefined} */
  const cost = plan?.cost ? { mean: plan.cost.mean, confidenceInterval: /** @type {any} */ (plan.cost) } : decision?.clientCost;
  const first = plan ? null : decision?.firstToBreak;
  const todo = plan ? ofPlan(plan) : ofRun(outcomes);
  const words_ = met ? `Every clause is met in ${chance(met.mean)} of the replications` : "No clause is to be met";
  const subtitle = `${words_}${cost ? ` at ${money(cost.mean, currency)}` : ""}. ${plan ? "The plan of a staffing search, proven on fresh draws." : "The plan as it was simulated."} Heads are people; cost is the client's over the horizon.`;
  const isNothing = !met && !cost && !todo.length;
  return html`<${Figure} title=${title ?? "Decision"} subtitle=${subtitle} file="decision" source=${source}
    empty=${isNothing ? "This scenario has no contracts and no costs, so there is nothing to decide by: give a vendor a contract with clauses and pricing." : undefined}
    keys=${keysOf([cost, met])}
    columns=${[{ label: "What" }, { label: "By" }, { label: "Team" }, { label: "Heads" }, ...["Mean", "95 % interval, lower", "upper", "5 % of replications under", "5 % over"].map((label) => ({ label, format: (/** @type {number} */ v) => number(v, Math.abs(v) < 10 ? 3 : 0) })), { label: "Unit" }]}
    rows=${[
      ...(met ? [["P(every clause met)", null, null, null, met.mean, met.confidenceInterval?.lower ?? null, met.confidenceInterval?.upper ?? null, null, null, "share"]] : []),
      ...(cost ? [["Client's cost", null, null, null, cost.mean, cost.confidenceInterval?.lower ?? null, cost.confidenceInterval?.upper ?? null, cost.low ?? null, cost.high ?? null, currency]] : []),
      ...(first ? [[`First to break: ${first.clause}`, first.start.slice(0, 10), null, null, first.share.mean, first.share.confidenceInterval?.lower ?? null, first.share.confidenceInterval?.upper ?? null, null, null, "share"]] : []),
      ...(outcomes.clauses ?? []).map(({ id, allMet }) => [`P(${id} met)`, null, null, null, allMet?.mean ?? null, allMet?.confidenceInterval?.lower ?? null, allMet?.confidenceInterval?.upper ?? null, null, null, "share"]),
      ...todo.flatMap(({ by, what, team, heads, late }) => [[what, by, team, heads, null, null, null, null, null, null],
        ...(late ? [[`${what}, a week late: P(every clause met)`, by, team, heads, late.allMet.mean, late.allMet.lower, late.allMet.upper, null, null, "share"]] : []),
        ...(late?.cost ? [[`${what}, a week late: cost`, by, team, heads, late.cost.mean, late.cost.lower, late.cost.upper, null, null, currency]] : [])]),
    ]}>
    <div class="decision">
      ${met && html`<div><dl><dt>P(every clause is met)</dt><dd class="large">${chance(met.mean)}</dd></dl>
        <${Scale} figure=${met} domain=${[0, 1]} says=${`95 % interval of the probability: ${between(met.confidenceInterval, chance)}`} format=${chance} />
        <p>${met.confidenceInterval ? `sure of it: ${between(met.confidenceInterval, chance)}` : "one replication tells nothing of how sure this is"}</p></div>`}
      ${cost && html`<div><dl><dt>Client's cost</dt><dd class="large">${money(cost.mean, currency)}</dd></dl>
        <${Scale} figure=${cost} domain=${extent([cost.low, cost.high, cost.mean, cost.confidenceInterval?.lower, cost.confidenceInterval?.upper])} says=${`sure of the mean: ${between(cost.confidenceInterval, (v) => money(v, currency))}`} format=${(/** @type {any} */ v) => money(v, "")} />
        <p>${cost.confidenceInterval?.lower != null ? `sure of the mean: ${between(cost.confidenceInterval, (v) => money(v, currency))}` : "one replication tells nothing of how sure this is"}${cost.low == null ? "" : `; varies from ${money(cost.low, currency)} to ${money(cost.high, currency)}`}</p></div>`}
      ${first ? html`<div><dl><dt>First to break</dt><dd class="medium">${first.clause}</dd></dl>
        <p>in the window of ${date(first.start)}, in ${chance(first.share.mean)} of the replications (sure of it: ${between(first.share.confidenceInterval, chance)})</p></div>`
        : met && html`<div><dl><dt>${plan ? "Decide by" : "First to break"}</dt><dd class="medium">${plan ? (plan.decideBy ? date(plan.decideBy) : "nothing to decide") : "nothing"}</dd></dl>
        <p>${plan ? `asked for ${chance(plan.confidence)} or more` : "no clause is missed in any replication"}</p></div>`}
      <div class="whole"><p class="label">What by when${todo.length ? ", and the price of missing it" : ""}</p><${Todo} todo=${todo} plan=${plan} currency=${currency} /></div>
    </div>
  <//>`;
}

/** What is too late comes last. @param {Todo} a @param {Todo} b */
const inTime = (a, b) => ((a.by ?? "9999") < (b.by ?? "9999") ? -1 : 1);

/** Dated decisions with what being a week late brings. @param {Plan} plan @returns {Todo[]} */
const ofPlan = (plan) => (plan.plan?.decisions ?? []).map(({ by, what, team, heads, ifLate }) => ({ by, what: words(what), team, heads, late: ifLate })).sort(inTime);

/** The last days on which asking for people still helps the first week that is short. @param {import("./shapes.js").Decided} outcomes @returns {Todo[]} */
const ofRun = ({ scaling }) => (scaling?.teams ?? []).filter(({ latestRequisition, tooLateAtStart }) => latestRequisition || tooLateAtStart)
  .map(({ id, latestRequisition }) => ({ by: latestRequisition, what: "Ask for more people", team: id, heads: null, late: null })).sort(inTime);

/** @param {{ todo: Todo[], plan?: Plan, currency: string }} props */
function Todo({ todo, plan, currency }) {
  if (!todo.length) return html`<p>${plan ? "The plan holds as it is: nobody is to be hired, trained or released." : "No week is short in a way that a requisition within the horizon could mend."}</p>`;
  return html`<ul class="todo">${todo.map(({ by, what, team, heads, late }) => html`<li>
    <strong>${by ? `by ${date(by)}` : "too late already"}</strong>
    <span>${what}${heads == null ? "" : html`, <strong>${number(heads)} ${heads === 1 ? "head" : "heads"}</strong>`} · ${team}</span>
    <span class="price">${late ? html`A week late: ${priceOf(late, plan, currency)}` : by ? "Later, its people come too late for the first week that is short; a staffing search prices the delay." : "Even a requisition on the first day comes too late for the first week that is short."}</span>
  </li>`)}</ul>`;
}

/** @param {NonNullable<Todo["late"]>} late @param {Plan | undefined} plan @param {string} currency */
function priceOf(late, plan, currency) {
  const isChance = plan?.met != null && late.allMet.lower <= plan.met.mean && plan.met.mean <= late.allMet.upper;
  const fall = plan?.met ? late.allMet.mean - plan.met.mean : null, more = plan?.cost && late.cost ? late.cost.mean - plan.cost.mean : null;
  return html`P(every clause met) ${chance(late.allMet.mean)}${fall == null ? "" : html` (<span class=${fall < 0 && !isChance ? "bad" : ""}>${points(fall)}${isChance ? ", may be chance" : ""}</span>)`}; sure of it: ${between(late.allMet, chance)}${
    more == null ? "" : `; cost ${signed(more)}\u00a0${currency}`}`;
}

/** A figure on a line: how sure, and how much it varies. @param {{ figure: any, domain: [number, number], says: string, format: (v: any) => string }} props */
function Scale({ figure, domain, says, format }) {
  const x = linear(domain, [8, 292]), { mean, confidenceInterval: sure, low, high } = figure;
  return html`<div class="picture"><svg role="img" aria-label=${says} viewBox="0 0 300 40" width="300" height="40">
    <line class="axis-line" x1="8" x2="292" y1="12" y2="12" />
    ${low != null && html`<${LyingWhisker} y=${12} from=${x(low)} to=${x(high)} />`}
    <${LyingSure} y=${12} from=${sure?.lower == null ? undefined : x(sure.lower)} to=${sure?.upper == null ? undefined : x(sure.upper)} mean=${x(mean)} />
    <text class="tick" x="8" y="36">${format(domain[0])}</text><text class="tick" x="292" y="36" text-anchor="end">${format(domain[1])}</text>
  </svg></div>`;
}
