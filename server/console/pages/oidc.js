// Signing in with the organisation's identity provider: there with a challenge, back with a code, which the server hands on.

import { signIn } from "../session.js";

const KEPT = "springtide sign-in";
const BACK = "/sign-in";

/** @typedef {{ authorize: string, clientId: string, scope: string, issuer: string }} Way */

/** Null where people sign in by tokens only. @returns {Promise<Way | null>} */
export async function way() {
  const response = await fetch("/sign-in/ways");
  const told = response.ok ? await response.json() : {};
  return told.authorize ? told : null;
}

/** Off to the provider. @param {Way} way @param {string} backTo the address to come back to */
export async function leave({ authorize, clientId, scope }, backTo) {
  const state = unguessable(), codeVerifier = unguessable();
  sessionStorage.setItem(KEPT, JSON.stringify({ state, codeVerifier, backTo }));
  const query = new URLSearchParams({
    response_type: "code", client_id: clientId, scope, state, redirect_uri: location.origin + BACK,
    code_challenge: await challenge(codeVerifier), code_challenge_method: "S256",
  });
  location.assign(`${authorize}?${query}`);
}

/** Back with a code. @param {URLSearchParams} query @returns {Promise<string>} the address that was left */
export async function comeBack(query) {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  sessionStorage.removeItem(KEPT);
  if (query.get("error")) throw new Error(`Your identity provider says: ${query.get("error_description") ?? query.get("error")}.`);
  if (!kept || kept.state !== query.get("state")) throw new Error("This sign-in was not begun in this tab.");
  const response = await fetch("/sign-in/codes", {
    method: "POST", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code: query.get("code"), codeVerifier: kept.codeVerifier, redirectUri: location.origin + BACK }),
  });
  const told = await response.json();
  if (!response.ok) throw new Error(told.errors[0].message);
  signIn(told.token);
  return kept.backTo;
}

const unguessable = () => inBase64(crypto.getRandomValues(new Uint8Array(32)));

/** @param {string} verifier */
const challenge = async (verifier) => inBase64(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))));

/** @param {Uint8Array} bytes */
const inBase64 = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
