// What is rare but will be seen: nothing at all, one replication, one week, a year, twenty teams, no cost, losses, long names.

export const ABOUT = { name: "Retail peak", zone: "America/New_York", currency: "USD", replications: 40 };
export const HARBOUR = { name: "Harbour", zone: "Europe/Berlin", currency: "EUR", replications: 60 };
const LONG = "customer-service-for-returns-and-refunds-of-the-northern-region-at-night";

/** Figures that look like chance and are the same every time. */
function* luck(seed = 7) {
  for (let state = seed; ;) {
    state = (state * 16807) % 2147483647;
    yield state / 2147483647;
  }
}
const copy = (value) => structuredClone(value);
const week = (place) => new Date(Date.UTC(2026, 0, 5 + 7 * place)).toISOString().slice(0, 10);

/** What one replication tells: means, and nothing of intervals; every quantile is the one value. */
function alone(value) {
  if (Array.isArray(value)) return value.map(alone);
  if (value === null || typeof value !== "object") return value;
  const made = Object.fromEntries(Object.entries(value).map(([name, own]) => [name, name === "confidenceInterval" ? null : alone(own)]));
  for (const end of ["low", "high"]) if (end in made) made[end] = made.mean;
  return made;
}

function year() {
  const draw = luck();
  return {
    id: "desk", overUnder: [],
    headcount: Array.from({ length: 52 }, (_, place) => {
      const mean = 6 * Math.sin(place / 6) + 4 * draw.next().value - 2, spread = 1 + 2 * draw.next().value;
      return { week: week(place), mean, confidenceInterval: { lower: mean - 0.2, upper: mean + 0.2 }, low: mean - spread, high: mean + spread };
    }),
  };
}

function intervals(count, draw = luck()) {
  const there = (place) => Math.max(0, 60 * Math.sin(((place % 48) / 48) * Math.PI * 2 - 2) + 20 * Math.sin(place / 2000));
  const required = Array.from({ length: count }, (_, place) => there(place) + 3 * draw.next().value);
  const available = required.map((value, place) => Math.round(value * (1.02 + 0.12 * Math.sin(place / 1500) + 0.06 * draw.next().value)));
  return { id: "desk", required: [{ start: "2026-01-05T00:00:00-05:00", stepSeconds: 1800, mean: required }],
    available: [{ mean: available, low: available.map((value) => Math.max(0, value - 4)), high: available.map((value) => value + 4) }] };
}

function twenty(teams) {
  const draw = luck(11);
  return Array.from({ length: 20 }, (_, place) => {
    const mean = 0.5 + 0.48 * draw.next().value, spread = 0.02 + 0.03 * draw.next().value;
    return { id: `${teams[place % teams.length].id}-${place + 1}`, total: { occupancy: { mean, confidenceInterval: { lower: mean - 0.006, upper: Math.min(1, mean + 0.006) }, low: mean - spread, high: Math.min(1, mean + spread) },
      over85Hours: { mean: 100 * mean }, over90Hours: { mean: 40 * mean }, over95Hours: { mean: 4 } } };
  });
}

const figure = (mean, half = 0, spread = 0) => ({ mean, confidenceInterval: { lower: mean - half, upper: mean + half }, low: mean - spread, high: mean + spread });

/** Two vendors at a loss, one with credits. */
const losses = {
  cost: { total: figure(180_000, 900, 4000), months: ["2026-03-02", "2026-04-01"].map((start) => ({ start, total: figure(90_000, 500, 3000),
    lines: [{ kind: "INVOICE", vendor: "north", amount: { mean: 62_000 } }, { kind: "INVOICE", vendor: LONG, amount: { mean: 33_000 } }, { kind: "ABANDONED", vendor: null, amount: { mean: -5000 } }] })) },
  vendors: ["north", LONG].map((id, place) => ({ id, months: ["2026-03-02", "2026-04-01"].map((start) => ({ start, lines: place ? [] : [{ kind: "CREDIT", amount: { mean: -7400, low: -9800 } }],
    invoice: { mean: 62_000 - 29_000 * place }, ownCost: { mean: 70_000 - 20_000 * place }, margin: figure(-8000 - 9000 * place, 300, 1500) })) })),
};

const estimate = (mean, half, spread) => ({ mean, lower: mean - half, upper: mean + half, ...(spread == null ? {} : { low: mean - spread, high: mean + spread }) });

export const BOARD = [
  { id: "1", name: "Pacific Contact", allMet: estimate(0.86, 0.05), cost: estimate(1_210_000, 4000, 30_000), credits: { mean: 8200, high: 31_000 }, service: [{ queue: "orders", mean: 0.842, target: 0.8 }, { queue: "chat", mean: 0.781, target: 0.8 }],
    weeksToStrength: { mean: 7.2, low: 6, high: 10 }, stresses: [{ name: "a tenth more volume", allMet: estimate(0.55, 0.08) }, { name: "a site is lost for a day", allMet: estimate(0.71, 0.07) }],
    ramp: { isFeasible: true, says: "42 heads in 9 weeks, seats for 45" }, difference: null, points: 78.4 },
  { id: "2", name: "Andes Servicios", allMet: estimate(0.93, 0.035), cost: estimate(1_390_000, 5000, 26_000), credits: { mean: 1900, high: 12_000 }, service: [{ queue: "orders", mean: 0.871, target: 0.8 }, { queue: "chat", mean: 0.846, target: 0.8 }],
    weeksToStrength: { mean: 9.8, low: 8, high: 13 }, stresses: [{ name: "a tenth more volume", allMet: estimate(0.74, 0.07) }], ramp: { isFeasible: true, says: "38 heads in 11 weeks" },
    difference: { allMet: { mean: 0.07, lower: 0.02, upper: 0.12 }, cost: { mean: 180_000, lower: 176_000, upper: 184_000 } }, points: 81.9 },
  { id: "3", name: "Pacific Contact 70 %, Andes Servicios 30 %", allMet: estimate(0.9, 0.04), cost: estimate(1_262_000, 4500, 28_000), credits: { mean: 5100, high: 22_000 }, service: [{ queue: "orders", mean: 0.853, target: 0.8 }, { queue: "chat", mean: 0.812, target: 0.8 }],
    weeksToStrength: null, stresses: [{ name: "a tenth more volume", allMet: estimate(0.66, 0.08) }], ramp: { isFeasible: false, says: "needs 12 trainers in November, there are 5" },
    difference: { allMet: { mean: 0.04, lower: -0.01, upper: 0.09 }, cost: { mean: 52_000, lower: 49_000, upper: 55_000 } }, points: 84.2 },
];

export function rare(answers) {
  const outcomes = (name) => answers[name].run.outcomes;
  const one = alone(answers);
  const unheard = copy(outcomes("heat_map").queue);
  unheard.heatMap.rows = unheard.heatMap.rows.map((row) => row.map(() => null));
  const gaps = copy(outcomes("service_by_week").queue.series[0]);
  for (const place of [0, 4, 5, 9]) gaps.mean[place] = gaps.low[place] = gaps.high[place] = null;
  const firstWeek = (series) => ({ ...series, starts: series.starts.slice(0, 1), mean: series.mean.slice(0, 1), low: series.low.slice(0, 1), high: series.high.slice(0, 1) });
  const long = copy(outcomes("occupancy").teams);
  long[0].id = LONG;
  const certain = { mean: 1, confidenceInterval: { lower: 0.9, upper: 1 } };
  return {
    board: ["ProposalBoard", { candidates: BOARD, about: ABOUT }],
    board_none: ["ProposalBoard", { candidates: [], about: ABOUT }],
    decision_none: ["DecisionCard", { outcomes: { decision: null, clauses: [], scaling: { teams: [] } } }],
    decision_alone: ["DecisionCard", { outcomes: one.decision.run.outcomes, about: ABOUT }],
    decision_safe: ["DecisionCard", { outcomes: { decision: { allMet: certain, clientCost: null, firstToBreak: null }, clauses: [], scaling: { teams: [] } }, about: ABOUT }],
    over_under_year: ["OverUnder", { team: year(), about: ABOUT }],
    over_under_week: ["OverUnder", { team: { ...year(), headcount: year().headcount.slice(0, 1) }, about: ABOUT }],
    over_under_alone: ["OverUnder", { team: one.over_under.run.outcomes.team, about: ABOUT }],
    over_under_none: ["OverUnder", { team: { id: "desk", headcount: [], overUnder: [{ starts: ["2026-01-05T00:00:00Z"], mean: [null], low: [null], high: [null] }] }, about: ABOUT }],
    required_available_year: ["RequiredAvailable", { team: intervals(17_520), about: ABOUT, title: "A year by half hours" }],
    heat_map_none: ["ServiceHeatMap", { queue: unheard, about: ABOUT }],
    headcount_none: ["HeadcountWaterfall", { team: { id: "own-cases", headcount: [], headcountFlows: [] }, about: ABOUT }],
    hiring_decisions: ["HiringCalendar", { teams: outcomes("hiring").teams, decisions: [{ by: "2026-10-08", what: "HIRE", team: "manila-voice", heads: 12 }, { by: "2026-11-20", what: "RELEASE", team: "bogota-mail", heads: 3 }], about: ABOUT, title: "Hiring calendar with decisions" }],
    hiring_none: ["HiringCalendar", { teams: [{ id: "own-cases", headcount: [], headcountFlows: [] }], about: ABOUT }],
    fan_gaps: ["Fan", { series: gaps, whose: "orders", target: 0.8, about: ABOUT, title: "Service level with weeks in which nobody came" }],
    fan_week: ["Fan", { series: firstWeek(outcomes("service_by_week").queue.series[0]), whose: "orders", about: ABOUT, title: "One week" }],
    backlog_none: ["BacklogByAge", { queue: { id: "orders", backlog: [], age: [] }, about: ABOUT }],
    cost_none: ["CostByVendor", { outcomes: { cost: null, vendors: [] }, about: ABOUT }],
    cost_zero: ["CostByVendor", { outcomes: { cost: { total: figure(0), months: [{ start: "2026-03-02", total: figure(0), lines: [] }] }, vendors: [] }, about: ABOUT, title: "Nothing costs anything" }],
    cost_losses: ["CostByVendor", { outcomes: losses, about: HARBOUR, title: "Cost with credits and margins below zero" }],
    occupancy_twenty: ["Occupancy", { teams: twenty(outcomes("occupancy").teams), about: ABOUT, title: "Occupancy of twenty teams" }],
    occupancy_long: ["Occupancy", { teams: alone(long), about: ABOUT, title: "Occupancy in one replication" }],
    tornado_none: ["TornadoChart", { tornado: { replications: 10, holds: { mean: 0.5, lower: 0.2, upper: 0.8 }, cost: null, bars: [], untried: [{ name: "wages", reason: "nothing has a wage" }] }, about: ABOUT }],
    frontier_none: ["Frontier", { sweep: { axes: ["people"], replications: 10, points: [{ labels: ["5 people"], isOnFrontier: true, holds: { mean: 0.5, lower: 0.2, upper: 0.8 }, cost: null, firstBreak: null }] }, about: ABOUT }],
    comparison_same: ["Comparison", { candidates: [{ ...answers.comparison.compareRuns.candidates[0], differences: [], scenarioDifferences: [] }], about: ABOUT, title: "Nothing in common" }],
  };
}
