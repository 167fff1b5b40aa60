// Every chart from recorded answers and from what is rare: `?show=a,b` some of them, else all; `#theme=dark` in the dark.
import { html, render } from "/console/preact.js";
import * as charts from "/console/charts/index.js";
import { ABOUT, HARBOUR, rare } from "/gallery/rare.js";

const { operations } = charts;
const recorded = async (name) => (await fetch(`/gallery/recorded/${name}.json`)).json();
const source = (query, variables) => ({ query, variables: { run: "UnVuOjE=", ...variables } });

const names = [
  "decision", "plan", "over_under", "over_under_given", "required_available", "heat_map", "headcount", "hiring", "service_by_week", "offered_by_day",
  "agents_by_week", "backlog", "cost", "occupancy", "tornado", "frontier", "comparison",
];
const answers = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await recorded(name)])));
const outcomes = (name) => answers[name].run.outcomes;
const study = (name) => answers[name].study;

/** By name: which chart, with which props. */
export const cases = {
  decision: ["DecisionCard", { outcomes: outcomes("decision"), about: ABOUT, source: source(operations.decision) }],
  plan: ["DecisionCard", { outcomes: {}, plan: study("plan").staffing, about: HARBOUR, source: source(operations.plan), title: "Decision: the plan of a staffing search" }],
  over_under: ["OverUnder", { team: outcomes("over_under").team, about: ABOUT, source: source(operations.overUnder, { team: "manila-voice" }) }],
  over_under_given: ["OverUnder", { team: outcomes("over_under_given").team, about: ABOUT }],
  required_available: ["RequiredAvailable", { team: outcomes("required_available").team, about: ABOUT, source: source(operations.requiredAvailable, { team: "manila-voice" }) }],
  heat_map: ["ServiceHeatMap", { queue: outcomes("heat_map").queue, target: 0.8, about: ABOUT, source: source(operations.heatMap, { queue: "orders" }) }],
  headcount: ["HeadcountWaterfall", { team: outcomes("headcount").team, about: ABOUT, source: source(operations.headcount, { team: "manila-voice" }) }],
  hiring: ["HiringCalendar", { teams: outcomes("hiring").teams, about: ABOUT, source: source(operations.hiring) }],
  service_by_week: ["Fan", { series: outcomes("service_by_week").queue.series[0], whose: "orders", target: 0.8, about: ABOUT, source: source(operations.fan, { queue: "orders" }) }],
  offered_by_day: ["Fan", { series: outcomes("offered_by_day").queue.series[0], whose: "orders", about: ABOUT }],
  agents_by_week: ["Fan", { series: outcomes("agents_by_week").team.series[0], whose: "manila-voice", about: ABOUT }],
  backlog: ["BacklogByAge", { queue: outcomes("backlog").queue, targetHours: 20, about: ABOUT, source: source(operations.backlog, { queue: "returns" }) }],
  cost: ["CostByVendor", { outcomes: outcomes("cost"), about: ABOUT, source: source(operations.cost) }],
  occupancy: ["Occupancy", { teams: outcomes("occupancy").teams, about: ABOUT, source: source(operations.occupancy) }],
  tornado: ["TornadoChart", { tornado: study("tornado").sensitivity, about: HARBOUR, source: source(operations.tornado) }],
  tornado_cost: ["TornadoChart", { tornado: study("tornado").sensitivity, by: "cost", about: HARBOUR, title: "What the cost hangs on" }],
  frontier: ["Frontier", { sweep: study("frontier").sweep, about: HARBOUR, source: source(operations.frontier) }],
  comparison: ["Comparison", { candidates: answers.comparison.compareRuns.candidates, about: ABOUT, source: source(operations.comparison) }],
  ...rare(answers),
};

const { theme } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
if (theme) document.documentElement.dataset.theme = theme;
const wanted = new URLSearchParams(location.search).get("show")?.split(",") ?? Object.keys(cases);
const started = performance.now();
const chart = (name) => html`<section id=${name} class="panel"><${charts[cases[name][0]]} ...${cases[name][1]} /></section>`;
const page = html`<${charts.HeadingLevel.Provider} value=${2}><h1>Gallery of charts</h1>${wanted.map(chart)}<//>`;
render(page, document.querySelector("#gallery"));
Object.assign(globalThis, { cases, shown: wanted, started, charts });
