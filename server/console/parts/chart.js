// A chart with the one question that it is drawn from: what "copy as GraphQL" copies is what was asked.

import { useAnswer } from "../answers.js";
import { html } from "../preact.js";
import { Answered } from "./states.js";

/** @param {{ operation: string, variables: Record<string, unknown>, what: string, children: (data: any, source: object) => any }} props */
export function Asked({ operation, variables, what, children }) {
  const answer = useAnswer(operation, variables);
  return html`<${Answered} answer=${answer} what=${what}>${(/** @type {any} */ data) => children(data, { query: operation, variables })}<//>`;
}

/**
 * One of some things, chosen in the address.
 * @param {{ name: string, label: string, options: [string, string][], value: string, onChoose: (value: string) => void }} props
 */
export const Choice = ({ name, label, options, value, onChoose }) => options.length > 1 && html`<label class="choice">${label}
  <select name=${name} onChange=${(/** @type {any} */ event) => onChoose(event.target.value)}>
    ${options.map(([key, text]) => html`<option key=${key} value=${key} selected=${key === value}>${text}</option>`)}</select></label>`;
