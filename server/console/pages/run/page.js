// One run: watched while it is simulated, then its outcome.

import { useAction } from "../../actions.js";
import { ApiError } from "../../api.js";
import { useAnswer } from "../../answers.js";
import { ago, done, number } from "../../formats.js";
import { watch } from "../../live.js";
import { Dialog } from "../../parts/dialog.js";
import { isOver, Status } from "../../parts/marks.js";
import { Problems } from "../../parts/problems.js";
import { RunButton } from "../../parts/run_form.js";
import { Answered, Empty, Gone, Notice } from "../../parts/states.js";
import { Head } from "../../parts/title.js";
import { html, useEffect, useState } from "../../preact.js";
import { go } from "../../route.js";
import { session } from "../../session.js";
import { useTold } from "../../use_told.js";
import { useMay } from "../../viewer.js";
import { Failed } from "./failed.js";
import { Live } from "./live.js";
import { Outcome } from "./outcome.js";

const RUN = /* GraphQL */ `query Run($id: ID!) { run(id: $id) {
  id status createdAt startedAt finishedAt engineVersion digest scenarioVersion progress { completed total } failure { code message }
  experiment { replications seed precision }
  scenario { id name version base { id name runs(first: 10) { nodes { id status experiment { seed replications } } } }
    definition { timezone currency
      queues { id name channel target { thresholdSeconds share maxOccupancy } turnaround { targetHours due share } }
      vendors { id name kind teams { id workforce { headcount } staffing { agents } } contracts { slas { id queue } } } } } } }`;
const WATCH = /* GraphQL */ `subscription Watch($run: ID!, $after: Int) { runUpdated(runId: $run, after: $after) { sequence
  run { status startedAt finishedAt progress { completed total } failure { code message }
    partialOutcomes { replications allMet { mean confidenceInterval { lower upper } } clientCost { mean confidenceInterval { lower upper } }
      queues { id offered { mean } serviceLevel { mean confidenceInterval { lower upper } } } } } } }`;
const CANCEL = /* GraphQL */ `mutation CancelRun($input: CancelRunInput!) { cancelRun(input: $input) { run { id status } userErrors { code message path } } }`;
const DELETE = /* GraphQL */ `mutation DeleteRun($input: DeleteRunInput!) { deleteRun(input: $input) { runId userErrors { code message path } } }`;

/** @param {{ id: string, query: URLSearchParams }} props */
export function RunPage({ id, query }) {
  const answer = useAnswer(RUN, { id }, { every: 60 });
  return html`<${Answered} answer=${answer} what="Run">${(/** @type {{ run: Api.Run | null }} */ { run }) =>
    run ? html`<${Watched} of=${run} query=${query} />` : html`<${Head} title="Run" /><${Gone} what="run" list="Runs" to="/runs" />`}<//>`;
}

/**
 * The run as it stands now, and what was seen of it on the way.
 * @param {Api.Run} run
 * @returns {{ run: Api.Run, seen: Api.PartialOutcomes[], trouble: string | null }}
 */
function useWatched(run) {
  const [news, setNews] = useState(/** @type {Partial<Api.Run>} */ ({}));
  const [seen, setSeen] = useState(/** @type {Api.PartialOutcomes[]} */ ([]));
  const [trouble, setTrouble] = useState(/** @type {string | null} */ (null));
  const { token } = useTold(session);
  const over = isOver(run);
  useEffect(() => {
    if (over || !token) return undefined;
    const leaving = new AbortController();
    watch(WATCH, { run: run.id }, ({ runUpdated: { run: now } }) => {
      setNews(now);
      if (now.partialOutcomes) setSeen((before) => added(before, now.partialOutcomes));
    }, leaving.signal).catch((error) => { if (!(error instanceof ApiError) || error.kind !== "SIGNED_OUT") setTrouble(error.message); });
    return () => leaving.abort();
  }, [run.id, over, token]);
  return { run: over ? run : { ...run, ...news }, seen, trouble };
}

/** @param {Api.PartialOutcomes[]} before @param {Api.PartialOutcomes} now */
const added = (before, now) => (before.at(-1)?.replications === now.replications ? [...before.slice(0, -1), now] : [...before, now]);

/** @param {{ of: Api.Run, query: URLSearchParams }} props */
function Watched({ of, query }) {
  const { run, seen, trouble } = useWatched(of);
  return html`
    <${Head} title=${run.scenario.name} tab=${`Run of ${run.scenario.name}`} actions=${html`<${Actions} of=${run} />`}
      crumbs=${html`<a href="/">Scenarios</a> / <a href=${`/scenarios/${run.scenario.id}`}>${run.scenario.name}</a> / Run`}>
      <${Status} of=${run.status} /> ${inWords(run)}<//>
    ${trouble && html`<${Notice} kind="warn" title="The run cannot be watched">${trouble}<//>`}
    ${isOver(run) ? html`<${Ended} of=${run} query=${query} />` : html`<${Live} of=${run} seen=${seen} />`}`;
}

/** @param {Api.Run} run */
function inWords({ progress, experiment, createdAt, scenarioVersion, scenario }) {
  const older = scenarioVersion != null && scenarioVersion !== scenario.version ? ` of version ${scenarioVersion} (the scenario is at ${scenario.version} by now)` : "";
  return html`<span title=${`${done(createdAt)}, your time`}>${number(progress.completed)} of ${number(progress.total)} replications${older}, seed ${experiment.seed}, asked for ${ago(createdAt)}</span>`;
}

/** @param {{ of: Api.Run, query: URLSearchParams }} props */
function Ended({ of: run, query }) {
  if (run.status === "SUCCEEDED") return html`<${Outcome} of=${run} query=${query} />`;
  if (run.status === "FAILED") return html`<${Failed} of=${run} />`;
  return html`<div class="panel"><${Empty} title="This run was cancelled" actions=${html`<${RunButton} scenario=${run.scenario} label="Run it again" experiment=${run.experiment} />
    <a class="button" href=${`/scenarios/${run.scenario.id}`}>The scenario</a>`}>
    ${number(run.progress.completed)} of ${number(run.progress.total)} replications were simulated; outcomes come of whole runs only.<//></div>`;
}

/** @param {{ of: Api.Run }} props */
function Actions({ of: run }) {
  const { busy, problems, act } = useAction(CANCEL);
  const [deleting, setDeleting] = useState(false);
  const may = useMay("RUNS"), mayEdit = useMay("SCENARIOS");
  const base = baseline(run);
  return html`
    ${run.status === "SUCCEEDED" && base && html`<a class="button first" href=${`/compare?baseline=${base.id}&runs=${run.id}`}>Compare with ${run.scenario.base?.name}</a>`}
    ${run.status === "SUCCEEDED" && !base && html`<a class="button" href=${`/compare?baseline=${run.id}`}>Compare …</a>`}
    ${mayEdit && html`<a class="button" href=${`/scenarios/${run.scenario.id}/edit`}>What if …</a>`}
    ${!isOver(run) && may && html`<button class="danger" disabled=${busy} onClick=${() => act({ runId: run.id })}>Cancel the run</button>`}
    ${isOver(run) && may && html`<button class="plain danger" onClick=${() => setDeleting(true)}>Delete</button>`}
    ${deleting && html`<${DeleteDialog} of=${run} onClose=${() => setDeleting(false)} />`}
    <${Problems} of=${problems} />`;
}

/** The run of what the scenario was made from that has met the same luck. @param {Api.Run} run */
const baseline = ({ scenario, experiment }) =>
  scenario.base?.runs.nodes.find((other) => other.status === "SUCCEEDED" && other.experiment.seed === experiment.seed);

/** @param {{ of: Api.Run, onClose: () => void }} props */
function DeleteDialog({ of: run, onClose }) {
  const { busy, problems, act } = useAction(DELETE);
  const remove = async () => { if ((await act({ runId: run.id }))?.runId) go("/runs"); };
  return html`<${Dialog} title="Delete this run?" onClose=${onClose}
    actions=${html`<button onClick=${onClose} autofocus>Keep it</button><button class="danger" disabled=${busy} onClick=${remove}>Delete</button>`}>
    <p>Its outcomes go with it; the scenario stays. There is no way back, but the same scenario and seed simulated again come out the same.</p>
    <${Problems} of=${problems} /><//>`;
}
