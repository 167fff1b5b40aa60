import { Empty } from "../parts/states.js";
import { Head } from "../parts/title.js";
import { html } from "../preact.js";

export const NotFound = () => html`<${Head} title="Nothing here" /><div class="panel"><${Empty} title="There is no such page"
  actions=${html`<a class="button first" href="/">Scenarios</a>`}>The address may be mistyped, or of another version of the console.<//></div>`;
