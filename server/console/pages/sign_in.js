// Before anything is shown: the organisation's own identity provider, or a token.

import { Notice } from "../parts/states.js";
import { html, useEffect, useState } from "../preact.js";
import { go, place } from "../route.js";
import { session, signIn } from "../session.js";
import { useTold } from "../use_told.js";
import { comeBack, leave, way } from "./oidc.js";

export function SignIn() {
  const { ended } = useTold(session);
  const [trouble, setTrouble] = useState(/** @type {string | null} */ (null));
  const known = useWay();
  const { path, query, href } = useTold(place);
  useEffect(() => {
    if (path !== "/sign-in" || !(query.has("code") || query.has("error"))) return;
    go("/sign-in", { replace: true });
    comeBack(query).then((backTo) => go(backTo, { replace: true }), (error) => setTrouble(error.message));
  }, []);
  return html`<section class="panel sign-in stack" aria-labelledby="sign-in">
    <h1 id="sign-in">Sign in</h1>
    <p class="soft">Springtide simulates whether teams hold a peak: which queue breaks first and when, what it costs, and how sure that is.</p>
    ${(trouble ?? ended) && html`<${Notice} kind="warn" title=${trouble ? "Not let in" : "Signed out"}>${trouble ?? `${ended} Sign in to go on where you were.`}<//>`}
    ${known && html`<div class="stack"><button class="first" onClick=${() => leave(known, path === "/sign-in" ? "/" : href)}>Sign in with ${new URL(known.issuer).hostname}</button>
      <p class="faint">or, for programs and first steps, with a token:</p></div>`}
    <${TokenForm} first=${!known} />
  </section>`;
}

/** @returns {import("./oidc.js").Way | null} */
function useWay() {
  const [known, know] = useState(/** @type {import("./oidc.js").Way | null} */ (null));
  useEffect(() => { way().then(know, () => {}); }, []);
  return known;
}

/** @param {{ first: boolean }} props */
function TokenForm({ first }) {
  /** @param {SubmitEvent} event */
  const send = (event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    signIn(String(new FormData(form).get("token")).trim());
  };
  return html`<form onSubmit=${send}>
    <label for="token">Access token</label>
    <input id="token" name="token" type="password" autocomplete="off" required autofocus />
    <p class="faint">The first start of the server prints a sign-in link on its terminal; on the server's machine, <code>springtide token create</code> makes
      another token. It stays in this browser until its last tab is closed.</p>
    <div class="actions"><button class=${first ? "first" : ""}>Sign in</button></div>
  </form>`;
}
