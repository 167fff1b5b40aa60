// The board of an evaluation: proposals side by side, a scorecard over them, and the award.

import { useAction } from "../../actions.js";
import { useAnswer } from "../../answers.js";
import { ProposalBoard } from "../../charts/index.js";
import { number, share } from "../../formats.js";
import { Dialog } from "../../parts/dialog.js";
import { Problems } from "../../parts/problems.js";
import { Answered } from "../../parts/states.js";
import { html, useState } from "../../preact.js";
import { choose, go } from "../../route.js";
import { useMay } from "../../viewer.js";

const BOARD = /* GraphQL */ `query BoardOfStudy($study: ID!) { study(id: $study) { board { replications weeks baseline candidates { name parts { proposal share afterSeconds } holds { mean lower upper } firstBreak { clause queue }
  service { queue share { mean lower upper } } cost { mean lower upper } credits { expected { mean lower upper } p95 } strengths { vendor reached { mean } weeks { mean lower upper } } ramp { message }
  stresses { stress holds { mean lower upper } } differences { figure queue effect { mean lower upper } isReal } } untried { name reason } } } }`;
const SCORES = /* GraphQL */ `query Scores($study: ID!, $scorecard: ScorecardInput!) { scoreProposals(studyId: $study, scorecard: $scorecard) { scores { candidate points } userErrors { code message path } } }`;
const AWARD = /* GraphQL */ `mutation AwardProposal($input: AwardProposalInput!) { awardProposal(input: $input) { scenario { id } userErrors { code message path } } }`;

/** @type {Record<string, string>} */
const CRITERIA = { MET: "Every promise met", COST: "Cost", CREDITS: "Credits at risk", WORST_STRESS: "Worst stress", STRENGTH: "Time to full strength" };
const USUAL = "40,40,0,10,10";

/** @param {{ study: string, request: Api.Request, names: Map<string, string>, query: URLSearchParams, again: () => void }} props */
export function BoardOf({ study, request, names, query, again }) {
  const answer = useAnswer(BOARD, { study });
  const weights = (query.get("weights") ?? USUAL).split(",").map(Number);
  const scorecard = { weights: Object.keys(CRITERIA).map((key, i) => ({ key, value: weights[i] || 0 })) };
  const scores = useAnswer(weights.some((x) => x > 0) ? SCORES : null, { study, scorecard });
  const points = new Map(scores.data?.scoreProposals.scores.map((/** @type {Api.Score} */ { candidate, points: n }) => [candidate, n]));
  const [chosen, setChosen] = useState(/** @type {Api.BoardCandidate | null} */ (null));
  const may = useMay("SCENARIOS") && request.status !== "AWARDED" && request.status !== "WITHDRAWN";
  return html`<${Answered} answer=${answer} what="Board">${(/** @type {any} */ { study: { board } }) => html`
    <section class="panel"><${ProposalBoard} candidates=${board.candidates.map((/** @type {Api.BoardCandidate} */ each) => shown(each, names, request, points.get(each.name)))}
      about=${{ currency: request.scenario?.definition.currency, zone: request.scenario?.definition.timezone, replications: board.replications, name: request.name }} source=${{ query: BOARD, variables: { study } }}
      onCandidate=${may ? (/** @type {{ id: string }} */ { id }) => setChosen(board.candidates.find((/** @type {Api.BoardCandidate} */ { name }) => name === id)) : undefined} />
      ${may && html`<p class="faint">Choose a proposal by its name to award the request to it.</p>`}</section>
    <${Scorecard} weights=${weights} problems=${scores.data?.scoreProposals.userErrors} />`}<//>
    ${chosen && html`<${Award} of=${chosen} request=${request} name=${nameOf(chosen, names)} onClose=${() => { setChosen(null); again(); }} />`}`;
}

/** @param {{ weights: number[], problems: any }} props */
const Scorecard = ({ weights, problems }) => html`<section class="panel"><header><h2>Scorecard</h2><p>what counts how much; points follow at once, nothing is simulated</p></header>
  ${Object.entries(CRITERIA).map(([key, label], i) => html`<div class="slider" key=${key}><label for=${`weight-${key}`}>${label}</label>
    <input id=${`weight-${key}`} type="range" min="0" max="100" step="5" value=${weights[i] || 0} onInput=${(/** @type {any} */ event) => choose({ weights: weights.with(i, Number(event.target.value)).join(",") })} />
    <output for=${`weight-${key}`}>${share((weights[i] || 0) / (weights.reduce((a, b) => a + b, 0) || 1), 0)}</output></div>`)}
  <${Problems} of=${problems} /></section>`;

/** @param {Api.BoardCandidate} candidate @param {Map<string, string>} names */
const nameOf = ({ name, parts }, names) => names.get(name) ?? (parts.length > 1 ? `${name}: ${parts.map((part) => names.get(part.proposal)).join(" and ")}` : name);

/** As the chart wants it. @param {Api.BoardCandidate} candidate @param {Map<string, string>} names @param {Api.Request} request @param {number | undefined} points */
function shown(candidate, names, request, points) {
  const { name, holds, cost, credits, service, strengths, ramp, stresses, differences } = candidate;
  const targets = new Map(request.scenario?.definition.queues.map(({ id, target, turnaround }) => [id, turnaround?.share ?? target.share]));
  const slowest = strengths.map(({ weeks }) => weeks).toSorted((a, b) => (b?.mean ?? Infinity) - (a?.mean ?? Infinity))[0];
  const effect = (/** @type {string} */ figure) => differences.find((each) => each.figure === figure)?.effect ?? null;
  return {
    id: name, name: nameOf(candidate, names), allMet: holds, cost, credits: credits && { ...credits.expected, high: credits.p95 }, points: points ?? null,
    service: service.map((each) => ({ queue: each.queue, mean: each.share.mean, target: targets.get(each.queue) })), weeksToStrength: slowest ?? null,
    stresses: stresses.map((each) => ({ name: each.stress.replaceAll("_", " "), allMet: each.holds })),
    ramp: { isFeasible: !ramp.length, says: ramp.map(({ message }) => message).join(" ") }, difference: differences.length ? { allMet: effect("HOLDS"), cost: effect("COST") } : null,
  };
}

/** @param {{ of: Api.BoardCandidate, request: Api.Request, name: string, onClose: () => void }} props */
function Award({ of: { parts, holds, cost }, request, name, onClose }) {
  const { busy, problems, act } = useAction(AWARD);
  const inTurn = parts.some(({ afterSeconds }) => afterSeconds != null);
  const award = async () => {
    const split = inTurn ? { afterSeconds: parts.map(({ afterSeconds }) => afterSeconds) } : { shares: parts.map((part) => part.share) };
    const payload = await act({ requestId: request.id, proposalIds: parts.map(({ proposal }) => proposal), ...split });
    if (payload?.scenario) go(`/scenarios/${payload.scenario.id}`);
  };
  return html`<${Dialog} title=${`Award to ${name}?`} onClose=${onClose} actions=${html`<button onClick=${onClose} autofocus>Not yet</button><button class="first" disabled=${busy} onClick=${award}>Award</button>`}>
    <p>Every promise is met in ${share(holds.mean, 0)} of the courses${cost ? `, at ${number(cost.mean)} ${request.scenario?.definition.currency ?? ""}` : ""}. Your scenario with the winner in place of the outsourced vendors is made of it, and every vendor is told its own outcome. There is no way back.</p>
    <${Problems} of=${problems} title="It was not awarded" /><//>`;
}
