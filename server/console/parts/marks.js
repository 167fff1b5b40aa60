// Small marks: how a run stands, how sure a verdict is.

import { share, shares, words } from "../formats.js";
import { html } from "../preact.js";

const STATUS = { QUEUED: "Waiting", RUNNING: "Running", SUCCEEDED: "Done", FAILED: "Failed", CANCELLED: "Cancelled" };

/** @param {{ of: keyof typeof STATUS }} props */
export const Status = ({ of }) => html`<span class=${`status ${of}`}>${STATUS[of] ?? words(of)}</span>`;

/** @param {{ status: string }} of */
export const isOver = ({ status }) => status !== "QUEUED" && status !== "RUNNING";

/** @param {{ of: Api.Progress, label?: string }} props */
export const Progress = ({ of, label = "Replications done" }) =>
  html`<progress max=${of.total || 1} value=${of.completed} aria-label=${label}></progress>`;

/** How probable it is that everything is met, coloured by whether anybody would sign it. @param {{ of: any }} props */
export function Chance({ of }) {
  if (of?.mean == null) return html`<span class="faint">no clauses</span>`;
  const kind = of.mean >= 0.8 ? "good" : of.mean >= 0.5 ? "warn" : "bad";
  const known = of.confidenceInterval && `95 % sure: ${shares(of.confidenceInterval)}`;
  return html`<span class=${`tag ${kind}`} title=${known}>${share(of.mean, 0)}</span>`;
}
