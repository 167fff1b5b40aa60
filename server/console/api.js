// The public GraphQL API: one question and its answer, and every way in which that can fail.

import { lost, reached } from "./connection.js";
import { end, organisation, session } from "./session.js";

/**
 * Why there is no answer.
 * - SIGNED_OUT: nobody is signed in, or not any more
 * - UNREACHED: the server is not there, or cannot answer now; worth trying again
 * - BUSY: the organisation asks more than it may in a minute; worth trying again after `waitSeconds`
 * - REFUSED: the question itself cannot be answered
 */
export class ApiError extends Error {
  /**
   * @param {"SIGNED_OUT" | "UNREACHED" | "BUSY" | "REFUSED"} kind
   * @param {string} message
   * @param {number} [waitSeconds]
   * @param {any} [extensions] what the server says besides
   */
  constructor(kind, message, waitSeconds = 0, extensions = {}) {
    super(message);
    this.kind = kind;
    this.waitSeconds = waitSeconds;
    this.extensions = extensions;
  }

  get passes() {
    return this.kind === "UNREACHED" || this.kind === "BUSY";
  }
}

const AWAY = "The server is not reached.";

/**
 * The data of an operation.
 * @param {string} query
 * @param {Record<string, unknown>} [variables]
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export async function ask(query, variables = {}, signal) {
  const response = await post({ query, variables }, "application/json", signal);
  const { data, errors } = await response.json();
  if (errors) throw new ApiError("REFUSED", errors[0].message);
  return data;
}

/**
 * A request that was let in.
 * @param {object} body @param {string} accept @param {AbortSignal} [signal]
 * @returns {Promise<Response>}
 */
export async function post(body, accept, signal) {
  const { token } = session.value;
  if (!token || !/^[\x21-\x7e]+$/.test(token)) throw signedOut();
  const response = await sent(body, accept, token, signal);
  if (response.ok) return reached(), response;
  if (response.status === 401) throw signedOut();
  if (response.status === 429) throw new ApiError("BUSY", await told(response), Number(response.headers.get("retry-after") ?? 5));
  if (response.status >= 502) throw lost(), new ApiError("UNREACHED", await told(response));
  const { message, extensions } = await refused(response);
  throw new ApiError("REFUSED", message, 0, extensions);
}

/** @param {object} body @param {string} accept @param {string} token @param {AbortSignal} [signal] */
async function sent(body, accept, token, signal) {
  try {
    return await fetch("/graphql", {
      method: "POST", signal, body: JSON.stringify(body), cache: "no-store",
      headers: { "Content-Type": "application/json", "Accept": accept, "Authorization": `Bearer ${token}`,
        ...(organisation.value ? { "Springtide-Organisation": organisation.value } : {}) },
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    lost();
    throw new ApiError("UNREACHED", AWAY);
  }
}

function signedOut() {
  end();
  return new ApiError("SIGNED_OUT", "Sign in to go on.");
}

/** @param {Response} response @returns {Promise<string>} */
const told = async (response) => (await refused(response)).message;

/** What a refusal says. @param {Response} response @returns {Promise<{ message: string, extensions: any }>} */
async function refused(response) {
  try {
    return (await response.json()).errors[0];
  } catch {
    return { message: `The server answered ${response.status}.`, extensions: {} };
  }
}
