// Proposals and their mixes side by side: what each promises, costs and risks, surest first.
import { html } from "../preact.js";
import { Figure } from "./figure.js";
import { LyingSure, LyingWhisker, SURE, VARIES } from "./marks.js";
import { between, chance, money, number, percent, points, share, signed } from "./numbers.js";
import { extent, linear } from "./scales.js";

/**
 * @typedef {{ mean: number, lower?: number | null, upper?: number | null, low?: number | null, high?: number | null }} Estimate  lower, upper: its 95 % interval; low, high: 5 to 95 % of the replications
 * @typedef {{ id: string, name: string, allMet: Estimate, cost?: Estimate | null, credits?: Estimate | null, service?: { queue: string, mean: number | null, target?: number | null }[],
 *   weeksToStrength?: Estimate | null, stresses?: { name: string, allMet: Estimate }[], ramp?: { isFeasible: boolean, says: string } | null,
 *   difference?: { allMet?: Estimate | null, cost?: Estimate | null } | null, points?: number | null }} Candidate  difference: against the first candidate, on the same draws
 */

/** @param {{ candidates: Candidate[], about?: import("./figure.js").About, source?: any, title?: string, onCandidate?: (candidate: Candidate) => void }} props */
export function ProposalBoard({ candidates, about = {}, source, title, onCandidate }) {
  const currency = about.currency ?? "";
  const sorted = [...candidates].sort((a, b) => (b.points ?? 0) - (a.points ?? 0) || b.allMet.mean - a.allMet.mean || (a.cost?.mean ?? 0) - (b.cost?.mean ?? 0));
  const surest = sorted.reduce((a, b) => (b.allMet.mean > a.allMet.mean ? b : a), sorted[0]);
  const priced = sorted.filter(({ cost }) => cost), cheapest = priced.reduce((a, b) => (/** @type {any} */ (b.cost).mean < /** @type {any} */ (a.cost).mean ? b : a), priced[0]);
  const message = !surest ? "No proposal is evaluated yet." : `${surest.name} is the surest: every clause is met in ${chance(surest.allMet.mean)} of the replications`
    + (cheapest ? `; ${cheapest === surest ? "it is the cheapest, too" : `${cheapest.name} is the cheapest`}, at ${money(cheapest.cost?.mean, currency)}.` : ".");
  const has = (/** @type {keyof Candidate} */ name) => candidates.some((one) => one[name] != null && (!Array.isArray(one[name]) || /** @type {any} */ (one[name]).length));
  /** @param {keyof Candidate} name @param {string} label @param {(one: Candidate) => any} cell @returns {[string, (one: Candidate) => any][]} */
  const when = (name, label, cell) => (has(name) ? [[label, cell]] : []);
  const costs = extent(priced.flatMap(({ cost }) => [cost?.mean, cost?.lower, cost?.upper, cost?.low, cost?.high]));
  /** @type {[string, (one: Candidate) => any][]} */
  const shown = [
    ["P(every clause met)", ({ allMet }) => probability(allMet)],
    ...when("cost", "Client’s cost", ({ cost }) => cost && amount(cost, costs, currency)),
    ...when("credits", "Credits at risk", ({ credits }) => credits && html`${money(credits.mean, currency)}<small>5 % of replications over ${money(credits.high, currency)}</small>`),
    ...when("service", "Service level", ({ service = [] }) => service.map(({ queue, mean, target }) => html`<div class=${mean != null && target != null && mean < target ? "bad" : ""}>${queue} ${share(mean)}${target == null ? "" : html`<small>of ${percent(target)}</small>`}</div>`)),
    ...when("weeksToStrength", "Full strength after", ({ weeksToStrength: weeks }) => (weeks ? html`${number(weeks.mean, 1)} weeks<small>varies from ${number(weeks.low, 1)} to ${number(weeks.high, 1)}</small>` : html`<span class="bad">not within the horizon</span>`)),
    ...when("stresses", "Worst stress", ({ stresses = [] }) => worstOf(stresses)),
    ...when("ramp", "Ramp", ({ ramp }) => ramp && html`<span class=${ramp.isFeasible ? "good" : "bad"}>${ramp.isFeasible ? "feasible" : "not feasible"}</span><small>${ramp.says}</small>`),
    ...when("difference", "Against the first", ({ difference }) => difference && against(difference, currency)),
    ...when("points", "Points", ({ points: own }) => number(own, 1)),
  ];
  return html`<${Figure} title=${title ?? "Proposals"} subtitle=${`${message} All on the same draws; cost is the client's over the horizon, by each proposal's own rates.`} file="proposals" source=${source}
    empty=${surest ? undefined : "No proposal is evaluated yet: invite vendors, wait for their proposals, then start an evaluation."}
    keys=${[SURE, VARIES]} columns=${COLUMNS} rows=${sorted.flatMap((one) => rowsOf(one, currency))}>
    <div class="board"><div class="scrolls" tabindex="0" role="group" aria-label="Proposals side by side"><table>
      <thead><tr><th scope="col">Proposal</th>${shown.map(([label]) => html`<th scope="col">${label}</th>`)}</tr></thead>
      <tbody>${sorted.map((one) => html`<tr data-mark=${one.allMet.mean}>
        <th scope="row">${onCandidate ? html`<button type="button" onClick=${() => onCandidate(one)}>${one.name}</button>` : one.name}</th>
        ${shown.map(([, cell]) => html`<td>${cell(one) ?? "–"}</td>`)}
      </tr>`)}</tbody>
    </table></div></div>
  <//>`;
}

/** @param {Estimate} figure */
const probability = (figure) => html`<strong>${chance(figure.mean)}</strong><${Small} figure=${figure} domain=${[0, 1]} /><small>sure of it: ${between(figure, chance)}</small>`;

/** @param {Estimate} figure @param {[number, number]} domain @param {string} currency */
const amount = (figure, domain, currency) => html`<strong>${money(figure.mean, currency)}</strong><${Small} figure=${figure} domain=${domain} />
  ${figure.low != null && html`<small>varies from ${number(figure.low)} to ${number(figure.high)}</small>`}`;

/** @param {any[]} stresses */
function worstOf(stresses) {
  const worst = stresses.reduce((a, b) => (a && a.allMet.mean <= b.allMet.mean ? a : b), null);
  return worst && html`${chance(worst.allMet.mean)}<small>${worst.name}</small>`;
}

/** @param {any} difference @param {string} currency */
const against = ({ allMet, cost }, currency) => html`${allMet && html`<div>${points(allMet.mean)}<small>sure of it: ${between(allMet, points)}</small></div>`}
  ${cost && html`<div>${signed(cost.mean)} ${currency}<small>sure of it: ${between(cost, signed)}</small></div>`}`;

/** @param {{ figure: Estimate, domain: [number, number] }} props */
function Small({ figure: { mean, lower, upper, low, high }, domain }) {
  const x = linear(domain, [6, 134]);
  return html`<svg viewBox="0 0 140 22" preserveAspectRatio="xMinYMid meet" aria-hidden="true">
    <line class="axis-line" x1="6" x2="134" y1="11" y2="11" />
    ${low != null && high != null && html`<${LyingWhisker} y=${11} from=${x(low)} to=${x(high)} />`}
    <${LyingSure} y=${11} from=${lower == null ? undefined : x(lower)} to=${upper == null ? undefined : x(upper)} mean=${x(mean)} />
  </svg>`;
}

const figured = (/** @type {any} */ v) => number(v, Math.abs(v) < 10 ? 3 : 0);
const COLUMNS = [{ label: "Proposal" }, { label: "Figure" }, { label: "Unit" },
  ...["Mean", "95 % interval, lower", "upper", "5 % of replications under", "5 % over"].map((label) => ({ label, format: figured }))];

/** @param {Candidate} one @param {string} currency */
function rowsOf({ name, allMet, cost, credits, service = [], weeksToStrength, stresses = [], difference, points: own }, currency) {
  const row = (/** @type {string} */ label, /** @type {string} */ unit, /** @type {any} */ figure) =>
    (figure ? [[name, label, unit, figure.mean, figure.lower ?? null, figure.upper ?? null, figure.low ?? null, figure.high ?? null]] : []);
  return [
    ...row("P(every clause met)", "share", allMet), ...row("Client's cost", currency, cost), ...row("Credits at risk", currency, credits),
    ...service.flatMap(({ queue, mean }) => row(`Service level, ${queue}`, "share", { mean })), ...row("Full strength after", "weeks", weeksToStrength),
    ...stresses.flatMap((stress) => row(`P(every clause met), ${stress.name}`, "share", stress.allMet)),
    ...row("P(every clause met) against the first", "share", difference?.allMet), ...row("Cost against the first", currency, difference?.cost), ...(own == null ? [] : row("Points", "of 100", { mean: own })),
  ];
}
