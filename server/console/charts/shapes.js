// What charts read, as the API answers it by the fragments; nothing here runs.

/** @typedef {number | null | undefined} Maybe */
/** @typedef {{ lower: number, upper: number } | null | undefined} Interval  95 % interval of a mean */
/** @typedef {{ mean: number | null, confidenceInterval?: Interval, low?: Maybe, high?: Maybe }} Figure  low, high: 5 and 95 % quantile */
/** @typedef {{ mean: number, confidenceInterval?: Interval }} Probability */
/** @typedef {{ mean: number, lower: number, upper: number }} Share */
/** @typedef {{ mean: number, lower: number | null, upper: number | null }} Amount */
/** @typedef {(number | null)[]} Numbers */
/** @typedef {{ starts: string[], mean: Numbers, low?: Numbers | null, high?: Numbers | null }} Series */

/** @typedef {{ by: string, what: string, team: string, heads: number, ifLate?: { allMet: Share, cost: Amount | null } | null }} Decision */
/** @typedef {{ confidence: number | null, decideBy: string | null, met: Share | null, cost: Amount | null, plan: { decisions: Decision[] } | null }} Plan */
/** @typedef {{ clause: string, start: string, share: Probability }} FirstToBreak */
/** @typedef {{ decision?: { allMet: Probability | null, clientCost: Figure | null, firstToBreak: FirstToBreak | null } | null,
 *   clauses?: { id: string, allMet: Probability | null }[], scaling?: { teams: { id: string, latestRequisition: string | null, tooLateAtStart: boolean }[] } }} Decided */

/** @typedef {{ week: string, stock: string, mean: number | null }} Stock */
/** @typedef {{ week: string, flow: string, mean: number | null }} Flow */
/** @typedef {{ id: string, headcount: Stock[], headcountFlows: Flow[] }} Heads */
/** @typedef {{ id: string, headcount: ({ week: string } & Figure)[], overUnder?: Series[] }} OverUnderTeam */
/** @typedef {{ id: string, required: { start: string | null, stepSeconds: number | null, mean: Numbers }[],
 *   available: { mean: Numbers, low?: Numbers | null, high?: Numbers | null }[] }} StaffedTeam */
/** @typedef {{ id: string, total: { occupancy: Figure, over85Hours?: Figure, over90Hours?: Figure, over95Hours?: Figure } }} BusyTeam */

/** @typedef {{ times: string[], rows: Numbers[] }} HeatMap */
/** @typedef {{ id: string, backlog: Series[], age: { mean: Numbers }[] }} BacklogQueue */

/** @typedef {{ kind: string, vendor: string | null, amount: Figure }} CostLine */
/** @typedef {{ start: string, total: Figure, lines: CostLine[] }} CostMonth */
/** @typedef {{ start: string, lines: { kind: string, amount: Figure }[], margin?: Figure | null }} VendorMonth */
/** @typedef {{ id: string, months: VendorMonth[] }} Vendor */
/** @typedef {{ cost: { total: Figure, months: CostMonth[] } | null, vendors: Vendor[] }} Costs */

/** @typedef {{ told: string, holdingEffect: Amount, costEffect: Amount | null }} Swing */
/** @typedef {{ name: string, meaning: string, source: string | null, confidence: string | null, lower: Swing | null, higher: Swing | null }} Assumption */
/** @typedef {{ replications: number, holds: Share, cost: Amount | null, bars: Assumption[], untried: { name: string, reason: string }[] }} Tornado */

/** @typedef {{ clause: string | null, queue: string | null, start: string | null }} BrokenFirst */
/** @typedef {{ labels: string[], isOnFrontier: boolean, holds: Share, cost: Amount | null, firstBreak: BrokenFirst | null }} SweepPoint */
/** @typedef {{ axes: string[], replications: number, points: SweepPoint[] }} Sweep */

/** @typedef {{ measure: string, queue: string | null, team: string | null, vendor: string | null, clause: string | null, costKind: string | null,
 *   baseline: number, candidate: number, significant: boolean, difference: { mean: number, pValue: number | null, confidenceInterval: Interval } }} Difference */
/** @typedef {{ run: { id: string, scenario?: { name: string } }, paired: boolean, pairs: number | null,
 *   scenarioDifferences?: { summary: string }[], differences: Difference[] }} ComparedRun */

export {};
