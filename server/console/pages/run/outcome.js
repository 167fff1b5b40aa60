// What came of a run, in four parts: the decision, service, people, money; and the run itself.

import { Tabs } from "../../parts/tabs.js";
import { html } from "../../preact.js";
import { Money } from "./money.js";
import { Papers } from "./papers.js";
import { People } from "./people.js";
import { Service } from "./service.js";
import { Summary } from "./summary.js";

const PARTS = { summary: "Decision", service: "Service", people: "People", money: "Money", papers: "Run and files" };
/** @type {Record<string, any>} */
const SHOWN = { summary: Summary, service: Service, people: People, money: Money, papers: Papers };

/** @typedef {{ zone: string, currency: string, replications: number, name: string }} About */

/** @param {{ of: Api.Run, query: URLSearchParams }} props */
export function Outcome({ of: run, query }) {
  const tab = query.get("tab") ?? "summary";
  const { timezone, currency } = run.scenario.definition;
  const about = { zone: timezone, currency, replications: run.progress.completed, name: run.scenario.name };
  return html`<${Tabs} label="Outcome" of=${PARTS} current=${tab} />
    <${SHOWN[tab] ?? Summary} of=${run} about=${about} query=${query} />
    <p class="faint" style=${{ marginTop: "16px" }}>Dates and times are those of the scenario: ${timezone}. A replication is one simulated course of the whole horizon, with its own
      random arrivals, handling times and absences; figures are means over ${run.progress.completed} of them.</p>`;
}
