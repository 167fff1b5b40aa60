// Light, dark, or as the machine is set; kept on this machine, as it is nobody's data.

import { Told } from "./told.js";

/** @typedef {"auto" | "light" | "dark"} Theme */

const KEY = "springtide theme";
const THEMES = /** @type {Theme[]} */ (["auto", "light", "dark"]);
const kept = /** @type {Theme | null} */ (localStorage.getItem(KEY));

/** @type {Told<Theme>} */
export const theme = new Told(kept && THEMES.includes(kept) ? kept : "auto");

export function nextTheme() {
  theme.become(THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length]);
}

export function wearTheme() {
  const wear = (/** @type {Theme} */ worn) => {
    localStorage.setItem(KEY, worn);
    if (worn === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = worn;
  };
  wear(theme.value);
  theme.listen(wear);
}
