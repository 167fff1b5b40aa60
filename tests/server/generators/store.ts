// A Relay store that knows a run as one record, by its global id, whoever told of it. Compiled strictly and run.
import { createOperationDescriptor, Environment, fetchQuery, Network, RecordSource, Store } from "relay-runtime";
import type { GraphQLResponse } from "relay-runtime";
import Status from "./__generated__/StatusQuery.graphql";
import type { StatusQuery } from "./__generated__/StatusQuery.graphql";
import Watch from "./__generated__/WatchSubscription.graphql";
import type { WatchSubscription } from "./__generated__/WatchSubscription.graphql";

const run = "UnVuOjE";

function answer(status: string, completed: number): GraphQLResponse {
  const scenario = { __typename: "Scenario", id: "U2NlbmFyaW86MQ", name: "Shop", digest: "d" };
  const progress = { completed, total: 20 };
  const times = { createdAt: "2026-11-27T09:30:00+00:00", startedAt: null, finishedAt: null };
  return { data: { node: { __typename: "Run", id: run, status, progress, failure: null, scenario, ...times } } };
}

async function main(): Promise<void> {
  const network = Network.create(async () => answer("RUNNING", 2));
  const environment = new Environment({ network, store: new Store(new RecordSource()) });
  const first: StatusQuery["response"] | undefined = await fetchQuery<StatusQuery>(environment, Status, { run }).toPromise();
  const update: WatchSubscription["response"] = {
    runUpdated: { sequence: 3, run: { id: run, status: "SUCCEEDED", progress: { completed: 20, total: 20 } } },
  };
  environment.commitPayload(createOperationDescriptor(Watch, { run }), update);
  const kept = environment.lookup(createOperationDescriptor(Status, { run }).fragment).data as StatusQuery["response"];
  console.log([first?.node?.status, kept.node?.status, kept.node?.scenario?.name].join(" "));
}

main();
