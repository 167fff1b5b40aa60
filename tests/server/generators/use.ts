// What a frontend writes with generated types: variables and answers are checked, a wrong field does not compile.
import { graphql } from "./client/index.js";
import type { ForkScenarioMutation, ForkScenarioMutationVariables, OutcomesQuery, RunStatus } from "./operations.js";
import type { ScenarioChangeInput, UpdateScenarioInput } from "./types.js";

export const variables: ForkScenarioMutationVariables = { base: "U2NlbmFyaW86MQ", name: "A fifth more" };
export const changes: ScenarioChangeInput[] = [
  { scaleDemand: { queue: "orders", factor: 1.2 } },
  { delayHiring: { weeks: 2 } },
  { setAllocation: { queue: "orders", shares: [{ key: "acme", value: 1 }] } },
];
export const update: UpdateScenarioInput = { scenarioId: "U2NlbmFyaW86MQ", expectedVersion: 1, changes };
// @ts-expect-error a queue has no volume factor of this name
export const wrong: ScenarioChangeInput = { scaleDemand: { queue: "orders", times: 1.2 } };

export function refusals(answer: ForkScenarioMutation): string[] {
  return (answer.createScenario?.userErrors ?? []).map((error) => `${error.path ?? ""}: ${error.message}`);
}

export function level(answer: OutcomesQuery): number | null {
  const outcomes = answer.node && "outcomes" in answer.node ? answer.node.outcomes : null;
  return outcomes?.queues[0]?.total.serviceLevel.mean ?? null;
}

export function ended(status: RunStatus): boolean {
  return status !== "QUEUED" && status !== "RUNNING";
}

export const document = graphql(`
  query Again($run: ID!) {
    node(id: $run) {
      id
      ... on Run {
        status
      }
    }
  }
`);
