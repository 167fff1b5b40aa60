// What others did meanwhile to the scenario that is being edited.

import { Notice } from "../../parts/states.js";
import { html } from "../../preact.js";
import { differences } from "./differences.js";

/** @param {{ mine: Api.Scenario, theirs: Api.Scenario | null, onTake: () => void, asked: boolean }} props */
export function Others({ mine, theirs, onTake, asked }) {
  if (!theirs) return html`<${Notice} kind="bad" title="This scenario was deleted meanwhile">
    Nothing that you see is lost: what it said and what you changed are still here. Save it as a new scenario to keep it.<//>`;
  if (theirs.version === mine.version) return null;
  const told = differences(mine.definition, theirs.definition);
  return html`<${Notice} kind="warn" title=${`${asked ? "Not saved: somebody" : "Somebody"} else saved version ${theirs.version} meanwhile; you began with version ${mine.version}`}
    actions=${html`<button class="first" onClick=${onTake}>Take theirs, and keep my changes on top</button>
      <a class="button" href=${`/scenarios/${theirs.id}`} target="_blank">See theirs</a>`}>
    Nothing was overwritten. You can also save yours as a new scenario.
    ${told.length > 0 && html`<ul class="list">${told.slice(0, 8).map(({ path, before, after }) => html`<li key=${path}><code>${path}</code> ${before} became ${after}</li>`)}
      ${told.length > 8 && html`<li>${told.length - 8} more</li>`}</ul>`}<//>`;
}
