// The run itself: what was simulated and how, its whole result as a file.

import { useAction } from "../../actions.js";
import { useAnswer } from "../../answers.js";
import { done, number, share } from "../../formats.js";
import { Problems } from "../../parts/problems.js";
import { Answered } from "../../parts/states.js";
import { html } from "../../preact.js";

const PAPERS = /* GraphQL */ `query Papers($run: ID!) { run(id: $run) { document } }`;
const EXPORT = /* GraphQL */ `mutation ExportOutcomes($input: ExportOutcomesInput!) { exportOutcomes(input: $input) { url userErrors { code message path } } }`;

/** @param {{ of: Api.Run }} props */
export function Papers({ of: run }) {
  const answer = useAnswer(PAPERS, { run: run.id });
  const { experiment } = run;
  return html`<div class="grid">
    <section class="panel"><header><h2>How it was simulated</h2></header><dl class="facts">
      <dt>Replications</dt><dd>${number(run.progress.completed)} of at most ${number(run.progress.total)}</dd><dt>Seed</dt><dd>${experiment.seed}</dd>
      <dt>Precision</dt><dd>${experiment.precision ? `± ${share(experiment.precision)}` : "none asked for"}</dd>
      <dt>Asked for</dt><dd>${done(run.createdAt)}, your time</dd><dt>Took</dt><dd>${took(run)}</dd><dt>Engine</dt><dd>${run.engineVersion}</dd><dt>Scenario digest</dt><dd><code>${run.digest}</code></dd></dl>
      <p class="faint" style=${{ marginTop: "10px" }}>The same scenario, experiment and engine give the same bytes.</p></section>
    <${Files} of=${run} />
    <section class="panel wide"><header><h2>The document that was simulated</h2></header>
      <${Answered} answer=${answer} what="Document">${(/** @type {any} */ data) => html`<textarea class="code" readonly aria-label="The document that was simulated" value=${legible(data.run.document)} style=${{ minHeight: "280px" }}></textarea>`}<//></section>
  </div>`;
}

/** Canonical JSON, on lines that people can read. @param {string} text */
const legible = (text) => JSON.stringify(JSON.parse(text), null, 2);

/** @param {Api.Run} run */
const took = ({ startedAt, finishedAt }) => (startedAt && finishedAt ? `${number((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000, 1)} s` : "–");

/** @param {{ of: Api.Run }} props */
function Files({ of: run }) {
  const { busy, problems, act } = useAction(EXPORT);
  const fetchFile = async (/** @type {string} */ format) => {
    const payload = await act({ runId: run.id, format });
    if (payload?.url) location.assign(new URL(payload.url, location.href).pathname);
  };
  return html`<section class="panel"><header><h2>The whole result as a file</h2></header>
    <p class="soft">One row for each queue or team, period and measure.</p>
    <div class="actions" style=${{ marginTop: "10px" }}>${["CSV", "XLSX", "PARQUET"].map((format) => html`<button key=${format} disabled=${busy} onClick=${() => fetchFile(format)}>${format}</button>`)}</div>
    <${Problems} of=${problems} /></section>`;
}
