// Where the console is: a path and a query that hold the whole state of a view, so that a link shows what its sender saw.

import { Told } from "./told.js";

/** @typedef {{ path: string, query: URLSearchParams, href: string }} Place */

/** @returns {Place} */
const here = () => ({
  path: location.pathname, query: new URLSearchParams(location.search), href: location.pathname + location.search,
});

/** @type {Told<Place>} */
export const place = new Told(here());

addEventListener("popstate", () => place.become(here()));

/** @param {string} href @param {{ replace?: boolean }} [how] `replace`: the way back leads past it */
export function go(href, { replace = false } = {}) {
  if (href === place.value.href) return;
  const elsewhere = new URL(href, location.href).pathname !== location.pathname;
  history[replace ? "replaceState" : "pushState"](null, "", href);
  place.become(here());
  if (elsewhere) scrollTo(0, 0);
}

/**
 * The same page with other choices; null takes one away.
 * @param {Record<string, string | null | undefined>} choices @param {{ replace?: boolean }} [how]
 */
export function choose(choices, how = { replace: true }) {
  go(chosen(choices), how);
}

/** @param {Record<string, string | null | undefined>} choices @returns {string} the address that `choose` goes to */
export function chosen(choices) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(choices)) {
    if (value == null || value === "") query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  return location.pathname + (text ? `?${text}` : "");
}

/**
 * The words of a path that a pattern names: `/runs/:id` of `/runs/7` is `{ id: "7" }`.
 * @param {string} pattern @param {string} path @returns {Record<string, string> | null}
 */
export function matched(pattern, path) {
  const wanted = pattern.split("/"), given = path.replace(/(.)\/$/, "$1").split("/");
  if (wanted.length !== given.length) return null;
  /** @type {Record<string, string>} */
  const words = {};
  for (const [i, word] of wanted.entries()) {
    if (word.startsWith(":")) words[word.slice(1)] = decodeURIComponent(given[i]);
    else if (word !== given[i]) return null;
  }
  return words;
}

/** Links within the console change the page without loading it anew. */
export function followLinks() {
  addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link || link.target || link.origin !== location.origin || link.hasAttribute("download") || link.hash) return;
    if (/^\/(graphiql|schema\.graphql|exports\/|console\/)/.test(link.pathname)) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}
