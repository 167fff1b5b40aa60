// What surrounds every page: where one is, who one is, and how the connection stands.

import { connection } from "./connection.js";
import { helping, PLACES } from "./keys.js";
import { Dialog } from "./parts/dialog.js";
import { html } from "./preact.js";
import { place } from "./route.js";
import { signOut } from "./session.js";
import { nextTheme, theme } from "./theme.js";
import { useTold } from "./use_told.js";

const NAVIGATION = [
  ["/", "Scenarios", /^\/($|scenarios)/], ["/runs", "Runs", /^\/runs/], ["/compare", "Compare", /^\/compare/],
  ["/studies", "Studies", /^\/studies/], ["/requests", "Requests", /^\/requests/], ["/presets", "Presets", /^\/presets/],
];
const THEMES = { auto: "Light or dark: as the machine", light: "Light", dark: "Dark" };

/** @param {{ viewer: Api.Viewer | null, children: any }} props */
export function Shell({ viewer, children }) {
  const { path } = useTold(place);
  return html`
    <a class="skip" href="#main" onClick=${toMain}>Skip to the page</a>
    <header class="bar">
      <a class="brand" href="/"><${Wave} />Springtide</a>
      <nav aria-label="Main">${viewer && NAVIGATION.map(([href, name, within]) => html`
        <a key=${href} href=${href} aria-current=${/** @type {RegExp} */ (within).test(path) ? "page" : undefined}>${name}</a>`)}
      </nav>
      <div class="who">
        ${viewer && html`<span title=${`${viewer.member?.email ?? viewer.token?.label ?? ""}, ${viewer.role.toLowerCase()}`}>${viewer.organisation.name}</span>`}
        <a href="/graphiql" target="_blank" rel="opener">API</a>
        <${ThemeButton} />
        <button class="plain" title="Keys" aria-label="Keys" onClick=${() => helping.become(true)}>?</button>
        ${viewer && html`<button class="plain" onClick=${signOut}>Sign out</button>`}
      </div>
    </header>
    <${ConnectionBanner} />
    <main id="main" tabindex="-1">${children}</main>
    <${Keys} />`;
}

/** @param {Event} event */
function toMain(event) {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

const Wave = () => html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" aria-hidden="true">
  <path d="M2 17c3 0 3-2 5-2s2 2 5 2 3-2 5-2 2 2 5 2"/><path d="M3 11c3.500 0 4-6 9-6s5.500 6 9 6"/></svg>`;

function ThemeButton() {
  const worn = useTold(theme);
  return html`<button class="plain" title=${THEMES[worn]} aria-label=${`Colours: ${THEMES[worn]}`} onClick=${nextTheme}>
    ${{ auto: "◐", light: "○", dark: "●" }[worn]}</button>`;
}

function ConnectionBanner() {
  const { state } = useTold(connection);
  if (state === "on") return null;
  return state === "lost"
    ? html`<div class="banner" role="status"><strong>Connection lost.</strong> Trying again by itself; what you see is what was known, and nothing you wrote is gone.</div>`
    : html`<div class="banner good" role="status"><strong>Connected again.</strong> Everything goes on where it was.</div>`;
}

function Keys() {
  if (!useTold(helping)) return null;
  const close = () => helping.become(false);
  return html`<${Dialog} title="Keys" onClose=${close} actions=${html`<button class="first" onClick=${close}>Close</button>`}>
    <dl class="facts">
      ${Object.entries(PLACES).map(([key, [, name]]) => html`<dt key=${key}><kbd>g</kbd> <kbd>${key}</kbd></dt><dd>${name}</dd>`)}
      <dt><kbd>/</kbd></dt><dd>Search the list</dd>
      <dt><kbd>?</kbd></dt><dd>These keys</dd>
      <dt><kbd>Esc</kbd></dt><dd>Close what is open</dd>
      <dt><kbd>Tab</kbd></dt><dd>To the next field, link or chart</dd>
    </dl><//>`;
}
