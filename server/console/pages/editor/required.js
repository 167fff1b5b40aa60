// What a queue's demand requires, day by day and on its busiest day, beside the saved plan.

import { Figure } from "../../charts/figure.js";
import { Line, Names, Rows } from "../../charts/marks.js";
import { Plot } from "../../charts/plot.js";
import { extent, linear, thinned } from "../../charts/scales.js";
import { day, number, shortDay } from "../../formats.js";
import { html } from "../../preact.js";
import { useDraft } from "./draft.js";

/** @typedef {{ date: string, most: number, agents: (number | null)[], times: string[] }} Day */

/** @param {{ queue: Api.Queue }} props */
export function Required({ queue }) {
  const { preview, plan, scenario: { definition: { timezone } } } = useDraft();
  const now = daysOf(preview, queue.id, timezone), saved = daysOf(plan, queue.id, timezone);
  if (!now.length) return null;
  const busiest = now.reduce((most, each) => (each.most > most.most ? each : most));
  const same = saved.find(({ date }) => date === busiest.date);
  return html`<section class="panel"><div class="grid">
    <${Drawn} title="Agents required, each day's most" file=${`required-${queue.id}`} what="days" labels=${now.map(({ date }) => date)} shown=${shortDay} told=${day} now=${now.map(({ most }) => most)} saved=${saved.map(({ most }) => most)}
      message=${`Most on ${day(busiest.date)}: ${number(busiest.most, 1)} agents on the floor.`} />
    <${Drawn} title=${`Agents required on ${day(busiest.date)}`} file=${`required-${queue.id}-busiest-day`} what="intervals" labels=${busiest.times} shown=${plain} told=${plain} now=${busiest.agents} saved=${same?.agents ?? []}
      message=${`The busiest day by the interval; times in ${timezone}.`} /></div></section>`;
}

const plain = (/** @type {string} */ text) => text;

/** @param {{ title: string, file: string, what: string, labels: string[], shown: (label: string) => string, told: (label: string) => string, now: (number | null)[], saved: (number | null)[], message: string }} props */
function Drawn({ title, file, what, labels, shown, told, now, saved, message }) {
  const changed = saved.length === now.length && saved.some((x, i) => x !== now[i]);
  return html`<${Figure} title=${title} subtitle=${message} file=${file} columns=${[{ label: "When" }, { label: "Now", unit: "agents" }, { label: "As saved", unit: "agents" }]} rows=${labels.map((label, i) => [label, now[i], saved[i] ?? null])}
    keys=${changed ? [{ mark: "line", kind: "series-1", text: "now" }, { mark: "dashed", text: "as saved" }] : []}>
    <${Plot} label=${message} what=${what} draw=${(/** @type {number} */ width) => drawing(width, labels, shown, told, now, changed ? saved : [])} /><//>`;
}

/** @param {number} width @param {string[]} labels @param {(label: string) => string} shown @param {(label: string) => string} told @param {(number | null)[]} now @param {(number | null)[]} saved */
function drawing(width, labels, shown, told, now, saved) {
  const [left, top, height] = [40, 12, 180];
  const y = linear(extent([...now, ...saved], { zero: true }), [height - 26, top]);
  const across = linear([0, Math.max(1, labels.length - 1)], [left + 8, width - 12]);
  const x = (/** @type {number} */ i) => across(i);
  return {
    height,
    points: labels.map((label, i) => ({ x: x(i), y: y(now[i] ?? 0), says: [told(label), `${number(now[i], 1)} agents`, ...(saved.length ? [`${number(saved[i], 1)} as saved`] : [])] })),
    marks: html`<${Rows} y=${y} x=${[left, width]} format=${(/** @type {number} */ v) => number(v)} />
      ${saved.length > 0 && html`<g class="before"><${Line} x=${x} y=${y} figures=${saved} kind="reference" /></g>`}<${Line} x=${x} y=${y} figures=${now} />
      <${Names} places=${thinned(labels.length, width - left, 58).map((i) => ({ x: x(i), text: shown(labels[i]) }))} y=${height - 6} />`,
  };
}

/** A queue's requirement, cut into local days. @param {Api.ScenarioPreview | undefined} preview @param {string} id @param {string} zone @returns {Day[]} */
function daysOf(preview, id, zone) {
  const found = preview?.requirement.find(({ queue }) => queue === id);
  if (!found) return [];
  const clock = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
  /** @type {Map<string, Day>} */
  const days = new Map();
  for (const [i, agents] of found.agents.entries()) {
    const [date, time] = clock.format(Date.parse(found.start) + 1000 * found.stepSeconds * i).split(" ");
    const of = days.get(date) ?? { date, most: 0, agents: [], times: [] };
    days.set(date, of);
    of.agents.push(agents);
    of.times.push(time);
    of.most = Math.max(of.most, agents ?? 0);
  }
  return [...days.values()];
}
