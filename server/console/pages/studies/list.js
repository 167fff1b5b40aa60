// Every study, newest first.

import { useAnswer } from "../../answers.js";
import { ago, done, number } from "../../formats.js";
import { isOver, Progress, Status } from "../../parts/marks.js";
import { Pager } from "../../parts/pager.js";
import { Answered, Empty } from "../../parts/states.js";
import { Head } from "../../parts/title.js";
import { html } from "../../preact.js";
import { useMay } from "../../viewer.js";
import { KINDS } from "./kinds.js";

const STUDIES = /* GraphQL */ `query Studies($after: String) { studies(first: 50, after: $after) { totalCount pageInfo { hasNextPage endCursor }
  nodes { id kind status createdAt progress { completed total replications mostReplications } failure { message } scenario { id name } } } }`;

/** @param {{ query: URLSearchParams }} props */
export function StudiesPage({ query }) {
  const after = query.get("after");
  const answer = useAnswer(STUDIES, { after }, { every: 5 });
  const may = useMay("RUNS");
  const begin = may && html`<a class="button first" href="/studies/new">New study</a>`;
  return html`<${Head} title="Studies" actions=${begin}>A study runs one plan in many forms and answers one question about it.<//>
    <div class="panel"><${Answered} answer=${answer} what="Studies">${(/** @type {{ studies: Api.StudyConnection }} */ { studies }) => html`
      ${studies.nodes.length ? html`<${Table} of=${studies.nodes} />` : html`<${Empty} title="No studies yet" actions=${begin}>Ask how much more the plan stands, which assumption it hangs on, or what the least people are that keep every promise.<//>`}
      <${Pager} of=${studies} after=${after} noun="study" />`}<//></div>`;
}

/** @param {{ of: Api.Study[] }} props */
const Table = ({ of }) => html`<div class="scroll"><table class="rows"><thead><tr><th scope="col">Study</th><th scope="col">Scenario</th><th scope="col">Status</th><th scope="col" class="number">Points</th><th scope="col">Started</th></tr></thead>
  <tbody>${of.map((study) => html`<tr key=${study.id}><th scope="row"><a href=${`/studies/${study.id}`}>${KINDS[study.kind].name}</a><span class="faint">${KINDS[study.kind].asks}</span></th>
    <td><a href=${`/scenarios/${study.scenario.id}`}>${study.scenario.name}</a></td><td><${Status} of=${study.status} />${!isOver(study) && html`<${Progress} of=${study.progress} label="Points done" />`}
      ${study.failure && html`<span class="faint">${study.failure.message}</span>`}</td>
    <td class="number">${number(study.progress.completed)} of ${number(study.progress.total)}</td><td class="nowrap" title=${`${done(study.createdAt)}, your time`}>${ago(study.createdAt)}</td></tr>`)}</tbody></table></div>`;
