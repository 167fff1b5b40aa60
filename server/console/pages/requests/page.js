// One request, from the side that looks at it.

import { ApiError } from "../../api.js";
import { useAnswer } from "../../answers.js";
import { done } from "../../formats.js";
import { watch } from "../../live.js";
import { isOver } from "../../parts/marks.js";
import { Answered, Gone } from "../../parts/states.js";
import { Head } from "../../parts/title.js";
import { html, useEffect, useState } from "../../preact.js";
import { session } from "../../session.js";
import { useTold } from "../../use_told.js";
import { useViewer } from "../../viewer.js";
import { ClientSide } from "./client_side.js";
import { Standing } from "./list.js";
import { VendorSide } from "./vendor_side.js";

const REQUEST = /* GraphQL */ `query Request($id: ID!) { request(id: $id) { id name status client { name } sealed createdAt closesAt awardedAt withdrawnAt document stresses experiment { replications seed }
  scenario { id name definition { timezone currency queues { id target { share } turnaround { share } } } } leftOut { path message } awardedScenario { id name }
  invitations(first: 100) { totalCount nodes { id vendor { id name } invitedAt outcome share } }
  proposals(first: 100) { totalCount nodes { id status vendor { id name } submittedAt withdrawnAt share document version submittedVersion testedVersion updatedAt run { id status } scenario { id } } }
  evaluations(first: 20) { nodes { id status createdAt progress { completed total } } } } }`;
const WATCH = /* GraphQL */ `subscription WatchRequest($request: ID!, $after: Int) { requestUpdated(requestId: $request, after: $after) { sequence request { status } } }`;

/** @param {{ id: string, query: URLSearchParams }} props */
export function RequestPage({ id, query }) {
  const [every, look] = useState(60);
  const answer = useAnswer(REQUEST, { id }, { every });
  const request = answer.data?.request;
  const evaluating = request?.evaluations.nodes.some((/** @type {Api.Study} */ study) => !isOver(study));
  useEffect(() => look(evaluating ? 2 : 60), [evaluating]); // requests are told of, their evaluations are not
  useNews(id, !!request, answer.again);
  return html`<${Answered} answer=${answer} what="Request">${() => request ? html`<${Shown} of=${request} query=${query} again=${answer.again} />`
    : html`<${Head} title="Request" /><${Gone} what="request" list="Requests" to="/requests" />`}<//>`;
}

/** Asks again whenever what this side sees has changed. @param {string} id @param {boolean} there @param {() => void} again */
function useNews(id, there, again) {
  const { token } = useTold(session);
  useEffect(() => {
    if (!there || !token) return undefined;
    const leaving = new AbortController();
    watch(WATCH, { request: id }, again, leaving.signal).catch((error) => { if (!(error instanceof ApiError)) throw error; });
    return () => leaving.abort();
  }, [id, there, token, again]);
}

/** @param {{ of: Api.Request, query: URLSearchParams, again: () => void }} props */
function Shown({ of: request, query, again }) {
  const isVendor = useViewer()?.organisation.kind === "VENDOR";
  return html`<${Head} title=${request.name} tab=${`Request ${request.name}`} crumbs=${html`<a href="/requests">Requests</a> / ${request.name}`}>
      <${Standing} of=${request.status} /> ${isVendor ? `of ${request.client.name}. ` : ""}${until(request)} ${request.sealed ? "Sealed: offers are opened when it closes." : "Open: offers may be looked at as they come in."}<//>
    <${isVendor ? VendorSide : ClientSide} of=${request} query=${query} again=${again} />`;
}

/** @param {Api.Request} request */
const until = ({ status, closesAt, awardedAt, withdrawnAt }) => ({
  OPEN: `Takes answers until ${done(closesAt)}, your time.`, CLOSED: `Closed since ${done(closesAt)}, your time.`, AWARDED: `Awarded ${done(awardedAt)}, your time.`,
  WITHDRAWN: `Withdrawn ${done(withdrawnAt)}, your time.` })[status];
