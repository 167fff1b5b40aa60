// What comes to a queue, and how it is handled: its volume, its curves, its happenings.

import { capital, words } from "../../formats.js";
import { Choice } from "../../parts/chart.js";
import { html } from "../../preact.js";
import { choose, place } from "../../route.js";
import { useTold } from "../../use_told.js";
import { useDraft } from "./draft.js";
import { Curve, Field, Missing } from "./fields.js";
import { Required } from "./required.js";

const WEEK = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];
const YEAR = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/** The queue that the address names, or the first. @returns {Api.Queue} */
export function useQueue() {
  const { scenario: { definition: { queues } } } = useDraft();
  const wanted = useTold(place).query.get("queue");
  return queues.find(({ id }) => id === wanted) ?? queues[0];
}

export function QueueChoice() {
  const { scenario: { definition: { queues } } } = useDraft();
  const queue = useQueue();
  return html`<${Choice} name="queue" label="Queue" value=${queue.id} options=${queues.map(({ id, name }) => [id, name || id])} onChoose=${(/** @type {string} */ id) => choose({ queue: id })} />`;
}

export function Demand() {
  const queue = useQueue();
  const { demand } = queue;
  const at = `queues.${queue.id}.demand`;
  return html`<div class="stack" key=${queue.id}>
    <${QueueChoice} />
    <section class="panel"><header><h2>Volume of ${queue.name || queue.id}</h2><p>${capital(words(queue.channel))}</p></header>
      <div class="fields">
        ${demand.weeklyVolume != null && html`<${Field} path=${`${at}.weekly_volume`} label="Contacts in an average week" was=${demand.weeklyVolume} />`}
        ${demand.shareOf && html`<${Field} path=${`${at}.share`} label=${`Share of ${demand.shareOf}'s volume`} kind="share" was=${demand.share} />`}
        ${demand.weeklyVolume != null && html`<${Field} path=${`${at}.growth_per_year`} label="Growth in a year" kind="share" was=${demand.growthPerYear} />`}
        <${Field} path=${`${at}.busyness_cv`} label="A day varies beyond chance by" kind="share" was=${demand.busynessCv} help="standard deviation of a whole day's volume" />
      </div>
      ${demand.weeklyVolume == null && !demand.shareOf && html`<p class="soft">Its volumes stand by date in the document: scale them under What if, or write them under Document.</p>`}
    </section>
    <${Required} queue=${queue} />
    <section class="panel"><header><h2>Curves</h2><p>weights: only their proportions count</p></header><div class="stack">
      <${Curve} path=${`${at}.weekday_weights`} label="The week" entries=${demand.weekdayWeights} all=${WEEK} />
      ${demand.timeOfDayWeights.map(({ days, weights }, i) => html`<${Curve} key=${i} path=${`${at}.time_of_day_weights.${i}.weights`} label=${`The day, ${days.length && days.length < 7 ? days.map(capitalised).join(", ") : "other days"}`} entries=${weights} />`)}
      ${demand.season?.months && html`<${Curve} path=${`${at}.season.months`} label="The year" entries=${demand.season.months} all=${YEAR} />`}
      ${demand.season?.weeks && html`<${Curve} path=${`${at}.season.weeks`} label="The year, by week of the calendar" entries=${demand.season.weeks} most=${3} />`}</div></section>
    <${Happenings} of=${demand} at=${at} />
  </div>`;
}

/** @param {string} name */
const capitalised = (name) => capital(name.toLowerCase());

/** @param {{ of: Api.Demand, at: string }} props */
const Happenings = ({ of: { events, shocks }, at }) => (events.length > 0 || shocks.length > 0) && html`<section class="panel"><header><h2>Happenings</h2><p>add more under What if</p></header><div class="stack">
  ${events.map((event, i) => html`<fieldset key=${i}><legend>${event.name}</legend><div class="fields">
    <${Field} path=${`${at}.events.${i}.start`} label="First day" kind="date" was=${event.start} />
    <${Field} path=${`${at}.events.${i}.days`} label="Days" was=${event.days} />
    <${Field} path=${`${at}.events.${i}.multiplier`} label="Times the usual volume" was=${event.multiplier} />
    <${Field} path=${`${at}.events.${i}.lead_in_days`} label="Days of rising before" was=${event.leadInDays} />
    <${Field} path=${`${at}.events.${i}.decay_days`} label="Days of falling after" was=${event.decayDays} /></div></fieldset>`)}
  ${shocks.map((shock, i) => html`<fieldset key=${i}><legend>Shock</legend><div class="fields">
    <${Field} path=${`${at}.shocks.${i}.start`} label="Begins" kind="text" was=${shock.start} />
    <${Field} path=${`${at}.shocks.${i}.hours`} label="Hours" was=${shock.hours} />
    <${Field} path=${`${at}.shocks.${i}.add`} label="Contacts on top" was=${shock.add} /></div></fieldset>`)}</div></section>`;

export function Queues() {
  const queue = useQueue();
  const at = `queues.${queue.id}`;
  return html`<div class="stack" key=${queue.id}>
    <${QueueChoice} />
    <section class="panel"><header><h2>Target</h2></header><div class="fields">
      ${queue.turnaround ? html`
        <${Field} path=${`${at}.turnaround.share`} label="Done in time" kind="share" was=${queue.turnaround.share} />
        ${queue.turnaround.targetHours != null && html`<${Field} path=${`${at}.turnaround.target_hours`} label="Within" unit="hours" was=${queue.turnaround.targetHours} />`}` : html`
        <${Field} path=${`${at}.target.share`} label="Answered in time" kind="share" was=${queue.target.share} />
        <${Field} path=${`${at}.target.threshold_seconds`} label="Within" unit="seconds" was=${queue.target.thresholdSeconds} />`}
      <${Field} path=${`${at}.target.max_occupancy`} label="People busy at most" kind="share" was=${queue.target.maxOccupancy} /></div></section>
    <section class="panel"><header><h2>Handling</h2><p>${words(queue.handling.distribution)}${queue.handling.meanSeconds == null ? ", given by values: change it under What if or Document" : ""}</p></header><div class="fields">
      ${queue.handling.meanSeconds != null && html`<${Field} path=${`${at}.handling.mean_seconds`} label="Mean handling time" unit="seconds" was=${queue.handling.meanSeconds} />
      <${Field} path=${`${at}.handling.cv`} label="Coefficient of variation" was=${queue.handling.cv} />`}
      ${queue.concurrency && html`<${Field} path=${`${at}.concurrency.slots`} label="Conversations at once" was=${queue.concurrency.slots} />
      <${Field} path=${`${at}.concurrency.slowdown`} label="Slower by each further one" was=${queue.concurrency.slowdown} />`}
      ${queue.handling.changes.map((change, i) => html`<${Field} key=${i} path=${`${at}.handling.changes.${i}.multiplier`} label=${`From ${change.from} on, times`} was=${change.multiplier} />`)}</div></section>
    <section class="panel"><header><h2>Who waits, who comes back</h2></header><div class="fields">
      ${queue.patience?.meanSeconds != null && html`<${Field} path=${`${at}.patience.mean_seconds`} label="Patience" unit="seconds" was=${queue.patience.meanSeconds} help="mean time until somebody gives up" />`}
      ${queue.lines != null && html`<${Field} path=${`${at}.lines`} label="Lines" was=${queue.lines} />`}
      ${queue.retrial && html`<${Field} path=${`${at}.retrial.probability`} label="Of those who gave up, try again" kind="share" was=${queue.retrial.probability} />`}
      ${queue.repeat && html`<${Field} path=${`${at}.repeat.returns`} label="Of those not helped, come back" kind="share" was=${queue.repeat.returns} />`}
      ${queue.callback ? html`<${Field} path=${`${at}.callback.offer_over_seconds`} label="Call-back offered over" unit="seconds" was=${queue.callback.offerOverSeconds} />
        <${Field} path=${`${at}.callback.acceptance`} label="Call-back accepted by" kind="share" was=${queue.callback.acceptance} />`
        : queue.channel === "VOICE" && html`<${Missing} path=${`${at}.callback`} label="Call-backs" begin=${{ offer_over_seconds: 180, acceptance: 0.4, success: 0.85 }} why="People who would wait long are offered a call later." />`}
      ${queue.containment.map((bot, i) => html`<${Field} key=${i} path=${`${at}.containment.${i}.share`} label=${`Settled by automation from ${bot.from}`} kind="share" was=${bot.share} />`)}</div></section>
  </div>`;
}
