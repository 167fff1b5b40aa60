// What a page knows of the API, and how it stands with it.

import { ApiError, ask } from "./api.js";
import { pause } from "./connection.js";
import { useCallback, useEffect, useRef, useState } from "./preact.js";
import { session } from "./session.js";

const FIRST_PAUSE_MILLISECONDS = 1000;
const LONGEST_PAUSE_MILLISECONDS = 15_000;

/**
 * @template T
 * @typedef {{ data: T | undefined, error: ApiError | null, loading: boolean, again: () => void }} Answer
 *   `data` stays while it is asked for anew
 */

/**
 * The answer to a question, asked again when its variables change, when somebody comes back to the tab, every so many
 * seconds if wanted, and by itself until a server that is away is back.
 * @param {string | null} query null asks nothing
 * @param {Record<string, unknown>} [variables]
 * @param {{ every?: number }} [how] seconds
 * @returns {Answer<any>}
 */
export function useAnswer(query, variables = {}, { every } = {}) {
  const key = query && query + JSON.stringify(variables);
  const [state, setState] = useState(/** @type {{ key: string | null, data: any, error: ApiError | null }} */
    ({ key: null, data: undefined, error: null }));
  const [asked, setAsked] = useState(0);
  const again = useCallback(() => setAsked((n) => n + 1), []);
  const given = useRef(variables);
  given.current = variables;

  useEffect(() => {
    if (query === null || key === null) return undefined;
    const leaving = new AbortController();
    untilAnswered(query, given.current, leaving.signal, (error) => setState((old) => ({ ...old, error }))).then(
      (data) => setState({ key, data, error: null }),
      (error) => { if (!leaving.signal.aborted) setState((old) => ({ key, data: old.key === key ? old.data : undefined, error })); },
    );
    return () => leaving.abort();
  }, [key, asked]);

  useEffect(() => comesBack(again, every), [again, every]);
  useEffect(() => session.listen(({ token }) => { if (token) again(); }), [again]);
  const fresh = state.key === key;
  return { data: fresh ? state.data : undefined, error: fresh || state.error?.passes ? state.error : null, loading: !fresh, again };
}

/**
 * @param {string} query @param {Record<string, unknown>} variables @param {AbortSignal} signal
 * @param {(error: ApiError) => void} away told of each attempt in vain
 */
async function untilAnswered(query, variables, signal, away) {
  for (let wait = FIRST_PAUSE_MILLISECONDS;; wait = Math.min(LONGEST_PAUSE_MILLISECONDS, 2 * wait)) {
    try {
      return await ask(query, variables, signal);
    } catch (error) {
      if (signal.aborted || !(error instanceof ApiError) || !error.passes) throw error;
      away(error);
      await pause(Math.max(wait, error.waitSeconds * 1000), signal);
    }
  }
}

/** @param {() => void} again @param {number} [every] @returns {() => void} */
function comesBack(again, every) {
  const look = () => { if (document.visibilityState === "visible") again(); };
  document.addEventListener("visibilitychange", look);
  const timer = every ? setInterval(look, 1000 * every) : undefined;
  return () => {
    document.removeEventListener("visibilitychange", look);
    clearInterval(timer);
  };
}
