// The answer of each kind of study.

import { Frontier, operations, TornadoChart } from "../../charts/index.js";
import { Asked } from "../../parts/chart.js";
import { html } from "../../preact.js";
import { choose } from "../../route.js";
import { ExplanationAnswer } from "./explanation.js";
import { LimitAnswer } from "./limit.js";
import { ReadinessAnswer } from "./readiness.js";
import { StaffingAnswer } from "./staffing.js";
import { StressAnswer } from "./stress.js";

/** @typedef {{ of: Api.Study, query: URLSearchParams, about: { zone: string, currency: string, name: string } }} Props */

/** @param {Props} props */
const SweepAnswer = ({ of: study, about }) => html`<div class="panel"><${Asked} operation=${operations.frontier} variables=${{ study: study.id }} what="Sweep">${(/** @type {any} */ data, /** @type {any} */ source) =>
  html`<${Frontier} sweep=${data.study.sweep} about=${{ ...about, replications: data.study.sweep.replications }} source=${source} />`}<//></div>`;

/** @param {Props} props */
const SensitivityAnswer = ({ of: study, query, about }) => html`<div class="panel"><${Asked} operation=${operations.tornado} variables=${{ study: study.id }} what="Sensitivity">${(/** @type {any} */ data, /** @type {any} */ source) =>
  html`<${TornadoChart} tornado=${data.study.sensitivity} about=${{ ...about, replications: data.study.sensitivity.replications }} source=${source} by=${query.get("by") ?? "holds"} onBy=${(/** @type {string} */ by) => choose({ by })} />`}<//></div>`;

/** The board stands with its request. */
const EvaluationAnswer = () => html`<div class="panel"><p>The board is on the page of its request: <a class="button" href="/requests">Requests</a></p></div>`;

/** @type {Record<string, any>} */
export const ANSWERS = {
  SWEEP: SweepAnswer, SENSITIVITY: SensitivityAnswer, LIMIT_SEARCH: LimitAnswer, STAFFING_SEARCH: StaffingAnswer, STRESS_TESTS: StressAnswer, EXPLAINING: ExplanationAnswer,
  EVALUATION: EvaluationAnswer, READINESS: ReadinessAnswer,
};
