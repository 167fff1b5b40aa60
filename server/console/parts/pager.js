// Long lists, a page at a time.

import { many } from "../formats.js";
import { html } from "../preact.js";
import { choose, chosen } from "../route.js";

/** @param {{ of: { totalCount: number, pageInfo: Api.PageInfo, nodes: any[] }, after: string | null, noun: string }} props */
export function Pager({ of, after, noun }) {
  if (!after && !of.pageInfo.hasNextPage) return null;
  return html`<nav class="actions" aria-label="Pages">
    <span class="faint">${many(of.nodes.length, noun)} of ${of.totalCount}</span>
    ${after && html`<a class="button small" href=${chosen({ after: null })}>First page</a>`}
    ${of.pageInfo.hasNextPage && html`<button class="small" onClick=${() => choose({ after: of.pageInfo.endCursor }, {})}>Next page</button>`}
  </nav>`;
}
