// The kinds of studies: what each finds out, in words.

/** @type {Record<string, { name: string, asks: string }>} */
export const KINDS = {
  SWEEP: { name: "Sweep", asks: "Which combination of changes pays?" },
  SENSITIVITY: { name: "Sensitivity", asks: "Which assumption does the plan hang on?" },
  LIMIT_SEARCH: { name: "Limit", asks: "How much more does the plan stand, and what breaks first?" },
  STAFFING_SEARCH: { name: "Staffing search", asks: "What are the least agents, and the hiring plan of least cost, that keep every promise?" },
  STRESS_TESTS: { name: "Stress tests", asks: "How does the plan stand late hiring, a lost site, a fifth more contacts?" },
  EVALUATION: { name: "Evaluation", asks: "Which proposal, or mix, keeps the promises, at which cost and risk?" },
  READINESS: { name: "Readiness", asks: "When is the vendor ready for each step of the volume?" },
  EXPLAINING: { name: "Explanation", asks: "Why does the plan come out otherwise than a baseline?" },
};
