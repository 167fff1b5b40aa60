// Who is signed in: a token that lives as long as its tabs do, and never on the disk.

import { Told } from "./told.js";

const KEY = "token";
const ORGANISATION = "organisation";
const ASKING_MILLISECONDS = 150;

/**
 * @typedef {{ token: string | null, ended: string | null }} Session
 *   `ended` says why a session that was there is over
 */

/** The organisation that somebody acts for who is a member of several. */
export const organisation = new Told(/** @type {string | null} */ (sessionStorage.getItem(ORGANISATION)));

/** @param {string | null} id */
export function actFor(id) {
  if (id) sessionStorage.setItem(ORGANISATION, id);
  else sessionStorage.removeItem(ORGANISATION);
  organisation.become(id);
}

/** @type {Told<Session>} */
export const session = new Told(/** @type {Session} */ ({ token: null, ended: null }));

const tabs = new BroadcastChannel("springtide session");

tabs.addEventListener("message", ({ data }) => {
  if (data.wanted && session.value.token) tabs.postMessage({ token: session.value.token });
  if (data.over && session.value.token) forget(null);
});

/** From the link that was opened, this tab, or another tab of this browser. */
export async function resume() {
  const token = tokenOfLink() ?? sessionStorage.getItem(KEY) ?? (await tokenOfOtherTab());
  if (token) signIn(token);
}

/** @param {string} token */
export function signIn(token) {
  sessionStorage.setItem(KEY, token);
  session.become({ token, ended: null });
}

/** Out, in every tab. */
export function signOut() {
  forget(null);
  tabs.postMessage({ over: true });
}

/** The server no longer takes it: another has to be given, and what is on the screen stays where it is. */
export function end() {
  if (session.value.token) forget("What you signed in with has ended, or was revoked.");
}

/** @param {string | null} ended */
function forget(ended) {
  sessionStorage.removeItem(KEY);
  if (!ended) actFor(null);
  session.become({ token: null, ended });
}

/** @returns {string | null} */
function tokenOfLink() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) history.replaceState(history.state, "", location.pathname + location.search);
  return given;
}

/** @returns {Promise<string | null>} */
function tokenOfOtherTab() {
  return new Promise((found) => {
    /** @param {MessageEvent} event */
    const hear = ({ data }) => { if (data.token) done(data.token); };
    /** @param {string | null} token */
    const done = (token) => { tabs.removeEventListener("message", hear); found(token); };
    tabs.addEventListener("message", hear);
    tabs.postMessage({ wanted: true });
    setTimeout(() => done(null), ASKING_MILLISECONDS);
  });
}
