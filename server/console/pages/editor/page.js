// The editor: fields, sliders and the document make one list of changes, and a preview says at once what they come to.

import { useAnswer } from "../../answers.js";
import { many } from "../../formats.js";
import { Tabs } from "../../parts/tabs.js";
import { Answered, Gone, Notice, Waiting } from "../../parts/states.js";
import { Head } from "../../parts/title.js";
import { html, useEffect, useMemo, useRef, useState } from "../../preact.js";
import { choose, place } from "../../route.js";
import { useMay } from "../../viewer.js";
import { inWords, readChanges, writeChanges } from "./changes.js";
import { Contracts } from "./contracts.js";
import { Demand, Queues } from "./demand.js";
import { Document } from "./document.js";
import { DraftProvider, placed, useSettled } from "./draft.js";
import { Others } from "./others.js";
import { Preview } from "./preview.js";
import { PREVIEW, SCENARIO } from "./query.js";
import { Saving } from "./saving.js";
import { Teams } from "./teams.js";
import { WhatIf } from "./what_if.js";

const TABS = { "what-if": "What if", demand: "Demand", queues: "Queues", teams: "Teams and ramp", contracts: "Contracts", document: "Document" };
/** @type {Record<string, any>} */
const SHOWN = { "what-if": WhatIf, demand: Demand, queues: Queues, teams: Teams, contracts: Contracts };
const STILL_MILLISECONDS = 150;

/** @param {{ id: string, query: URLSearchParams }} props */
export function EditorPage({ id, query }) {
  const answer = useAnswer(SCENARIO, { id }, { every: 15 });
  const began = useRef(/** @type {Api.Scenario | null} */ (null));
  const theirs = answer.data?.scenario;
  began.current ??= theirs ?? null;
  if (!began.current) return html`<${Answered} answer=${answer} what="Scenario">${() => html`<${Head} title="Scenario" /><${Gone} what="scenario" list="Scenarios" to="/" />`}<//>`;
  return html`<${Editor} began=${began.current} theirs=${theirs === undefined ? began.current : theirs} again=${answer.again} query=${query} />`;
}

/** @param {{ began: Api.Scenario, theirs: Api.Scenario | null, again: () => void, query: URLSearchParams }} props */
function Editor({ began, theirs, again, query }) {
  const [mine, setMine] = useState(began);
  const [saved, setSaved] = useState(/** @type {number | null} */ (null));
  const [refused, setRefused] = useState(false);
  const [text, write] = useText(mine);
  const [goal, setGoal] = useState(/** @type {string | null} */ (null));
  const tab = query.get("tab") ?? "what-if";
  const changes = useMemo(() => readChanges(query.get("changes")), [query.get("changes")]);
  const become = (/** @type {import("./changes.js").Change[]} */ next) => { setSaved(null); choose({ changes: writeChanges(next) }); };
  const preview = usePreview(text ?? mine.document, changes);
  const plan = usePreview(mine.document, NONE);
  const may = useMay("SCENARIOS");
  const problems = placed(preview.now?.diagnostics ?? [], changes);
  const take = () => { if (theirs) { setMine(theirs); setRefused(false); } };
  useEffect(() => { if (saved !== null && theirs?.version === saved) { setMine(theirs); write(null); choose({ changes: null }); } }, [saved, theirs]);
  const Shown = SHOWN[tab];
  const lead = (/** @type {string} */ path) => leadTo(path, mine, setGoal);

  return html`<${DraftProvider} value=${{ scenario: mine, changes, become, problems, preview: preview.now, plan: plan.now }}>
    <${Head} title=${mine.name} tab=${`Edit ${mine.name}`} crumbs=${html`<a href="/">Scenarios</a> / <a href=${`/scenarios/${mine.id}`}>${mine.name}</a> / Edit`}
      actions=${may && html`<${Saving} scenario=${mine} changes=${changes} text=${text} gone=${theirs === null} valid=${preview.valid}
        onSaved=${(/** @type {number} */ version) => { setSaved(version); again(); }} onConflict=${() => { setRefused(true); again(); }} />`}>
      ${changes.length || text !== null ? html`<strong>${many(changes.length, "change")}${text === null ? "" : " and another document"}, not saved yet.</strong> This address holds the changes: send it, and others see them.`
        : saved !== null ? html`<span class="good" role="status">Saved as version ${saved}.</span>` : "Change anything: the figures beside follow at once, and nothing is saved until you say so."}<//>
    ${saved === null && (theirs === null || theirs.version !== mine.version) && html`<${Others} mine=${mine} theirs=${theirs} onTake=${take} asked=${refused} />`}
    ${!may && html`<${Notice}>You may look and try, but not save: your role is to read.<//>`}
    <div class="columns editor" style=${{ marginTop: "12px" }}>
      <div>
        <${Tabs} label="Parts of the scenario" of=${TABS} current=${tab} />
        ${text !== null && tab !== "document" && tab !== "what-if" && html`<${Notice} kind="warn">The document was changed as text: these fields show what is saved. Save first, or go on under Document.<//>`}
        ${tab === "document" ? html`<${Document} text=${text ?? mine.document} saved=${mine.document} write=${write} problems=${problems} changes=${changes.length} goal=${goal} />`
          : html`<${Shown ?? WhatIf} />`}
      </div>
      <aside aria-label="Preview">
        <${Changes} of=${changes} become=${become} />
        ${preview.now ? html`<${Preview} now=${preview.now} saved=${plan.now} currency=${mine.definition.currency} zone=${mine.definition.timezone} onGo=${lead} busy=${preview.busy} />`
          : preview.error ? html`<${Notice} kind="warn" title="No preview">${preview.error}<//>` : html`<${Waiting} what="Preview" />`}
      </aside>
    </div><//>`;
}

/** @type {import("./changes.js").Change[]} */
const NONE = [];

/**
 * What a draft comes to; while the next answer is awaited, the last one stays.
 * @param {string} document @param {import("./changes.js").Change[]} changes
 * @returns {{ now: Api.ScenarioPreview | undefined, busy: boolean, valid: boolean, error: string | undefined }}
 */
function usePreview(document, changes) {
  const input = useSettled({ source: { document }, changes }, STILL_MILLISECONDS);
  const { data, error, loading } = useAnswer(PREVIEW, { input });
  const last = useRef(/** @type {Api.ScenarioPreview | undefined} */ (undefined));
  last.current = data?.previewScenario ?? last.current;
  const now = last.current;
  return { now, busy: loading, valid: !!now && !now.diagnostics.some(({ severity }) => severity === "ERROR"), error: error?.message };
}

/** The document as text where it was changed, kept by this tab until it is saved. @param {Api.Scenario} scenario @returns {[string | null, (text: string | null) => void]} */
function useText({ id, version }) {
  const key = `draft ${id} ${version}`;
  const [text, setText] = useState(sessionStorage.getItem(key));
  const write = (/** @type {string | null} */ next) => {
    setText(next);
    if (next === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, next);
  };
  return [text, write];
}

/** @param {{ of: import("./changes.js").Change[], become: (changes: import("./changes.js").Change[]) => void }} props */
const Changes = ({ of, become }) => of.length > 0 && html`<section class="panel"><header><h2>Changed, not saved</h2><button class="plain small" onClick=${() => become([])}>take all back</button></header>
  <ul class="list">${of.map((change, i) => html`<li key=${JSON.stringify(change)} class="taken"><span>${inWords(change)}</span>
    <button class="plain small" aria-label=${`Take back: ${inWords(change)}`} onClick=${() => become(of.filter((_, place) => place !== i))}>take back</button></li>`)}</ul></section>`;

/** To the field of a path, or to its line in the document. @param {string} path @param {Api.Scenario} scenario @param {(path: string) => void} setGoal */
function leadTo(path, { definition }, setGoal) {
  const words = path.split(".");
  setGoal(path);
  if (place.value.query.get("tab") === "document") return;
  const team = definition.vendors.flatMap(({ teams }) => teams).find(({ id }) => words[2] === "teams" && id === words[3]);
  if (words[0] === "queues") choose({ tab: words[2] === "demand" ? "demand" : "queues", queue: words[1] });
  else if (team) choose({ tab: "teams", team: team.id });
  else if (words[2] === "contracts" || words[0] === "client_cost") choose({ tab: "contracts" });
  else if (words.length === 1 && /[A-Z]/.test(path)) choose({ tab: "what-if" });
  else choose({ tab: "document" });
  setTimeout(() => focusOn(path), 60);
}

/** The field of a path, or that of the longest part of it. @param {string} path */
function focusOn(path) {
  for (let at = path; at; at = at.includes(".") ? at.slice(0, at.lastIndexOf(".")) : "") {
    const field = document.querySelector(`[data-path="${CSS.escape(at)}"] :is(input, select, button), [data-path^="${CSS.escape(at)}."] input`);
    if (field instanceof HTMLElement) return field.focus(), field.scrollIntoView({ block: "center" });
  }
}
