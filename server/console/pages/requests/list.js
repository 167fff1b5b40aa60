// Requests: what a client puts out, and what a vendor was asked to answer.

import { useAnswer } from "../../answers.js";
import { capital, done, many, number } from "../../formats.js";
import { Pager } from "../../parts/pager.js";
import { Answered, Empty } from "../../parts/states.js";
import { Head } from "../../parts/title.js";
import { html } from "../../preact.js";
import { useMay, useViewer } from "../../viewer.js";

const REQUESTS = /* GraphQL */ `query Requests($after: String) { requests(first: 50, after: $after) { totalCount pageInfo { hasNextPage endCursor }
  nodes { id name status closesAt client { name } invitations(first: 1) { totalCount } proposals(first: 1) { totalCount nodes { status } } } } }`;

/** How a request or a proposal stands, as a mark. @type {Record<string, string>} */
export const MARKS = { OPEN: "accent", CLOSED: "warn", AWARDED: "good", WITHDRAWN: "", DRAFT: "warn", SUBMITTED: "accent", DECLINED: "" };

/** @param {{ of: string }} props */
export const Standing = ({ of }) => html`<span class=${`tag ${MARKS[of] ?? ""}`}>${of.toLowerCase()}</span>`;

/** @param {{ query: URLSearchParams }} props */
export function RequestsPage({ query }) {
  const after = query.get("after");
  const answer = useAnswer(REQUESTS, { after }, { every: 15 });
  const isVendor = useViewer()?.organisation.kind === "VENDOR";
  const may = useMay("SCENARIOS");
  const begin = !isVendor && may && html`<a class="button first" href="/requests/new">New request</a>`;
  return html`<${Head} title="Requests" actions=${begin}>${isVendor
      ? "What clients have asked you to answer. Of other vendors you see nothing, and they nothing of you."
      : "Work that you put out: invite vendors, and hold their proposals against each other on the same draws."}<//>
    <div class="panel"><${Answered} answer=${answer} what="Requests">${(/** @type {{ requests: Api.RequestConnection }} */ { requests }) => html`
      ${requests.nodes.length ? html`<${Table} of=${requests.nodes} isVendor=${isVendor} />` : isVendor
        ? html`<${Empty} title="Nobody has asked you yet">A client invites you by the name of your organisation; the request is here as soon as it does.<//>`
        : html`<${Empty} title="No requests yet" actions=${begin}>Put the work of a scenario out: vendors see its demand, targets and terms, never your own people and costs.<//>`}
      <${Pager} of=${requests} after=${after} noun="request" />`}<//></div>`;
}

/** @param {{ of: Api.Request[], isVendor: boolean }} props */
const Table = ({ of, isVendor }) => html`<div class="scroll"><table class="rows"><thead><tr><th scope="col">Request</th><th scope="col">Status</th>${isVendor
    ? html`<th scope="col">Client</th><th scope="col">Your proposal</th>` : html`<th scope="col" class="number">Invited</th><th scope="col" class="number">Proposals</th>`}
    <th scope="col">Answers until, your time</th></tr></thead>
  <tbody>${of.map((request) => html`<tr key=${request.id}><th scope="row"><a href=${`/requests/${request.id}`}>${request.name}</a></th><td><${Standing} of=${request.status} /></td>
    ${isVendor ? html`<td>${request.client.name}</td><td>${request.proposals.nodes[0] ? html`<${Standing} of=${request.proposals.nodes[0].status} />` : html`<span class="faint">none yet</span>`}</td>`
      : html`<td class="number">${number(request.invitations.totalCount)}</td><td class="number">${number(request.proposals.totalCount)}</td>`}
    <td class="nowrap">${done(request.closesAt)}</td></tr>`)}</tbody></table></div>`;

/** @param {number} n */
export const vendors = (n) => capital(many(n, "vendor"));
