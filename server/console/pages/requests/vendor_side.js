// The vendor's side of a request: what is asked, and its own proposal, drafted, tested, submitted.

import { useAction } from "../../actions.js";
import { ago } from "../../formats.js";
import { Status } from "../../parts/marks.js";
import { Problems } from "../../parts/problems.js";
import { Notice } from "../../parts/states.js";
import { html, useState } from "../../preact.js";
import { go } from "../../route.js";
import { useMay } from "../../viewer.js";
import { Standing } from "./list.js";

const SAVE = /* GraphQL */ `mutation SaveProposal($input: SaveProposalInput!) { saveProposal(input: $input) { proposal { id version } userErrors { code message path } } }`;
const TEST = /* GraphQL */ `mutation TestProposal($input: TestProposalInput!) { testProposal(input: $input) { run { id } userErrors { code message path } } }`;
const SUBMIT = /* GraphQL */ `mutation SubmitProposal($input: SubmitProposalInput!) { submitProposal(input: $input) { proposal { id status } userErrors { code message path } } }`;
const WITHDRAW = /* GraphQL */ `mutation WithdrawProposal($input: WithdrawProposalInput!) { withdrawProposal(input: $input) { proposal { id status } userErrors { code message path } } }`;

/** @param {{ of: Api.Request, again: () => void }} props */
export function VendorSide({ of: request, again }) {
  const [proposal] = request.proposals.nodes;
  const [invitation] = request.invitations.nodes;
  return html`<div class="stack">
    ${invitation?.outcome && html`<${Notice} kind=${invitation.outcome === "AWARDED" ? "good" : ""} title=${invitation.outcome === "AWARDED" ? "It is yours" : "It went to others"}>${request.client.name} has awarded this request.<//>`}
    <div class="columns even">
      <${Draft} key=${proposal?.version ?? 0} request=${request} proposal=${proposal} again=${again} />
      <section class="panel"><header><h2>What is asked</h2><p>simulated ${request.experiment.replications} times, seed ${request.experiment.seed}</p></header>
        <textarea class="code" readonly aria-label="What is asked" value=${request.document}></textarea></section>
    </div></div>`;
}

/** @param {{ request: Api.Request, proposal: Api.Proposal | undefined, again: () => void }} props */
function Draft({ request, proposal, again }) {
  const saved = proposal?.document ?? "";
  const [text, setText] = useState(saved || begun(request));
  const save = useAction(SAVE), test = useAction(TEST), submit = useAction(SUBMIT), withdraw = useAction(WITHDRAW);
  const open = request.status === "OPEN", may = useMay("SCENARIOS") && open, mayRun = useMay("RUNS") && open;
  const keep = async () => { if ((await save.act({ requestId: request.id, document: text, expectedVersion: proposal?.version ?? null }))?.proposal) again(); };
  const run = async () => { const payload = await test.act({ proposalId: proposal?.id }); if (payload?.run) go(`/runs/${payload.run.id}`); };
  const hand = async () => { if ((await submit.act({ proposalId: proposal?.id, expectedVersion: proposal?.version }))?.proposal) again(); };
  const back = async () => { if ((await withdraw.act({ proposalId: proposal?.id }))?.proposal) again(); };
  const dirty = text !== saved;
  return html`<section class="panel"><header><h2>Your proposal ${proposal && html`<${Standing} of=${proposal.status} />`}</h2>${proposal && html`<p>version ${proposal.version}, saved ${ago(proposal.updatedAt ?? "")}</p>`}</header>
    <p class="soft">${told(proposal, dirty)}</p>
    <div class="actions" style=${{ margin: "10px 0" }}>
      ${may && html`<button class=${dirty ? "first" : ""} disabled=${!dirty || save.busy} onClick=${keep}>Save the draft</button>`}
      ${mayRun && proposal && html`<button class=${!dirty && !proposal.testedVersion ? "first" : ""} disabled=${dirty || test.busy} onClick=${run}>Test it</button>`}
      ${may && proposal && html`<button class=${!dirty && proposal.testedVersion && proposal.submittedVersion !== proposal.version ? "first" : ""} disabled=${dirty || !proposal.testedVersion || submit.busy} onClick=${hand}>Submit version ${proposal.version}</button>`}
      ${may && proposal?.status === "SUBMITTED" && html`<button class="plain danger" disabled=${withdraw.busy} onClick=${back}>Withdraw it</button>`}
      ${proposal?.run && html`<a class="button" href=${`/runs/${proposal.run.id}`}><${Status} of=${proposal.run.status} /> last test</a>`}
      ${proposal?.scenario && html`<a class="button" href=${`/scenarios/${proposal.scenario.id}`}>As a scenario</a>`}</div>
    <${Problems} of=${[...save.problems, ...test.problems, ...submit.problems, ...withdraw.problems]} title="It was refused" />
    <textarea class="code" aria-label="Your proposal" spellcheck=${false} readonly=${!may} value=${text} onInput=${(/** @type {any} */ event) => setText(event.target.value)}></textarea>
    <p class="faint">Costs of your people are yours: they are used in your tests, and never shown to the client.</p></section>`;
}

/** What is next. @param {Api.Proposal | undefined} proposal @param {boolean} dirty */
function told(proposal, dirty) {
  if (!proposal) return "Fill in what you offer and save it: drafts are seen by nobody else.";
  if (dirty) return "Changed, not saved yet.";
  if (!proposal.testedVersion) return "Saved. Test this version: only what was simulated can be submitted.";
  if (proposal.submittedVersion === proposal.version) return "This version stands for the client. A later one replaces it when you submit it.";
  return "Tested. Submit it when it is what you mean.";
}

/** A proposal to begin from. @param {Api.Request} request */
function begun({ name, document }) {
  const [, queues = ""] = document.split(/^queues:\s*$/m);
  const ids = [...queues.split(/^[a-z_]/m)[0].matchAll(/^\s*- (?:\{)?id:\s*"?([\w-]+)/gm)].map(([, id]) => id);
  return `# A proposal to: ${name}
vendor:
  id: vendor
  name: Our company
  sites:
    - {id: site, country: US}
  teams:
    - id: team
      site: site
      skills: [${(ids.length ? ids : ["queue"]).map((id) => `{queue: ${id}}`).join(", ")}]
      workforce: {headcount: 20, attrition: {annual_rate: 0.4}, hiring: {lead_time_weeks: {mean: 3}}}
      cost: {hourly_wage: 10}  # never shown to the client
pricing:
  - {kind: PER_PAID_HOUR, rate: 20}
`;
}
