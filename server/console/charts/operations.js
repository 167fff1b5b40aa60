// Whole operations, one a chart: what "copy as GraphQL" copies where a page asks for nothing more.
import {
  BACKLOG, COMPARISON, COST, DECISION, FAN, FRONTIER, HEADCOUNT, HEAT_MAP, HIRING, OCCUPANCY, OVER_UNDER, PLAN,
  REQUIRED_AVAILABLE, TEAM_FAN, TORNADO,
} from "./fragments.js";

const ABOUT = "experiment { replications } scenario { definition { name timezone currency } }";

const ofOutcomes = (name, asked) => `query ${name}($run: ID!) { run(id: $run) { ${ABOUT} outcomes { ${asked} } } }`;
const ofTeam = (name, asked, more = "") =>
  `query ${name}($run: ID!, $team: ID!${more}) { run(id: $run) { ${ABOUT} outcomes { team(id: $team) { ${asked} } } } }`;
const ofQueue = (name, asked, more = "") =>
  `query ${name}($run: ID!, $queue: ID!${more}) { run(id: $run) { ${ABOUT} outcomes { queue(id: $queue) { ${asked} } } } }`;
const ofStudy = (name, asked) => `query ${name}($study: ID!) { study(id: $study) { ${asked} } }`;

export const operations = {
  decision: `${ofOutcomes("DecisionOfRun", "...Decision")}\n${DECISION}`,
  plan: `${ofStudy("PlanOfStudy", "staffing { ...Plan }")}\n${PLAN}`,
  overUnder: `${ofTeam("OverUnderOfTeam", "...OverUnder")}\n${OVER_UNDER}`,
  requiredAvailable:
    `${ofTeam("RequiredAvailableOfTeam", "...RequiredAvailable", ", $from: DateTime, $to: DateTime")}\n${REQUIRED_AVAILABLE}`,
  heatMap: `${ofQueue("HeatMapOfQueue", "...ServiceHeatMap")}\n${HEAT_MAP}`,
  headcount: `${ofTeam("HeadcountOfTeam", "...Headcount")}\n${HEADCOUNT}`,
  hiring: `${ofOutcomes("HiringOfTeams", "teams { ...Hiring }")}\n${HIRING}`,
  fan: `${ofQueue("FanOfQueue", "series(measures: $measures, resolution: $resolution) { ...Fan }",
    ", $measures: [QueueMeasure!]!, $resolution: SeriesResolution!")}\n${FAN}`,
  teamFan: `${ofTeam("FanOfTeam", "series(measures: $measures, resolution: $resolution) { ...TeamFan }",
    ", $measures: [TeamMeasure!]!, $resolution: SeriesResolution!")}\n${TEAM_FAN}`,
  backlog: `${ofQueue("BacklogOfQueue", "...Backlog")}\n${BACKLOG}`,
  cost: `${ofOutcomes("CostOfRun", "...Cost")}\n${COST}`,
  occupancy: `${ofOutcomes("OccupancyOfTeams", "teams { ...Occupancy }")}\n${OCCUPANCY}`,
  tornado: `${ofStudy("TornadoOfStudy", "sensitivity { ...Tornado }")}\n${TORNADO}`,
  frontier: `${ofStudy("FrontierOfStudy", "sweep { ...Frontier }")}\n${FRONTIER}`,
  comparison: `query CompareRuns($baseline: ID!, $runs: [ID!]!) {
  compareRuns(baselineRunId: $baseline, runIds: $runs) {
    candidates { ...Comparison }
    userErrors { code message path }
  }
}\n${COMPARISON}`,
};
