// Whole operations, one a chart: what "copy as GraphQL" copies where a page asks for nothing more.
import {
  BACKLOG, COMPARISON, COST, DECISION, FAN, FRONTIER, HEADCOUNT, HEAT_MAP, HIRING, OCCUPANCY, OVER_UNDER, PLAN,
  REQUIRED_AVAILABLE, TEAM_FAN, TORNADO,
} from "./fragments.js";

/** @param {string} query @param {string} fragment */
const whole = (query, fragment) => `${query}\n\n${fragment}\n`;

export const operations = {
  decision: whole(`query DecisionOfRun($run: ID!) {
  run(id: $run) { outcomes { ...Decision } }
}`, DECISION),
  plan: whole(`query PlanOfStudy($study: ID!) {
  study(id: $study) { staffing { ...Plan } }
}`, PLAN),
  overUnder: whole(`query OverUnderOfTeam($run: ID!, $team: ID!) {
  run(id: $run) { outcomes { team(id: $team) { ...OverUnder } } }
}`, OVER_UNDER),
  requiredAvailable: whole(`query RequiredAvailableOfTeam($run: ID!, $team: ID!, $from: DateTime, $to: DateTime) {
  run(id: $run) { outcomes { team(id: $team) { ...RequiredAvailable } } }
}`, REQUIRED_AVAILABLE),
  heatMap: whole(`query HeatMapOfQueue($run: ID!, $queue: ID!) {
  run(id: $run) { outcomes { queue(id: $queue) { ...ServiceHeatMap } } }
}`, HEAT_MAP),
  headcount: whole(`query HeadcountOfTeam($run: ID!, $team: ID!) {
  run(id: $run) { outcomes { team(id: $team) { ...Headcount } } }
}`, HEADCOUNT),
  hiring: whole(`query HiringOfTeams($run: ID!) {
  run(id: $run) { outcomes { teams { ...Hiring } } }
}`, HIRING),
  fan: whole(`query FanOfQueue($run: ID!, $queue: ID!, $measures: [QueueMeasure!]!, $resolution: SeriesResolution!) {
  run(id: $run) { outcomes { queue(id: $queue) { id series(measures: $measures, resolution: $resolution) { ...Fan } } } }
}`, FAN),
  teamFan: whole(`query FanOfTeam($run: ID!, $team: ID!, $measures: [TeamMeasure!]!, $resolution: SeriesResolution!) {
  run(id: $run) { outcomes { team(id: $team) { id series(measures: $measures, resolution: $resolution) { ...TeamFan } } } }
}`, TEAM_FAN),
  backlog: whole(`query BacklogOfQueue($run: ID!, $queue: ID!) {
  run(id: $run) { outcomes { queue(id: $queue) { ...Backlog } } }
}`, BACKLOG),
  cost: whole(`query CostOfRun($run: ID!) {
  run(id: $run) { outcomes { ...Cost } }
}`, COST),
  occupancy: whole(`query OccupancyOfTeams($run: ID!) {
  run(id: $run) { outcomes { teams { ...Occupancy } } }
}`, OCCUPANCY),
  tornado: whole(`query TornadoOfStudy($study: ID!) {
  study(id: $study) { sensitivity { ...Tornado } }
}`, TORNADO),
  frontier: whole(`query FrontierOfStudy($study: ID!) {
  study(id: $study) { sweep { ...Frontier } }
}`, FRONTIER),
  comparison: whole(`query CompareRuns($baseline: ID!, $runs: [ID!]!) {
  compareRuns(baselineRunId: $baseline, runIds: $runs) { candidates { ...Comparison } userErrors { code message path } }
}`, COMPARISON),
};
