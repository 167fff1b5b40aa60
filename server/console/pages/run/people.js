// The people of one team: whether there are enough, where they come from and go, and how hard they work.

import { HeadcountWaterfall, HiringCalendar, Occupancy, operations, OverUnder, RequiredAvailable } from "../../charts/index.js";
import { Asked, Choice } from "../../parts/chart.js";
import { html } from "../../preact.js";
import { choose } from "../../route.js";

/** @param {{ of: Api.Run, about: import("./outcome.js").About, query: URLSearchParams }} props */
export function People({ of: run, about, query }) {
  const { vendors, queues } = run.scenario.definition;
  const teams = vendors.flatMap((vendor) => vendor.teams.map((team) => ({ ...team, vendor: vendor.name || vendor.id })));
  const team = teams.find(({ id }) => id === query.get("team")) ?? teams.find(({ workforce }) => workforce) ?? teams[0];
  const variables = { run: run.id, team: team.id };
  const from = query.get("from"), to = query.get("to");
  const ceilings = queues.map(({ target }) => target.maxOccupancy);
  return html`<div class="stack">
    <${Choice} name="team" label="Team" value=${team.id} options=${teams.map(({ id, vendor }) => [id, `${id} (${vendor})`])} onChoose=${(/** @type {string} */ id) => choose({ team: id })} />
    <div class="panel"><${Asked} operation=${operations.overUnder} variables=${variables} what="Over and under">${(/** @type {any} */ data, /** @type {any} */ source) =>
      html`<${OverUnder} team=${data.run.outcomes.team} about=${about} source=${source} />`}<//></div>
    <div class="panel"><${Asked} operation=${operations.requiredAvailable} variables=${{ ...variables, from: null, to: null }} what="Required and available">${(/** @type {any} */ data, /** @type {any} */ source) =>
      html`<${RequiredAvailable} team=${data.run.outcomes.team} about=${about} source=${source} window=${from && to ? { from, to } : undefined}
        onWindow=${(/** @type {{ from: string, to: string } | null} */ window) => choose({ from: window?.from, to: window?.to })} />`}<//></div>
    ${team.workforce && html`<div class="panel"><${Asked} operation=${operations.headcount} variables=${variables} what="Headcount">${(/** @type {any} */ data, /** @type {any} */ source) =>
      html`<${HeadcountWaterfall} team=${data.run.outcomes.team} about=${about} source=${source} />`}<//></div>`}
    <div class="panel"><${Asked} operation=${operations.hiring} variables=${{ run: run.id }} what="Hiring">${(/** @type {any} */ data, /** @type {any} */ source) =>
      html`<${HiringCalendar} teams=${data.run.outcomes.teams} about=${about} source=${source} />`}<//></div>
    <div class="panel"><${Asked} operation=${operations.occupancy} variables=${{ run: run.id }} what="Occupancy">${(/** @type {any} */ data, /** @type {any} */ source) =>
      html`<${Occupancy} teams=${data.run.outcomes.teams} ceiling=${Math.min(...ceilings)} about=${about} source=${source} />`}<//></div>
  </div>`;
}
