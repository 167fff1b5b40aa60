// What the keyboard does besides moving through the page.

import { go } from "./route.js";
import { Told } from "./told.js";

/** The second key after `g`: where it leads. */
export const PLACES = { s: ["/", "Scenarios"], r: ["/runs", "Runs"], t: ["/studies", "Studies"], c: ["/compare", "Compare"], q: ["/requests", "Requests"], p: ["/presets", "Presets"] };

/** Whether the list of keys is shown. */
export const helping = new Told(false);

/** @param {EventTarget | null} target */
const isWriting = (target) => target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

export function hearKeys() {
  let going = 0;
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target) || document.querySelector("dialog[open]")) return;
    const leads = PLACES[/** @type {keyof typeof PLACES} */ (event.key)];
    if (leads && Date.now() - going < 1500) go(leads[0]);
    else if (event.key === "?") helping.become(true);
    else if (event.key === "/") document.querySelector(/** @type {"input"} */ ("main input[type=search]"))?.focus();
    else return void (going = event.key === "g" ? Date.now() : 0);
    going = 0;
    event.preventDefault();
  });
}
