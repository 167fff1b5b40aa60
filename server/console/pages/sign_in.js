// Before anything is shown: a token, or the organisation's own identity provider.

import { html, useEffect, useState } from "../preact.js";
import { session, signIn } from "../session.js";
import { useTold } from "../use_told.js";
import { Notice } from "../parts/states.js";

/** @param {{ trouble?: string | null }} props */
export function SignIn({ trouble }) {
  const { ended } = useTold(session);
  return html`<section class="panel sign-in stack" aria-labelledby="sign-in">
    <h1 id="sign-in">Sign in</h1>
    ${(trouble ?? ended) && html`<${Notice} kind="warn" title=${trouble ? "Not let in" : "Signed out"}>${trouble ?? ended} Sign in to go on where you were.<//>`}
    <${TokenForm} />
  </section>`;
}

function TokenForm() {
  /** @param {SubmitEvent} event */
  const send = (event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    signIn(String(new FormData(form).get("token")).trim());
  };
  return html`<form onSubmit=${send}>
    <label for="token">Access token</label>
    <input id="token" name="token" type="password" autocomplete="off" required autofocus />
    <p class="faint">The first start of the server prints a sign-in link on its terminal. On the server's machine
      <code>springtide token create</code> makes another token. It stays in this browser until its last tab is closed.</p>
    <div class="actions"><button class="first">Sign in</button></div>
  </form>`;
}
