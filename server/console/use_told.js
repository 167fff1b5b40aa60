// What is told, on the screen.

import { useEffect, useState } from "./preact.js";

/** @template T @typedef {import("./told.js").Told<T>} Told */

/** The value, and a new drawing whenever it changes. @template T @param {Told<T>} told @returns {T} */
export function useTold(told) {
  const [value, setValue] = useState(told.value);
  useEffect(() => {
    setValue(told.value);
    return told.listen((next) => setValue(() => next));
  }, [told]);
  return value;
}
