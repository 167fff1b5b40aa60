// Somebody who is a member of several organisations, or of none.

import { Empty } from "../parts/states.js";
import { html } from "../preact.js";
import { actFor, organisation, signOut } from "../session.js";

/** @param {{ of: { id: string, name: string }[], onChosen: () => void }} props */
export const ChooseOrganisation = ({ of, onChosen }) => html`<section class="panel sign-in stack"><h1>For whom?</h1>
  <p class="soft">You are a member of several organisations. What you see and do is of one of them, in this tab.</p>
  ${of.map(({ id, name }) => html`<button key=${id} onClick=${() => { actFor(id); onChosen(); }}>${name}</button>`)}</section>`;

/** @param {{ why: string, onAgain: () => void }} props */
export const NotLetIn = ({ why, onAgain }) => html`<section class="panel"><h1 class="sr">Not let in</h1><${Empty} title="You are known, but not let in"
  actions=${html`${organisation.value && html`<button onClick=${() => { actFor(null); onAgain(); }}>Another organisation</button>`}<button class="first" onClick=${signOut}>Sign in as somebody else</button>`}>${why}<//></section>`;
