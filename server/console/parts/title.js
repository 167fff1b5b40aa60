// The head of a page, which names its tab too.

import { html, useEffect } from "../preact.js";

/** @param {{ title: string, tab?: string, crumbs?: any, children?: any, actions?: any }} props */
export function Head({ title, tab, crumbs, children, actions }) {
  useEffect(() => { document.title = `${tab ?? title} · Springtide`; }, [tab, title]);
  return html`
    ${crumbs && html`<nav class="crumbs" aria-label="Way here">${crumbs}</nav>`}
    <div class="head">
      <div><h1>${title}</h1>${children && html`<p>${children}</p>`}</div>
      ${actions && html`<div class="actions">${actions}</div>`}
    </div>`;
}
