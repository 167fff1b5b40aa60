// What each chart reads of the API, as GraphQL fragments; compose a page's query of them.

export const DECISION = `fragment Decision on Outcomes {
  decision {
    allMet { mean confidenceInterval { lower upper } }
    clientCost { mean confidenceInterval { lower upper } low: quantile(probability: 0.05) high: quantile(probability: 0.95) }
    firstToBreak { clause start share { mean confidenceInterval { lower upper } } }
  }
  clauses { id vendor metric allMet { mean confidenceInterval { lower upper } } }
  scaling { teams { id latestRequisition tooLateAtStart } }
}`;

export const PLAN = `fragment Plan on StaffingAnswer {
  confidence decideBy
  met { mean lower upper }
  cost { mean lower upper }
  plan { decisions { by what team heads ifLate { allMet { mean lower upper } cost { mean lower upper } } } }
}`;

export const OVER_UNDER = `fragment OverUnder on TeamOutcome {
  id
  headcount(stocks: [OVER_UNDER_FTE]) {
    week mean confidenceInterval { lower upper } low: quantile(probability: 0.05) high: quantile(probability: 0.95)
  }
  overUnder: series(measures: [OVER_UNDER_AGENTS], resolution: WEEK) {
    starts mean low: quantile(probability: 0.05) high: quantile(probability: 0.95)
  }
}`;

export const REQUIRED_AVAILABLE = `fragment RequiredAvailable on TeamOutcome {
  id
  required: series(measures: [REQUIRED_AGENTS], resolution: INTERVAL, from: $from, to: $to) { start stepSeconds mean }
  available: series(measures: [AGENTS], resolution: INTERVAL, from: $from, to: $to) {
    mean low: quantile(probability: 0.05) high: quantile(probability: 0.95)
  }
}`;

export const HEAT_MAP = `fragment ServiceHeatMap on QueueOutcome {
  id
  heatMap(measure: SERVICE_LEVEL) { times rows }
}`;

export const HEADCOUNT = `fragment Headcount on TeamOutcome {
  id
  headcount(stocks: [IN_TRAINING, NESTING, TENURED]) { week stock mean }
  headcountFlows(flows: [HIRED, FAILED_TRAINING, LEFT_TRAINING, LEFT_PRODUCTION, RELEASED, MOVED_IN, MOVED_OUT]) {
    week flow mean
  }
}`;

export const HIRING = `fragment Hiring on TeamOutcome {
  id
  headcount(stocks: [IN_TRAINING, NESTING]) { week stock mean }
  headcountFlows(flows: [REQUISITIONED, HIRED, GRADUATED]) { week flow mean }
}`;

export const FAN = `fragment Fan on QueueSeries {
  measure starts mean low: quantile(probability: 0.05) high: quantile(probability: 0.95)
}`;

export const TEAM_FAN = `fragment TeamFan on TeamSeries {
  measure starts mean low: quantile(probability: 0.05) high: quantile(probability: 0.95)
}`;

export const BACKLOG = `fragment Backlog on QueueOutcome {
  id
  backlog: series(measures: [BACKLOG], resolution: DAY) {
    starts mean low: quantile(probability: 0.05) high: quantile(probability: 0.95)
  }
  age: series(measures: [BACKLOG_AGE_HOURS], resolution: DAY) { mean }
}`;

export const COST = `fragment Cost on Outcomes {
  cost {
    total { mean confidenceInterval { lower upper } low: quantile(probability: 0.05) high: quantile(probability: 0.95) }
    months {
      start
      total { mean confidenceInterval { lower upper } low: quantile(probability: 0.05) high: quantile(probability: 0.95) }
      lines { kind vendor amount { mean } }
    }
  }
  vendors {
    id
    months {
      start
      lines { kind amount { mean low: quantile(probability: 0.05) } }
      invoice { mean }
      ownCost { mean }
      margin { mean confidenceInterval { lower upper } low: quantile(probability: 0.05) high: quantile(probability: 0.95) }
    }
  }
}`;

export const OCCUPANCY = `fragment Occupancy on TeamOutcome {
  id
  total {
    occupancy { mean confidenceInterval { lower upper } low: quantile(probability: 0.05) high: quantile(probability: 0.95) }
    over85Hours { mean } over90Hours { mean } over95Hours { mean }
  }
}`;

export const TORNADO = `fragment Tornado on Tornado {
  replications
  holds { mean lower upper }
  cost { mean lower upper }
  bars {
    name meaning source confidence reach
    lower { told holds { mean } holdingEffect { mean lower upper } cost { mean } costEffect { mean lower upper } }
    higher { told holds { mean } holdingEffect { mean lower upper } cost { mean } costEffect { mean lower upper } }
  }
  untried { name reason }
}`;

export const FRONTIER = `fragment Frontier on SweepReport {
  axes replications
  points {
    labels isOnFrontier holds { mean lower upper } cost { mean lower upper }
    firstBreak { clause queue start share { mean } }
  }
}`;

export const COMPARISON = `fragment Comparison on ComparedRun {
  run { id scenario { name } }
  paired pairs
  scenarioDifferences { summary }
  differences {
    measure queue team vendor clause costKind baseline candidate significant
    difference { mean pValue confidenceInterval { lower upper } }
  }
}`;
