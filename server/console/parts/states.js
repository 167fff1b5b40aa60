// What stands where figures would: waiting, nothing yet, gone, or refused.

import { html } from "../preact.js";

/** @typedef {import("../api.js").ApiError} ApiError */

/** @param {{ what?: string }} props */
export const Waiting = ({ what = "Loading" }) => html`<p class="waiting" role="status">${what} …</p>`;

/**
 * Nothing yet, and the next step.
 * @param {{ title: string, children?: any, actions?: any }} props
 */
export const Empty = ({ title, children, actions }) => html`<div class="empty">
  <h2>${title}</h2>
  ${children && html`<p>${children}</p>`}
  ${actions && html`<div class="actions">${actions}</div>`}
</div>`;

/** @param {{ what: string, list: string, to: string, children?: any }} props */
export const Gone = ({ what, list, to, children }) => html`<div class="panel"><${Empty} title=${`This ${what} is not there`}
  actions=${html`<a class="button first" href=${to}>${list}</a>`}>
  It was deleted, or belongs to another organisation than the one you are signed in to. ${children}<//></div>`;

/** @param {{ kind?: "" | "good" | "warn" | "bad", title?: any, children?: any, actions?: any }} props */
export const Notice = ({ kind = "", title, children, actions }) => html`<div class=${`notice ${kind}`} role=${kind === "bad" ? "alert" : "status"}>
  ${title && html`<h3>${title}</h3>`}
  ${children && html`<div>${children}</div>`}
  ${actions && html`<div class="actions">${actions}</div>`}
</div>`;

/**
 * What an answer is while there is no data; `children` draws the data.
 * @param {{ answer: import("../answers.js").Answer<any>, what?: string, children: (data: any) => any }} props
 */
export function Answered({ answer, what, children }) {
  const { data, error } = answer;
  if (data !== undefined) return children(data);
  if (!error || error.kind === "SIGNED_OUT") return html`<${Waiting} what=${what} />`;
  if (error.passes) return html`<div class="panel"><${Empty} title="Waiting for the server">${error.message} The page fills by itself when it is back.<//></div>`;
  return html`<div class="panel"><${Empty} title="This cannot be shown" actions=${html`<button onClick=${answer.again}>Try again</button>`}>${error.message}<//></div>`;
}
