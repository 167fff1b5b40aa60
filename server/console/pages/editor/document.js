// The scenario as the document that it is.

import { Problems } from "../../parts/problems.js";
import { html, useEffect, useRef } from "../../preact.js";
import { lineOf } from "./lines.js";

/** @typedef {import("../../parts/problems.js").Problem} Problem */

/**
 * @param {{ text: string, saved: string, write: (text: string | null) => void, problems: Problem[], changes: number, goal: string | null }} props
 *   `goal`: a path in the document to go to
 */
export function Document({ text, saved, write, problems, changes, goal }) {
  const box = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const errors = problems.filter(({ severity }) => severity === "ERROR");
  const to = (/** @type {string} */ path) => { if (box.current) select(box.current, text, path); };
  useEffect(() => { if (goal) to(goal); }, [goal]);
  return html`<section class="panel"><header><h2>Document</h2><p>YAML or JSON; ${text === saved ? "as saved" : html`changed <button class="plain small" onClick=${() => write(null)}>back to what is saved</button>`}</p></header>
    ${changes > 0 && html`<p class="soft">The ${changes} changes listed beside are made on top of this text. Saved with them, it is written anew without its comments.</p>`}
    <${Problems} of=${errors} onGo=${to} />
    <textarea ref=${box} class="code" aria-label="Scenario document" spellcheck=${false} value=${text} aria-invalid=${errors.length > 0}
      onInput=${(/** @type {any} */ event) => write(event.target.value === saved ? null : event.target.value)}></textarea></section>`;
}

/** @param {HTMLTextAreaElement} box @param {string} text @param {string} path */
function select(box, text, path) {
  const line = lineOf(text, path);
  if (line === null) return;
  const lines = text.split("\n");
  const start = lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0);
  box.focus();
  box.setSelectionRange(start, start + lines[line].length);
  box.scrollTop = Math.max(0, (line - 4) * parseFloat(getComputedStyle(box).lineHeight));
}
