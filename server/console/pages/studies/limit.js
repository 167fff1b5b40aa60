// How far a plan stands, and what breaks first.

import { Figure } from "../../charts/figure.js";
import { Columns, Rows, Sure, SURE } from "../../charts/marks.js";
import { Plot } from "../../charts/plot.js";
import { extent, linear } from "../../charts/scales.js";
import { figure, localTime, share, words } from "../../formats.js";
import { Asked } from "../../parts/chart.js";
import { html } from "../../preact.js";

const LIMIT = /* GraphQL */ `query LimitOfStudy($study: ID!) { study(id: $study) { limit { vary until limit breaksAt surelyHoldsAt surelyBreaksAt asPlanned { mean lower upper } reversals
  breaksFirst { clause queue start share { mean } } tried { value replications isEnough isCertain holds { mean lower upper } firstBreak { clause queue } } } } }`;

/** @param {import("./answers.js").Props} props */
export const LimitAnswer = ({ of: study }) => html`<${Asked} operation=${LIMIT} variables=${{ study: study.id }} what="Limit">${(/** @type {any} */ data, /** @type {any} */ source) =>
  html`<${Shown} of=${data.study.limit} source=${source} />`}<//>`;

/** @param {{ of: Api.PlanLimit, source: any }} props */
function Shown({ of, source }) {
  const first = of.breaksFirst, lateness = of.vary === "lateness";
  const shown = (/** @type {number | null} */ x) => (x == null ? "–" : lateness ? `${figure(x)} weeks` : `× ${figure(x)}`);
  return html`<div class="tiles" style=${{ marginBottom: "16px" }}>
      <div class="tile"><div class="label">Holds up to</div><div class="value">${shown(of.limit)}</div><div class="note">${of.vary}, in ${share(of.until, 0)} of the courses${of.surelyHoldsAt == null ? "" : `; surely up to ${shown(of.surelyHoldsAt)}`}</div></div>
      <div class="tile"><div class="label">No more at</div><div class="value">${shown(of.breaksAt)}</div><div class="note">${of.surelyBreaksAt == null ? "not known for certain" : `surely not at ${shown(of.surelyBreaksAt)}`}</div></div>
      <div class="tile"><div class="label">Breaks first</div><div class="value">${first?.clause ?? first?.queue ?? "nothing"}</div><div class="note">${first ? `in ${share(first.share.mean, 0)} of the courses${first.start ? `, window from ${localTime(first.start)}` : ""}` : ""}</div></div>
      <div class="tile"><div class="label">As planned</div><div class="value">${share(of.asPlanned.mean, 0)}</div><div class="note">holds; 95 % sure: ${share(of.asPlanned.lower, 0)} to ${share(of.asPlanned.upper, 0)}</div></div></div>
    <div class="panel"><${Figure} title="How often the plan holds" file="limit" source=${source} subtitle=${`Share of courses in which every clause (or target) is met, by ${words(of.vary)}.${of.reversals ? ` ${of.reversals} courses held at a worse value than one at which they failed.` : ""}`}
      keys=${[SURE, { mark: "dashed", text: `wanted: ${share(of.until, 0)}` }]} columns=${[{ label: of.vary }, { label: "Holds", format: share }, { label: "95 % sure, lower", format: share }, { label: "upper", format: share }, { label: "Replications" }, { label: "Breaks first" }]}
      rows=${of.tried.map((each) => [each.value, each.holds.mean, each.holds.lower, each.holds.upper, each.replications, each.firstBreak?.clause ?? each.firstBreak?.queue ?? null])}>
      <${Plot} label=${`The plan holds up to ${shown(of.limit)}.`} what="values" draw=${(/** @type {number} */ width) => drawing(width, of)} /><//></div>`;
}

/** @param {number} width @param {Api.PlanLimit} of */
function drawing(width, { tried, until, limit }) {
  const [left, top, height] = [52, 14, 300];
  const y = linear([0, 1], [height - 44, top]), x = linear(extent(tried.map(({ value }) => value)), [left + 16, width - 16]);
  return {
    height,
    points: tried.map(({ value, holds, replications }) => ({ x: x(value), y: y(holds.mean), says: [figure(value), `holds in ${share(holds.mean)}`, `95 % sure: ${share(holds.lower)} to ${share(holds.upper)}`, `${replications} replications`] })),
    marks: html`<${Rows} y=${y} x=${[left, width]} format=${(/** @type {number} */ v) => share(v, 0)} /><${Columns} x=${x} y=${[top, height - 44]} format=${figure} wanted=${6} />
      <line class="reference" x1=${left} x2=${width} y1=${y(until)} y2=${y(until)} />${limit != null && html`<line class="reference" x1=${x(limit)} x2=${x(limit)} y1=${top} y2=${height - 44} />`}
      ${tried.map(({ value, holds }) => html`<g data-mark=${holds.mean}><${Sure} x=${x(value)} from=${y(holds.lower)} to=${y(holds.upper)} mean=${y(holds.mean)} /></g>`)}`,
  };
}
