// One study: watched while its points are simulated, then its answer.

import { useAction } from "../../actions.js";
import { useAnswer } from "../../answers.js";
import { ApiError } from "../../api.js";
import { ago, number } from "../../formats.js";
import { watch } from "../../live.js";
import { isOver, Progress, Status } from "../../parts/marks.js";
import { Problems } from "../../parts/problems.js";
import { Answered, Empty, Gone } from "../../parts/states.js";
import { Head } from "../../parts/title.js";
import { html, useEffect, useState } from "../../preact.js";
import { go } from "../../route.js";
import { session } from "../../session.js";
import { useTold } from "../../use_told.js";
import { useMay } from "../../viewer.js";
import { ANSWERS } from "./answers.js";
import { KINDS } from "./kinds.js";

const STUDY = /* GraphQL */ `query Study($id: ID!) { study(id: $id) { id kind status createdAt progress { completed total replications mostReplications } failure { code message }
  scenario { id name definition { timezone currency } } points(first: 100) { totalCount nodes { label isKnown run { id status progress { completed total } } } } } }`;
const WATCH = /* GraphQL */ `subscription WatchStudy($study: ID!, $after: Int) { studyUpdated(studyId: $study, after: $after) { sequence study { status } } }`;
const CANCEL = /* GraphQL */ `mutation CancelStudy($input: CancelStudyInput!) { cancelStudy(input: $input) { study { id status } userErrors { code message path } } }`;
const DELETE = /* GraphQL */ `mutation DeleteStudy($input: DeleteStudyInput!) { deleteStudy(input: $input) { studyId userErrors { code message path } } }`;

/** @param {{ id: string, query: URLSearchParams }} props */
export function StudyPage({ id, query }) {
  const answer = useAnswer(STUDY, { id }, { every: 30 });
  const study = answer.data?.study;
  useNews(id, study && !isOver(study), answer.again);
  return html`<${Answered} answer=${answer} what="Study">${() => study ? html`<${Shown} of=${study} query=${query} />`
    : html`<${Head} title="Study" /><${Gone} what="study" list="Studies" to="/studies" />`}<//>`;
}

/** Asks again whenever the study has changed. @param {string} id @param {boolean} running @param {() => void} again */
function useNews(id, running, again) {
  const { token } = useTold(session);
  useEffect(() => {
    if (!running || !token) return undefined;
    const leaving = new AbortController();
    watch(WATCH, { study: id }, again, leaving.signal).catch((error) => { if (!(error instanceof ApiError)) throw error; });
    return () => leaving.abort();
  }, [id, running, token, again]);
}

/** @param {{ of: Api.Study, query: URLSearchParams }} props */
function Shown({ of: study, query }) {
  const { name, asks } = KINDS[study.kind];
  return html`<${Head} title=${`${name}: ${study.scenario.name}`} crumbs=${html`<a href="/studies">Studies</a> / <a href=${`/scenarios/${study.scenario.id}`}>${study.scenario.name}</a> / ${name}`} actions=${html`<${Actions} of=${study} />`}>
    <${Status} of=${study.status} /> ${asks} Asked ${ago(study.createdAt)}.<//>
    <div class="stack">${!isOver(study) && html`<section class="panel" aria-label="Progress"><${Progress} of=${study.progress} label="Points done" />
      <p class="soft" role="status" style=${{ marginTop: "8px" }}>${number(study.progress.completed)} of ${number(study.progress.total)} points so far, ${number(study.progress.replications)} of at most ${number(study.progress.mostReplications)} replications. You may leave this page: the study goes on.</p></section>`}
    <${Outcome} of=${study} query=${query} />
    <${Points} of=${study.points} /></div>`;
}

/** @param {{ of: Api.Study, query: URLSearchParams }} props */
function Outcome({ of: study, query }) {
  if (study.status === "SUCCEEDED") return html`<${ANSWERS[study.kind]} of=${study} query=${query} about=${{ zone: study.scenario.definition.timezone, currency: study.scenario.definition.currency, name: study.scenario.name }} />`;
  if (study.status === "FAILED") return html`<div class="panel" role="alert"><${Empty} title="This study failed" actions=${html`<a class="button first" href=${`/studies/new?kind=${study.kind}&scenario=${study.scenario.id}`}>Ask anew</a>`}>${study.failure?.message}<//></div>`;
  if (study.status === "CANCELLED") return html`<div class="panel"><${Empty} title="This study was cancelled" actions=${html`<a class="button first" href=${`/studies/new?kind=${study.kind}&scenario=${study.scenario.id}`}>Ask anew</a>`}>Points that were done stay below.<//></div>`;
  return null;
}

/** @param {{ of: Api.Study }} props */
function Actions({ of: study }) {
  const cancel = useAction(CANCEL), remove = useAction(DELETE);
  const may = useMay("RUNS");
  if (!may) return null;
  return html`${isOver(study) ? html`<button class="plain danger" disabled=${remove.busy} onClick=${async () => { if ((await remove.act({ studyId: study.id }))?.studyId) go("/studies"); }}>Delete</button>`
    : html`<button class="danger" disabled=${cancel.busy} onClick=${() => cancel.act({ studyId: study.id })}>Cancel the study</button>`}<${Problems} of=${[...cancel.problems, ...remove.problems]} />`;
}

/** @param {{ of: Api.StudyPointConnection }} props */
const Points = ({ of }) => of.totalCount > 0 && html`<details class="panel"><summary><strong>Points</strong> ${of.totalCount > of.nodes.length ? `(the first ${of.nodes.length} of ${of.totalCount})` : `(${of.totalCount})`}</summary>
  <div class="scroll"><table><thead><tr><th scope="col">Point</th><th scope="col">Run</th></tr></thead><tbody>${of.nodes.map(({ label, isKnown, run }) => html`<tr key=${label}><th scope="row">${label}</th>
    <td>${run ? html`<a href=${`/runs/${run.id}`}><${Status} of=${run.status} /></a>` : isKnown ? "read; its run is deleted" : "–"}</td></tr>`)}</tbody></table></div></details>`;
