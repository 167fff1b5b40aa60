// What is wrong, beside what it is about or in a list.

import { html } from "../preact.js";

/** @typedef {{ code?: string, severity?: string, message: string, path?: string | null }} Problem */

/**
 * @param {{ of: Problem[] | undefined, onGo?: (path: string) => void, title?: string }} props
 *   `onGo` leads to the place of a problem
 */
export function Problems({ of, onGo, title }) {
  if (!of?.length) return null;
  return html`<div role="alert">
    ${title && html`<h3>${title}</h3>`}
    <ul class="list">${of.map((problem) => html`<li key=${problem.path + problem.message}><${ProblemLine} of=${problem} onGo=${onGo} /></li>`)}</ul>
  </div>`;
}

/** @param {{ of: Problem, onGo?: (path: string) => void }} props */
export function ProblemLine({ of: { severity, message, path }, onGo }) {
  const kind = severity === "WARNING" ? "warn" : severity === "NOTE" ? "soft" : "bad";
  const place = path && (onGo ? html`<button class="link" title=${path} onClick=${() => onGo(path)}>${inShort(path)}</button>` : html`<code>${path}</code>`);
  return html`<strong class=${kind}>${MARKS[kind]}</strong> ${place} ${message}`;
}

/** Whose and what, of a long path: `vendors.own.teams.own-mail.workforce` is `own-mail, workforce`. @param {string} path */
function inShort(path) {
  const [room, one, inner, other, ...rest] = path.split(".");
  if (room === "vendors" && other) return [inner === "teams" || inner === "sites" ? other : one, ...rest].join(", ").replaceAll("_", " ");
  return (room === "queues" ? [one, inner, other, ...rest] : [room, one, inner, other, ...rest]).filter(Boolean).join(", ").replaceAll("_", " ");
}

const MARKS = { bad: "Wrong:", warn: "Does not hold:", soft: "Note:" };
