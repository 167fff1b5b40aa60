// What a button does: ask, wait, and show what was refused beside it.

import { ApiError, ask } from "./api.js";
import { useState } from "./preact.js";

/** @typedef {import("./parts/problems.js").Problem} Problem */

/**
 * @template T
 * @typedef {{ busy: boolean, problems: Problem[], act: (variables: Record<string, unknown>) => Promise<any>, clear: () => void }} Action
 */

/**
 * A mutation with one root field; `act` gives its payload, or null where there was none, with what was wrong in `problems`.
 * @param {string} mutation
 * @returns {Action<any>}
 */
export function useAction(mutation) {
  const [busy, setBusy] = useState(false);
  const [problems, setProblems] = useState(/** @type {Problem[]} */ ([]));
  const act = async (/** @type {Record<string, unknown>} */ input) => {
    setBusy(true);
    try {
      const [payload] = Object.values(await ask(mutation, { input }));
      setProblems(payload.userErrors);
      return payload;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setProblems([{ message: error.message }]);
      return null;
    } finally {
      setBusy(false);
    }
  };
  return { busy, problems, act, clear: () => setProblems([]) };
}
