// Parts of a page, one at a time, named in the address.

import { html } from "../preact.js";
import { chosen } from "../route.js";

/** @param {{ label: string, of: Record<string, any>, current: string, name?: string, keep?: Record<string, null> }} props */
export const Tabs = ({ label, of, current, name = "tab", keep = {} }) => html`<nav class="tabs" aria-label=${label}>
  ${Object.entries(of).map(([key, text], i) => html`<a key=${key} href=${chosen({ ...keep, [name]: i ? key : null })} aria-current=${key === current ? "page" : undefined}>${text}</a>`)}
</nav>`;
