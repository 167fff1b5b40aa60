// The frame of every chart: what it shows and on which footing, the drawing, its table, and ways to take it along.
import { createContext, html, useContext, useId, useRef, useState } from "../preact.js";
import { Legend } from "./marks.js";
import { csv, picture, save, saveText } from "./saving.js";
import { NONE } from "./numbers.js";

/**
 * @typedef {import("./saving.js").Column} Column
 * @typedef {{ query: string, variables?: object }} Source  what the chart was asked for
 * @typedef {{ zone?: string, currency?: string, replications?: number, name?: string }} About  the run or scenario that is shown
 */

const MOST_ROWS = 400;

/** Which heading a chart's title is, by where it stands on the page. */
export const HeadingLevel = createContext(3);

/**
 * @param {{ title: string, subtitle: any, columns: Column[], rows: any[][] | (() => any[][]), file: string, keys?: import("./marks.js").Key[],
 *   saved?: () => { columns: Column[], rows: any[][] }, source?: Source, tools?: any, note?: any, empty?: string, children?: any }} props
 *   rows: figures as they are, which the columns format, or what makes them once they are wanted; saved: what the CSV has, where that is more than the table; empty: what to say
 *   instead of a drawing of nothing
 */
export function Figure({ title, subtitle, columns, rows, saved = () => ({ columns, rows: listed(rows) }), file, keys = [], source, tools, note, empty, children }) {
  const level = useContext(HeadingLevel);
  const box = useRef(/** @type {any} */ (null));
  const name = useId();
  const [said, say] = useState("");
  const savePicture = () =>
    picture(box.current).then((address) => save(address, `${file}.png`), () => say("This browser could not paint the picture."));
  const saveTable = () => {
    const table = saved();
    saveText(csv(table.columns, table.rows), `${file}.csv`);
  };
  const copy = () => copied(textOf(source)).then((done) => say(done ? "Copied." : "This browser does not let pages copy."));
  return html`<figure class="figure" ref=${box} aria-labelledby=${name}>
    <figcaption>
      <${`h${level}`} id=${name}>${title}<//>
      <p class="subtitle">${subtitle}</p>
    </figcaption>
    ${tools && !empty && html`<div class="choices" data-unsaved>${tools}</div>`}
    ${empty ? html`<p class="empty">${empty}</p>` : children}
    ${!empty && keys.length > 0 && html`<${Legend} keys=${keys} />`}
    ${note && html`<p class="note">${note}</p>`}
    <div class="tools" data-unsaved>
      ${!empty && html`<button type="button" onClick=${saveTable} aria-label=${`CSV: ${title}`}>CSV</button>
      <button type="button" onClick=${savePicture} aria-label=${`PNG: ${title}`}>PNG</button>`}
      ${source && html`<button type="button" onClick=${copy} aria-label=${`Copy as GraphQL: ${title}`}>Copy as GraphQL</button>
      <a href=${graphiql(source)} target="_blank" rel="noopener" aria-label=${`Open in GraphiQL: ${title}`}>Open in GraphiQL</a>`}
      <span role="status">${said}</span>
    </div>
    ${!empty && html`<${Table} title=${title} columns=${columns} rows=${rows} />`}
  </figure>`;
}

const listed = (/** @type {any[][] | (() => any[][])} */ rows) => (typeof rows === "function" ? rows() : rows);

/** @param {{ title: string, columns: Column[], rows: any[][] | (() => any[][]) }} props */
function Table({ title, columns, rows }) {
  const [open, setOpen] = useState(false);
  const all = open || Array.isArray(rows) ? listed(rows) : null, shown = all?.slice(0, MOST_ROWS) ?? [];
  return html`<details class="table" data-unsaved onToggle=${(/** @type {any} */ event) => setOpen(event.target.open)}>
    <summary>Table${all ? ` of ${all.length} ${all.length === 1 ? "row" : "rows"}` : ""}</summary>
    ${open && html`<div class="scrolled" tabindex="0" role="group" aria-label=${`Table: ${title}`}>
      <table>
        <thead><tr>${columns.map(({ label, unit }) => html`<th scope="col">${label}${unit ? `, ${unit}` : ""}</th>`)}</tr></thead>
        <tbody>${shown.map((row) => html`<tr>${row.map((value, place) => html`<${Cell} column=${columns[place]} value=${value} first=${place === 0} />`)}</tr>`)}</tbody>
      </table>
    </div>`}
    ${open && all && all.length > shown.length && html`<p class="note">The first ${shown.length} rows; the CSV has all ${all.length}.</p>`}
  </details>`;
}

/** @param {{ column: Column, value: any, first: boolean }} props */
function Cell({ column, value, first }) {
  const text = value == null ? NONE : column.format ? column.format(value) : String(value);
  return first ? html`<th scope="row">${text}</th>` : html`<td class=${typeof value === "number" ? "figure-cell" : ""}>${text}</td>`;
}

/** The query, and its variables below as a comment. @param {any} source */
const textOf = ({ query, variables }) =>
  `${query.trim()}\n` + (variables ? `\n# variables\n${JSON.stringify(variables, null, 2).replaceAll(/^/gm, "# ")}\n` : "");

/** Where GraphiQL opens with an operation. @param {Source} source */
export const graphiql = ({ query, variables = {} }) =>
  `/graphiql#query=${encodeURIComponent(query.trim())}&variables=${encodeURIComponent(JSON.stringify(variables, null, 2))}`;

/** Pages that were not loaded from this machine or over TLS have no clipboard; marked text can be copied there too. @param {string} text */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
