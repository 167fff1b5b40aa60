// What the draft comes to, by formulas, while it is written: problems, cost, people, requirement, each beside the saved plan.

import { Figure } from "../../charts/figure.js";
import { Line, Names, Rows } from "../../charts/marks.js";
import { Plot } from "../../charts/plot.js";
import { extent, linear, thinned } from "../../charts/scales.js";
import { day, figure, money, number, shortDay, signed } from "../../formats.js";
import { Choice } from "../../parts/chart.js";
import { ProblemLine } from "../../parts/problems.js";
import { html, useState } from "../../preact.js";

/** @typedef {{ now: Api.ScenarioPreview, saved: Api.ScenarioPreview | undefined, currency: string, zone: string, onGo: (path: string) => void }} Props */

/** @param {Props & { busy: boolean }} props */
export function Preview({ now, saved, currency, zone, onGo, busy }) {
  const valid = now.teams.length > 0 || now.requirement.length > 0;
  const errors = now.diagnostics.filter(({ severity }) => severity === "ERROR"), others = now.diagnostics.filter(({ severity }) => severity !== "ERROR");
  return html`<div class=${`stack preview ${busy ? "busy" : ""}`} aria-busy=${busy}>
    ${errors.length > 0 && html`<section class="panel" aria-live="polite"><header><h2>Not valid yet</h2><p>${errors.length} to mend</p></header><${Found} of=${errors} onGo=${onGo} /></section>`}
    ${valid && html`<${Cost} now=${now.cost} saved=${saved?.cost} currency=${currency} />
      <${People} now=${now} saved=${saved} />
      <${Findings} of=${others} onGo=${onGo} />
      <${Requirement} now=${now} saved=${saved} zone=${zone} />`}
  </div>`;
}

/** @param {{ of: Api.Diagnostic[], onGo: (path: string) => void }} props */
const Findings = ({ of, onGo }) => html`<section class="panel" aria-live="polite">
  <header><h2>Will it hold?</h2><p>${of.length ? `${of.length} found` : ""}</p></header>
  ${of.length ? html`<${Found} of=${of} onGo=${onGo} few />` : html`<p class="good">Nothing stands against it, by formulas. A run says how sure that is.</p>`}</section>`;

/** @param {{ of: Api.Diagnostic[], onGo: (path: string) => void, few?: boolean }} props */
function Found({ of, onGo, few = false }) {
  const [all, setAll] = useState(false);
  const shown = few && !all ? of.slice(0, 4) : of;
  return html`<ul class="list found">${shown.map((problem) => html`<li key=${problem.code + problem.path + problem.message}><${ProblemLine} of=${problem} onGo=${onGo} /></li>`)}</ul>
    ${shown.length < of.length && html`<button class="plain small" onClick=${() => setAll(true)}>${of.length - shown.length} more</button>`}`;
}

/** @param {{ now: Api.ExpectedCost | null, saved: Api.ExpectedCost | null | undefined, currency: string }} props */
function Cost({ now, saved, currency }) {
  if (now?.total == null) return null;
  const before = saved?.total ?? null;
  return html`<section class="panel"><header><h2>Expected cost</h2><p>if all comes as expected</p></header>
    <div class="tile-value" id="expected-cost">${money(now.total, currency)}</div>
    <p class="soft" role="status">${before == null ? "" : now.total === before ? "as saved" : `${signed(now.total - before, (x) => money(x, currency))} against the saved plan, ${signed((100 * (now.total - before)) / before, (x) => number(x, 1))} %`}</p>
    <details><summary class="faint">By vendor, and what is left out</summary>${now.vendors.length > 0 && html`<dl class="facts" style=${{ marginTop: "8px" }}>${now.vendors.map(({ vendor, total }) => html`<dt key=${vendor}>${vendor}</dt><dd class="number">${money(total, currency)}</dd>`)}</dl>`}
    <p class="faint" style=${{ marginTop: "8px" }}>Without credits, bonuses, late work, overtime and outages${now.leftOut.length ? `; and without ${now.leftOut.join(", ")}` : ""}.</p></details></section>`;
}

/** @param {{ now: Api.ScenarioPreview, saved: Api.ScenarioPreview | undefined }} props */
function People({ now, saved }) {
  const staffed = now.teams.filter(({ plannedFte }) => plannedFte.some((x) => x != null));
  const [wanted, want] = useState("");
  const team = staffed.find(({ team: id }) => id === wanted) ?? neediest(staffed);
  if (!team) return null;
  const before = saved?.teams.find(({ team: id }) => id === team.team);
  return html`<section class="panel"><header><${Choice} name="preview-team" label="People of" value=${team.team} options=${staffed.map(({ team: id }) => [id, id])} onChoose=${want} /></header>
    <${Weeks} team=${team} before=${before} /></section>`;
}

/** The team that is shortest in its worst week. @param {Api.TeamPreview[]} teams */
const neediest = (teams) => teams.reduce((/** @type {Api.TeamPreview | undefined} */ worst, team) => (worst && gap(worst) <= gap(team) ? worst : team), undefined);

/** @param {Api.TeamPreview} team */
const gap = ({ effectiveFte, requiredFte }) => Math.min(...effectiveFte.map((x, i) => (x ?? 0) - (requiredFte[i] ?? 0)));

/** @param {{ team: Api.TeamPreview, before: Api.TeamPreview | undefined }} props */
function Weeks({ team: { team, starts, requiredFte, plannedFte, effectiveFte }, before }) {
  const short = effectiveFte.filter((x, i) => (x ?? 0) < (requiredFte[i] ?? 0)).length;
  const message = short ? `Effective people are under the requirement in ${short} of ${starts.length} weeks.` : `Effective people are at or over the requirement in all ${starts.length} weeks.`;
  const changed = before && before.requiredFte.some((x, i) => x !== requiredFte[i]);
  return html`<${Figure} title=${`People of ${team}, by week`} subtitle=${`${message} Paid FTE; effective: weighted by tenured over own handling time.`} file=${`preview-${team}`}
    keys=${[{ mark: "line", kind: "series-1", text: "effective" }, { mark: "line", kind: "series-3", text: "planned" }, { mark: "line", kind: "series-2", text: "required" }, ...(changed ? [{ mark: "dashed", text: "required, as saved" }] : [])]}
    columns=${[{ label: "Week" }, { label: "Required", unit: "FTE", format: figure }, { label: "Planned", unit: "FTE", format: figure }, { label: "Effective", unit: "FTE", format: figure }]}
    rows=${starts.map((start, i) => [start, requiredFte[i], plannedFte[i], effectiveFte[i]])}>
    <${Plot} label=${message} what="weeks" draw=${(/** @type {number} */ width) => lines(width, starts, [[requiredFte, "series-2", "required"], [plannedFte, "series-3", "planned"], [effectiveFte, "series-1", "effective"]], changed ? before?.requiredFte : undefined)} /><//>`;
}

/**
 * @param {number} width @param {string[]} starts @param {[(number | null)[], string, string][]} of @param {(number | null)[]} [before]
 */
function lines(width, starts, of, before) {
  const [left, top, height] = [44, 12, 190];
  const y = linear(extent([...of.flatMap(([figures]) => figures), ...(before ?? [])], { zero: true }), [height - 26, top]);
  const across = linear([0, Math.max(1, starts.length - 1)], [left + 8, width - 8]);
  const x = (/** @type {number} */ i) => across(i);
  const labels = thinned(starts.length, width - left, 62).map((i) => ({ x: x(i), text: shortDay(starts[i]) }));
  return {
    height,
    points: starts.map((start, i) => ({ x: x(i), y: y(of.at(-1)?.[0][i] ?? 0), says: [day(start), ...of.map(([figures, , name]) => `${name} ${figure(figures[i])}`)] })),
    marks: html`<${Rows} y=${y} x=${[left, width]} format=${(/** @type {number} */ v) => figure(v)} />
      ${before && html`<g class="before"><${Line} x=${x} y=${y} figures=${before} kind="reference" /></g>`}
      ${of.map(([figures, kind]) => html`<${Line} key=${kind} x=${x} y=${y} figures=${figures} kind=${kind} />`)}
      <${Names} places=${labels} y=${height - 6} />`,
  };
}

/** @param {{ now: Api.ScenarioPreview, saved: Api.ScenarioPreview | undefined, zone: string }} props */
function Requirement({ now, saved, zone }) {
  const queues = now.requirement.filter(({ queue }) => queue);
  const before = new Map(saved?.requirement.filter(({ queue }) => queue).map((each) => [each.queue, each]));
  return html`<section class="panel"><header><h2>Agents required at the peak</h2></header><div class="scroll"><table><thead><tr><th scope="col">Queue</th><th scope="col" class="number">Most</th><th scope="col" class="number">As saved</th><th scope="col">First at</th></tr></thead>
    <tbody>${queues.map((each) => html`<tr key=${each.queue}><th scope="row">${each.queue}</th><td class="number">${number(each.mostAgents, 1)}</td><td class="number">${number(before.get(each.queue)?.mostAgents, 1)}</td>
      <td class="nowrap">${peak(each, zone)}</td></tr>`)}</tbody></table></div><p class="faint">On the floor, in the busiest interval; times in ${zone}.</p></section>`;
}

/** @param {Api.AgentRequirement} requirement @param {string} zone */
function peak({ start, stepSeconds, agents, mostAgents }, zone) {
  const place = agents.findIndex((n) => n != null && n >= mostAgents - 1e-9);
  if (place < 0 || !mostAgents) return "–";
  return new Date(Date.parse(start) + 1000 * stepSeconds * place).toLocaleString("en-GB", { timeZone: zone, weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}
