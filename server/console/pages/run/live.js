// A run while it is simulated: figures that get surer with every replication.

import { money, number, share, shares } from "../../formats.js";
import { Progress } from "../../parts/marks.js";
import { html } from "../../preact.js";
import { Narrowing } from "./narrowing.js";

/** @param {{ of: Api.Run, seen: Api.PartialOutcomes[] }} props */
export function Live({ of: run, seen }) {
  const now = seen.at(-1);
  return html`<div class="stack">
    <section class="panel" aria-label="Progress">
      <${Progress} of=${run.progress} />
      <p class="soft" role="status" style=${{ marginTop: "8px" }}>${told(run, now)}</p>
    </section>
    ${now && html`<${Figures} of=${run} now=${now} seen=${seen} />`}
  </div>`;
}

/** @param {Api.Run} run @param {Api.PartialOutcomes | undefined} now */
function told({ status, progress, experiment }, now) {
  if (status === "QUEUED") return "Waiting for a worker. You may leave this page: the run goes on, and is found under Runs.";
  const until = experiment.precision ? `, or until service is known to ± ${number(100 * experiment.precision, 1)} points` : "";
  if (!now) return "A worker has taken it; the first figures come with the second replication.";
  return `${number(progress.completed)} of at most ${number(progress.total)} replications${until}. Figures move until the last is in; the bands show how sure they are.`;
}

/** @param {{ of: Api.Run, now: Api.PartialOutcomes, seen: Api.PartialOutcomes[] }} props */
function Figures({ of: run, now, seen }) {
  const { definition } = run.scenario;
  const names = new Map(definition.queues.map((queue) => [queue.id, queue]));
  const total = run.progress.total;
  return html`<div class="grid">
    ${now.allMet && html`<${Card} title="All promises met" unit="Probability that every clause is met in every window" shown=${share(now.allMet.mean, 0)}
      known=${shares(now.allMet.confidenceInterval)} total=${total} steps=${steps(seen, (each) => each.allMet)} />`}
    ${now.clientCost && html`<${Card} title="Cost to the client" unit=${`${definition.currency}, over the horizon`} shown=${money(now.clientCost.mean, definition.currency)}
      known=${moneyBetween(now.clientCost.confidenceInterval)} total=${total} steps=${steps(seen, (each) => each.clientCost)} free />`}
    ${now.queues.map((queue, i) => html`<${Card} key=${queue.id} title=${names.get(queue.id)?.name || queue.id} unit="Service level over the horizon"
      shown=${share(queue.serviceLevel.mean)} known=${shares(queue.serviceLevel.confidenceInterval)} target=${targetOf(names.get(queue.id))}
      total=${total} steps=${steps(seen, (each) => each.queues[i]?.serviceLevel)} />`)}
  </div>`;
}

/** Of waiting; due work is judged by when it is done. @param {Api.Queue | undefined} queue */
const targetOf = (queue) => (queue && !queue.turnaround ? queue.target.share : undefined);

/** @param {Api.PartialOutcomes[]} seen @param {(each: Api.PartialOutcomes) => any} pick */
const steps = (seen, pick) => seen.map((each) => ({ n: each.replications, ...pick(each) })).filter(({ mean }) => mean != null);

/** @param {Api.ConfidenceInterval | null} interval */
const moneyBetween = (interval) => (interval ? `${number(interval.lower)} to ${number(interval.upper)}` : "–");

/** @param {{ title: string, unit: string, shown: string, known: string, target?: number, total: number, steps: any[], free?: boolean }} props */
const Card = ({ title, unit, shown, known, target, total, steps: through, free = false }) => html`<section class="tile" aria-label=${title}>
  <div class="label">${title}</div><div class="value">${shown}</div>
  <div class="note">95 % sure: ${known}${target != null && `, target ${share(target, 0)}`}</div>
  <${Narrowing} steps=${through} total=${total} target=${target} free=${free} label=${`${title}: ${shown}, 95 % sure between ${known}`} />
  <div class="faint">${unit}</div></section>`;
