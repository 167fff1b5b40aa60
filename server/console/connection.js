// Whether the server is reached; nothing has to be done where it is not, as whoever asks tries again by itself.

import { Told } from "./told.js";

/** @typedef {{ state: "on" | "lost" | "back", since: number }} Connection */

const BACK_MILLISECONDS = 4000;

/** @type {Told<Connection>} */
export const connection = new Told(/** @type {Connection} */ ({ state: "on", since: Date.now() }));

export function reached() {
  if (connection.value.state !== "lost") return;
  connection.become({ state: "back", since: Date.now() });
  setTimeout(() => {
    if (connection.value.state === "back") connection.become({ state: "on", since: Date.now() });
  }, BACK_MILLISECONDS);
}

export function lost() {
  if (connection.value.state !== "lost") connection.become({ state: "lost", since: Date.now() });
}

/**
 * Some time, or until the machine says that it has a network again.
 * @param {number} milliseconds @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
export function pause(milliseconds, signal) {
  return new Promise((over) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      signal?.removeEventListener("abort", done);
      over();
    };
    const timer = setTimeout(done, milliseconds);
    addEventListener("online", done);
    signal?.addEventListener("abort", done);
  });
}
