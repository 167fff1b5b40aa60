// Fields of the scenario document: each is one path, with what is wrong at it beside it.

import { html, useEffect, useId, useState } from "../../preact.js";
import { useDraft, useValue } from "./draft.js";

/** @typedef {import("../../parts/problems.js").Problem} Problem */
/** @typedef {"number" | "share" | "text" | "date"} Kind */

/** What is shown of a value, and what is meant by what is written. @type {Record<Kind, { shown: (value: any) => string, meant: (text: string) => any, unit: string }>} */
const KINDS = {
  number: { shown: plain, meant: numeric, unit: "" },
  share: { shown: (value) => (typeof value === "number" ? String(Number((100 * value).toPrecision(12))) : plain(value)), meant: percent, unit: "%" },
  text: { shown: plain, meant: (text) => text, unit: "" },
  date: { shown: plain, meant: (text) => text || null, unit: "" },
};

/** @param {any} value */
function plain(value) {
  return value == null ? "" : String(value);
}

/** What is no number goes to the server as it is: it says what to write. @param {string} text */
function numeric(text) {
  const number = Number(text.replace(",", "."));
  return text.trim() === "" ? null : Number.isNaN(number) ? text : number;
}

/** @param {string} text */
function percent(text) {
  const value = numeric(text);
  return typeof value === "number" ? Number((value / 100).toPrecision(12)) : value;
}

/** @param {{ path: string, label: string, was: any, kind?: Kind, unit?: string, help?: string }} props */
export function Field({ path, label, was, kind = "number", unit, help }) {
  const { value, changed, problems, set } = useValue(path, was);
  const { shown, meant, unit: own } = KINDS[kind];
  const id = useId();
  const [text, setText] = useState(shown(value));
  useEffect(() => { setText((old) => (same(meant(old), value) ? old : shown(value))); }, [JSON.stringify(value)]);
  const write = (/** @type {any} */ event) => {
    setText(event.target.value);
    set(meant(event.target.value));
  };
  return html`<div class=${`field ${changed ? "changed" : ""}`} data-path=${path}>
    <label for=${id}>${label}</label>
    <div class="entry">
      <input id=${id} class=${kind === "number" || kind === "share" ? "" : "text"} type=${kind === "date" ? "date" : "text"} inputmode=${kind === "number" || kind === "share" ? "decimal" : undefined}
        value=${text} onInput=${write} autocomplete="off" aria-invalid=${problems.length > 0} aria-describedby=${`${id}-told`} />
      <span class="unit">${unit ?? own}</span>
      ${changed && html`<button class="plain small" onClick=${() => set(was)} aria-label=${`${label}: back to ${shown(was) || "nothing"}`}>was ${shown(was) || "none"}</button>`}
    </div>
    <div id=${`${id}-told`}>${problems.map(({ message }) => html`<p class="problem" key=${message}>${message}</p>`)}
      ${help && html`<p class="faint">${help}</p>`}</div>
  </div>`;
}

/** A number that is written, character by character. @param {{ value: any, label: string, wrong: boolean, onWrite: (text: string) => void }} props */
export function NumberBox({ value, label, wrong, onWrite }) {
  const [text, setText] = useState(plain(value));
  useEffect(() => { setText((old) => (same(numeric(old), value) ? old : plain(value))); }, [value]);
  const write = (/** @type {any} */ event) => { setText(event.target.value); onWrite(event.target.value); };
  return html`<input type="text" inputmode="decimal" value=${text} aria-label=${label} aria-invalid=${wrong} onInput=${write} />`;
}

/** @param {any} a @param {any} b */
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** @param {{ path: string, label: string, was: any, options: Record<string, string> }} props */
export function Select({ path, label, was, options }) {
  const { value, changed, problems, set } = useValue(path, was);
  const id = useId();
  return html`<div class=${`field ${changed ? "changed" : ""}`} data-path=${path}><label for=${id}>${label}</label>
    <div class="entry"><select id=${id} onChange=${(/** @type {any} */ event) => set(event.target.value)} aria-invalid=${problems.length > 0}>
      ${Object.entries(options).map(([key, text]) => html`<option key=${key} value=${key} selected=${key === value}>${text}</option>`)}</select></div>
    ${problems.map(({ message }) => html`<p class="problem" key=${message}>${message}</p>`)}</div>`;
}

/** A part of the document that is not there yet. @param {{ path: string, label: string, begin: any, why: string }} props */
export function Missing({ path, label, begin, why }) {
  const { value, set, problems } = useValue(path, null);
  const { problems: all } = useDraft();
  const inside = all.filter((problem) => problem.path?.startsWith(path + ".") && problem.severity !== "WARNING");
  if (value == null) return html`<div class="field" data-path=${path}><div class="label">${label}</div>
    <div class="entry"><button class="small" onClick=${() => set(begin)}>Add ${label.toLowerCase()}</button></div><p class="faint">${why}</p></div>`;
  return html`<div class="field changed" data-path=${path}><div class="label">${label} <button class="plain small" onClick=${() => set(null)}>leave out again</button></div>
    <div class="stack">${Object.entries(value).map(([key, part]) => html`<label key=${key} class="entry"><span class="unit" style=${{ flex: 1 }}>${key.replaceAll("_", " ")}</span>
      <input type="text" inputmode="decimal" value=${plain(part)} onInput=${(/** @type {any} */ event) => set({ ...value, [key]: numeric(event.target.value) })} /></label>`)}</div>
    ${[...problems, ...inside].map(({ message, path: at }) => html`<p class="problem" key=${at + message}>${at?.split(".").at(-1)}: ${message}</p>`)}</div>`;
}

/**
 * Weights side by side: a slider and a number each.
 * @param {{ path: string, label: string, entries: { key: string, value: number }[], most?: number, all?: string[] }} props
 *   `all`: keys that are there without an entry, at weight 1
 */
export function Curve({ path, label, entries, most = 2, all }) {
  const keys = all ?? entries.map(({ key }) => key);
  const known = new Map(entries.map(({ key, value }) => [key, value]));
  return html`<fieldset><legend>${label}</legend><div class="curve scroll">
    ${keys.map((key) => html`<${Weight} key=${key} path=${`${path}.${key}`} label=${key} was=${known.get(key) ?? null} most=${most} />`)}</div></fieldset>`;
}

/** @param {{ path: string, label: string, was: number | null, most: number }} props */
function Weight({ path, label, was, most }) {
  const { value, problems, set } = useValue(path, was);
  const shown = typeof value === "number" ? value : value ?? 1;
  return html`<div class="step" data-path=${path}>
    <input type="range" min="0" max=${most} step="0.05" value=${Number(shown) || 0} aria-label=${`${label}, slider`} onInput=${(/** @type {any} */ event) => set(Number(event.target.value))} />
    <${NumberBox} value=${shown} label=${label} wrong=${problems.length > 0} onWrite=${(/** @type {string} */ text) => set(numeric(text))} />
    <span>${label}</span>${problems.map(({ message }) => html`<span class="problem" key=${message}>${message}</span>`)}</div>`;
}
