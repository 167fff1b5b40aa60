// What-if changes as sliders: each is one typed change of the API, for everybody or for one.

import { number } from "../../formats.js";
import { html, useId, useState } from "../../preact.js";
import { choose, place } from "../../route.js";
import { useTold } from "../../use_told.js";
import { typed, withTyped } from "./changes.js";
import { useDraft } from "./draft.js";
import { NumberBox } from "./fields.js";

/**
 * @typedef {{ kind: string, label: string, field: "factor" | "weeks" | "minutes", low: number, high: number, step: number, note: string }} Lever
 */

/** @type {Lever[]} */
const OF_QUEUES = [
  { kind: "scaleDemand", label: "Contacts", field: "factor", low: 0.5, high: 2, step: 0.01, note: "volume of every week, shocks and batches included" },
  { kind: "scaleHandling", label: "Handling time", field: "factor", low: 0.6, high: 1.6, step: 0.01, note: "talk, hold and after-work of each contact" },
  { kind: "scalePatience", label: "Patience", field: "factor", low: 0.25, high: 3, step: 0.05, note: "how long people wait before they give up" },
  { kind: "shiftDemand", label: "Within the day", field: "minutes", low: -240, high: 240, step: 15, note: "contacts come later, or earlier, on every day" },
];
/** @type {Lever[]} */
const OF_TEAMS = [
  { kind: "scaleTeam", label: "People at the start", field: "factor", low: 0.5, high: 2, step: 0.01, note: "heads in production, or given agents" },
  { kind: "delayHiring", label: "Hiring late by", field: "weeks", low: 0, high: 12, step: 1, note: "classes to come, and requisitions" },
  { kind: "scaleHiring", label: "Hiring yields", field: "factor", low: 0, high: 1.5, step: 0.05, note: "heads of classes to come, share of asked-for heads that is found" },
  { kind: "scaleAttrition", label: "Attrition", field: "factor", low: 0, high: 3, step: 0.05, note: "how fast people leave" },
  { kind: "scaleAbsence", label: "Absence", field: "factor", low: 0, high: 3, step: 0.05, note: "unplanned" },
  { kind: "scaleShrinkage", label: "Planned shrinkage", field: "factor", low: 0, high: 2, step: 0.05, note: "leave and time in the office" },
  { kind: "scaleWages", label: "Wages", field: "factor", low: 0.7, high: 1.5, step: 0.01, note: "what a team's people are paid" },
];
/** @type {Lever[]} */
const OF_VENDORS = [
  { kind: "scaleRates", label: "Rates", field: "factor", low: 0.7, high: 1.5, step: 0.01, note: "every rate, band and fixed amount that a vendor charges" },
];

export function WhatIf() {
  const { scenario: { definition: { queues, vendors, start } } } = useDraft();
  const teams = vendors.flatMap((vendor) => vendor.teams);
  return html`<div class="stack">
    <${Levers} title="What comes" whose="queue" all="all queues" of=${OF_QUEUES} ids=${queues.map(({ id, name }) => [id, name || id])} />
    <${Levers} title="Who is there" whose="team" all="all teams" of=${OF_TEAMS} ids=${teams.map(({ id }) => [id, id])} />
    <${Levers} title="What is charged" whose="vendor" all="all vendors" of=${OF_VENDORS} ids=${vendors.map(({ id, name }) => [id, name || id])} />
    <section class="panel"><header><h2>Happenings</h2></header><div class="grid">
      <${AddEvent} start=${start} /><${AddClass} teams=${teams.filter(({ workforce }) => workforce)} /><${LeaveOut} vendors=${vendors} /></div></section>
  </div>`;
}

/** @param {{ title: string, whose: "queue" | "team" | "vendor", all: string, of: Lever[], ids: string[][] }} props */
function Levers({ title, whose, all, of, ids }) {
  const one = useTold(place).query.get(`for-${whose}`) ?? "";
  return html`<section class="panel"><header><h2>${title}</h2><label class="choice">for
    <select aria-label=${`${title}: for`} onChange=${(/** @type {any} */ event) => choose({ [`for-${whose}`]: event.target.value })}>
      <option value="">${all}</option>${ids.map(([id, name]) => html`<option key=${id} value=${id} selected=${id === one}>${name}</option>`)}</select></label></header>
    ${of.map((lever) => html`<${Slider} key=${lever.kind + one} of=${lever} whose=${one ? { [whose]: one } : {}} />`)}</section>`;
}

/** @param {{ of: Lever, whose: Record<string, string> }} props */
function Slider({ of: { kind, label, field, low, high, step, note }, whose }) {
  const { changes, become, problems } = useDraft();
  const id = useId();
  const neutral = field === "factor" ? 1 : 0;
  const value = typed(changes, kind, whose)?.[field] ?? neutral;
  const mine = /** @type {any[]} */ (problems).filter(({ change }) => change && typed([change], kind, whose));
  const set = (/** @type {number} */ next) => { if (!Number.isNaN(next)) become(withTyped(changes, kind, whose, next === neutral ? null : { [field]: next })); };
  return html`<div class="slider" data-path=${kind}>
    <label for=${id}>${label}<span class="faint" style=${{ display: "block" }}>${note}</span></label>
    <input id=${id} type="range" min=${low} max=${high} step=${step} value=${value} aria-valuetext=${said(field, value)} onInput=${(/** @type {any} */ event) => set(Number(event.target.value))} />
    <div class="entry"><${NumberBox} value=${value} label=${`${label}, ${field}`} wrong=${mine.length > 0} onWrite=${(/** @type {string} */ text) => set(text.trim() ? Number(text.replace(",", ".")) : NaN)} /></div>
    <div class="note faint" aria-live="polite">${value !== neutral && html`${said(field, value)} <button class="plain small" onClick=${() => set(neutral)}>as planned</button>`}</div>
    ${mine.map(({ message }) => html`<p class="problem" key=${message}>${message}</p>`)}</div>`;
}

/** @param {string} field @param {number} value */
function said(field, value) {
  if (field === "weeks") return value ? `${value} weeks late` : "on time";
  if (field === "minutes") return value ? `${Math.abs(value)} minutes ${value < 0 ? "earlier" : "later"}` : "as planned";
  return value === 1 ? "as planned" : `${number(Math.abs(100 * (value - 1)))} % ${value < 1 ? "less" : "more"}`;
}

/** @param {{ start: string }} props */
function AddEvent({ start }) {
  const { changes, become, scenario: { definition: { queues } } } = useDraft();
  const add = adding((given) => become([...changes, { addDemandEvent: { queue: given.get("queue"), event: {
    name: given.get("name"), start: given.get("start"), days: Number(given.get("days")), multiplier: Number(given.get("multiplier")) } } }]));
  return html`<form class="lines" onSubmit=${add}><h3>A sale, a campaign, a recall</h3>
    <${Row} label="Name"><input name="name" required placeholder="Spring sale" /><//>
    <${Row} label="Queue"><select name="queue">${queues.map(({ id, name }) => html`<option key=${id} value=${id}>${name || id}</option>`)}</select><//>
    <${Row} label="First day"><input type="date" name="start" required defaultValue=${start} /><//>
    <${Row} label="Days"><input type="number" name="days" min="1" defaultValue="4" required /><//>
    <${Row} label="Times the usual volume"><input type="number" name="multiplier" min="0" step="any" defaultValue="1.5" required /><//>
    <button>Add the event</button></form>`;
}

/** @param {{ teams: Api.Team[] }} props */
function AddClass({ teams }) {
  const { changes, become, scenario: { definition: { start } } } = useDraft();
  if (!teams.length) return null;
  const add = adding((given) => become([...changes, { addClass: { team: given.get("team"), trainingClass: { start: given.get("start"), size: Number(given.get("size")) } } }]));
  return html`<form class="lines" onSubmit=${add}><h3>A class of new people</h3>
    <${Row} label="Team"><select name="team">${teams.map(({ id }) => html`<option key=${id} value=${id}>${id}</option>`)}</select><//>
    <${Row} label="First day of training"><input type="date" name="start" required defaultValue=${start} /><//>
    <${Row} label="Heads who start"><input type="number" name="size" min="1" defaultValue="20" required /><//>
    <button>Add the class</button></form>`;
}

/** @param {{ vendors: Api.Vendor[] }} props */
function LeaveOut({ vendors }) {
  const { changes, become } = useDraft();
  if (vendors.length < 2) return null;
  const add = adding((given) => become([...changes, { excludeVendor: { vendor: given.get("vendor") } }]));
  return html`<form class="lines" onSubmit=${add}><h3>Without a vendor</h3>
    <${Row} label="Vendor"><select name="vendor">${vendors.map(({ id, name }) => html`<option key=${id} value=${id}>${name || id}</option>`)}</select><//>
    <p class="faint">As if it had never been there: its teams, sites and contracts are gone, routes go on without it.</p>
    <button>Leave it out</button></form>`;
}

/** @param {{ label: string, children: any }} props */
const Row = ({ label, children }) => html`<label>${label}${children}</label>`;

/** @param {(given: FormData) => void} add */
const adding = (add) => (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  add(new FormData(/** @type {HTMLFormElement} */ (event.target)));
};
