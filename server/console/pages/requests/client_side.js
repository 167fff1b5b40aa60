// The client's side of a request: whom it asked, what they offer, how the offers compare, and who gets it.

import { useAction } from "../../actions.js";
import { ago, done, many, share } from "../../formats.js";
import { Dialog } from "../../parts/dialog.js";
import { isOver, Progress, Status } from "../../parts/marks.js";
import { Problems } from "../../parts/problems.js";
import { Empty, Notice } from "../../parts/states.js";
import { html, useState } from "../../preact.js";
import { useMay } from "../../viewer.js";
import { BoardOf } from "./board.js";
import { Standing } from "./list.js";
import { local } from "./new.js";

const INVITE = /* GraphQL */ `mutation InviteVendors($input: InviteVendorsInput!) { inviteVendors(input: $input) { request { id } userErrors { code message path } } }`;
const CLOSE = /* GraphQL */ `mutation CloseRequest($input: CloseRequestInput!) { closeRequest(input: $input) { request { id } userErrors { code message path } } }`;
const EXTEND = /* GraphQL */ `mutation ExtendRequest($input: ExtendRequestInput!) { extendRequest(input: $input) { request { id } userErrors { code message path } } }`;
const WITHDRAW = /* GraphQL */ `mutation WithdrawRequest($input: WithdrawRequestInput!) { withdrawRequest(input: $input) { request { id } userErrors { code message path } } }`;
const EVALUATE = /* GraphQL */ `mutation StartEvaluation($input: StartEvaluationInput!) { startEvaluation(input: $input) { study { id } userErrors { code message path } } }`;

/** @typedef {{ of: Api.Request, query: URLSearchParams, again: () => void }} Props */

/** @param {Props} props */
export function ClientSide({ of: request, query, again }) {
  const last = request.evaluations.nodes.find(({ status }) => status === "SUCCEEDED");
  const names = new Map(request.proposals.nodes.map(({ id, vendor }) => [id, vendor.name]));
  return html`<div class="stack">
    ${request.awardedScenario && html`<${Notice} kind="good" title="Awarded" actions=${html`<a class="button first" href=${`/scenarios/${request.awardedScenario.id}`}>The scenario with the winners</a>`}>${winners(request)}<//>`}
    <div class="columns">
      <${Offers} of=${request} again=${again} />
      <div class="stack"><${Invited} of=${request} again=${again} /><${Terms} of=${request} again=${again} /></div>
    </div>
    ${last && html`<${BoardOf} study=${last.id} request=${request} names=${names} query=${query} again=${again} />`}</div>`;
}

/** @param {Api.Request} request */
const winners = ({ invitations }) => invitations.nodes.filter(({ outcome }) => outcome === "AWARDED").map(({ vendor, share: part }) => vendor.name + (part == null ? "" : ` (${share(part, 0)})`)).join(", ");

/** @param {{ of: Api.Request, again: () => void }} props */
function Invited({ of: request, again }) {
  const { busy, problems, act } = useAction(INVITE);
  const may = useMay("SCENARIOS") && request.status === "OPEN";
  const invite = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const names = String(new FormData(form).get("names")).split("\n").map((name) => name.trim()).filter(Boolean);
    const payload = await act({ requestId: request.id, organisations: names });
    if (payload && !payload.userErrors.length) { form.reset(); again(); }
  };
  return html`<section class="panel"><header><h2>Invited</h2><p>${many(request.invitations.totalCount, "vendor")}</p></header>
    ${request.invitations.nodes.length > 0 ? html`<ul class="list">${request.invitations.nodes.map(({ id, vendor, invitedAt, outcome }) => html`<li key=${id}><strong>${vendor.name}</strong>
      ${outcome && html` <span class=${`tag ${outcome === "AWARDED" ? "good" : ""}`}>${outcome === "AWARDED" ? "awarded" : "not awarded"}</span>`} <span class="faint" title=${`${done(invitedAt)}, your time`}>${ago(invitedAt)}</span></li>`)}</ul>`
      : html`<p class="soft">Nobody yet: vendors see the request when you invite them.</p>`}
    ${may && html`<form class="stack" style=${{ marginTop: "10px" }} onSubmit=${invite}><label>Vendor organisations by their exact names, one a line
      <textarea name="names" rows="2" required style=${{ width: "100%" }}></textarea></label><${Problems} of=${problems} title="Not invited" /><button disabled=${busy}>Invite</button></form>`}</section>`;
}

/** @param {{ of: Api.Request, again: () => void }} props */
function Offers({ of: request, again }) {
  const { busy, problems, act } = useAction(EVALUATE);
  const standing = request.proposals.nodes.filter(({ status }) => status !== "WITHDRAWN");
  const running = request.evaluations.nodes.find((study) => !isOver(study));
  const mayOpen = request.status !== "OPEN" || !request.sealed;
  const may = useMay("RUNS");
  const evaluate = async () => { if ((await act({ requestId: request.id }))?.study) again(); };
  return html`<section class="panel"><header><h2>Proposals</h2>${may && mayOpen && standing.length > 0 && request.status !== "WITHDRAWN" && html`<div class="actions"><button class=${request.evaluations.nodes.length ? "" : "first"} disabled=${busy || running} onClick=${evaluate}>${request.evaluations.nodes.length ? "Evaluate anew" : "Evaluate them"}</button></div>`}</header>
    <${Problems} of=${problems} title="Not evaluated" />
    ${running && html`<div class="notice"><a href=${`/studies/${running.id}`}><${Status} of=${running.status} /> The evaluation is under way</a><${Progress} of=${running.progress} label="Points done" /></div>`}
    ${request.proposals.nodes.length ? html`<div class="scroll"><table><thead><tr><th scope="col">Vendor</th><th scope="col">Status</th><th scope="col">Submitted</th><th scope="col">What is offered</th><th scope="col">Run</th></tr></thead>
      <tbody>${request.proposals.nodes.map((proposal) => html`<tr key=${proposal.id}><th scope="row">${proposal.vendor.name}</th><td><${Standing} of=${proposal.status} /></td><td title=${`${done(proposal.submittedAt)}, your time`}>${proposal.submittedAt ? ago(proposal.submittedAt) : "–"}</td>
        <td><${Offered} of=${proposal} /></td><td>${proposal.run ? html`<a href=${`/runs/${proposal.run.id}`}><${Status} of=${proposal.run.status} /></a>` : "–"}</td></tr>`)}</tbody></table></div>`
      : html`<${Empty} title="No proposals yet">They are here as vendors submit them; drafts are theirs alone. ${request.invitations.totalCount ? "" : "Invite vendors first."}<//>`}
    ${!mayOpen && standing.length > 0 && html`<p class="faint">Sealed: what is offered is opened when the request closes.</p>`}</section>`;
}

/** @param {{ of: Api.Proposal }} props */
function Offered({ of: { document, vendor } }) {
  const [open, setOpen] = useState(false);
  if (!document) return html`<span class="faint">sealed</span>`;
  return html`<button class="link" onClick=${() => setOpen(true)}>Read</button>
    ${open && html`<${Dialog} title=${`What ${vendor.name} offers`} onClose=${() => setOpen(false)} actions=${html`<button class="first" onClick=${() => setOpen(false)}>Close</button>`}><textarea class="code" readonly aria-label="What is offered" style=${{ minWidth: "560px" }} value=${document}></textarea><//>`}`;
}

/** @param {{ of: Api.Request, again: () => void }} props */
function Terms({ of: request, again }) {
  const close = useAction(CLOSE), extend = useAction(EXTEND), withdraw = useAction(WITHDRAW);
  const may = useMay("SCENARIOS") && (request.status === "OPEN" || request.status === "CLOSED");
  const after = async (/** @type {Promise<any>} */ done) => { if (await done) again(); };
  const prolong = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const until = new FormData(/** @type {HTMLFormElement} */ (event.target)).get("until");
    after(extend.act({ requestId: request.id, closesAt: new Date(String(until)).toISOString() }));
  };
  return html`<section class="panel"><header><h2>What is put out</h2></header>
    <dl class="facts"><dt>Of</dt><dd>${request.scenario ? html`<a href=${`/scenarios/${request.scenario.id}`}>${request.scenario.name}</a>` : "a scenario that is deleted"}</dd><dt>Simulated</dt><dd>${many(request.experiment.replications, "time")}, seed ${request.experiment.seed}</dd>
      <dt>Stressed by</dt><dd>${request.stresses.map((name) => name.replaceAll("_", " ")).join(", ") || "nothing"}</dd></dl>
    ${!!request.leftOut?.length && html`<details style=${{ marginTop: "8px" }}><summary>${many(request.leftOut.length, "thing")} left out</summary><ul class="list">${request.leftOut.map(({ path, message }) => html`<li key=${path + message}><code>${path}</code> ${message}</li>`)}</ul></details>`}
    <details style=${{ marginTop: "8px" }}><summary>What vendors see</summary><textarea class="code" readonly aria-label="What vendors see" style=${{ minHeight: "260px" }} value=${request.document}></textarea></details>
    ${may && html`<div class="stack" style=${{ marginTop: "12px" }}>${request.status === "OPEN" && html`<form class="actions" onSubmit=${prolong}><input type="datetime-local" name="until" required aria-label="Until, your time" defaultValue=${local(Date.parse(request.closesAt))} /><button disabled=${extend.busy}>Give more time</button></form>
      <div class="actions"><button disabled=${close.busy} onClick=${() => after(close.act({ requestId: request.id }))}>Close it now</button></div>`}
      <div class="actions"><button class="plain danger" disabled=${withdraw.busy} onClick=${() => after(withdraw.act({ requestId: request.id }))}>Withdraw it</button></div>
      <${Problems} of=${[...close.problems, ...extend.problems, ...withdraw.problems]} /></div>`}</section>`;
}
