// What every client has to do here: the operations, a line to the server that can be cut, and the account of it all.
import net from "node:net";

export const url = new URL(process.env.SPRINGTIDE_URL);
export const authorization = "Bearer " + process.env.SPRINGTIDE_TOKEN;

export const QUERY = "query Count { runs { totalCount } }";
export const MUTATION = `mutation Create { createScenario(input: { source: { presetId: "single-queue" } }) {
  scenario { id } userErrors { message } } }`;
export const WRONG = "query Wrong { runs { wrong } }";
export const WATCH = `subscription Watch($run: ID!, $after: Int) { runUpdated(runId: $run, after: $after) {
  sequence run { status } } }`;
export const NOBODY = { run: "UnVuOjAwMDAwMDAwLTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMA", after: null };

export async function ask(query, variables) {
  const response = await fetch(url, {
    method: "POST", headers: { "Content-Type": "application/json", authorization }, body: JSON.stringify({ query, variables }),
  });
  const answer = await response.json();
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  return answer.data;
}

export async function newRun() {
  const { createScenario } = await ask(MUTATION);
  const { startRun } = await ask(
    "mutation Start($scenario: ID!) { startRun(input: { scenarioId: $scenario }) { run { id } } }",
    { scenario: createScenario.scenario.id },
  );
  return startRun.run.id;
}

export const cancel = (run) => ask("mutation Cancel($run: ID!) { cancelRun(input: { runId: $run }) { run { id } } }", { run });

// A way to the server through this process: `cut` breaks every connection that is open.
export async function line() {
  const open = new Set();
  const server = net.createServer((client) => {
    const upstream = net.connect(Number(url.port), url.hostname);
    for (const end of [client, upstream]) {
      open.add(end);
      end.on("error", () => {});
      end.on("close", () => { open.delete(end); client.destroy(); upstream.destroy(); });
    }
    client.pipe(upstream).pipe(client);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const http = `http://127.0.0.1:${server.address().port}/graphql`;
  return {
    http, websocket: http.replace("http", "ws"),
    cut() { for (const end of open) end.destroy(); },
    close() { this.cut(); server.close(); },
  };
}

export function must(condition, what) {
  if (!condition) throw new Error(what);
}

// `client` has: query, mutate, fail (resolves to the messages of the errors), and subscribe(variables, { next, error,
// complete }), which returns what unsubscribes.
export async function account(client, { rest = true } = {}) {
  const done = [];
  if (rest) {
    must((await client.query(QUERY)).runs.totalCount >= 0, "no answer to the query");
    must((await client.mutate(MUTATION)).createScenario.scenario.id, "no answer to the mutation");
    must((await client.fail(WRONG)).some((message) => message.includes("wrong")), "the error has not come");
    done.push("query", "mutation", "error");
  }
  must((await followed(client, NOBODY)).failed, "a run that is not there is no error");
  done.push("subscription's error");
  const run = await newRun();
  const seen = await followed(client, { run, after: null }, async (first) => { if (first) await cancel(run); });
  must(seen.statuses.join() === "QUEUED,CANCELLED" && seen.completed, "to its end: " + JSON.stringify(seen));
  done.push("subscription to its end");
  await unsubscribed(client);
  done.push("unsubscribes");
  const again = await newRun();
  const cut = await followed(client, { run: again, after: null }, async (first) => {
    if (first) { client.line.cut(); await new Promise((later) => setTimeout(later, 300)); await cancel(again); }
  });
  must(cut.sequences.join() === "1,2" && cut.completed, "after a cut: " + JSON.stringify(cut));
  done.push("reconnects");
  return done;
}

// What a subscription tells, each sequence once: a client that cannot say what it has seen is told the state anew.
function followed(client, variables, react = async () => {}) {
  const seen = { sequences: [], statuses: [], completed: false, failed: null };
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("silence after " + JSON.stringify(seen))), 30000).unref();
    client.subscribe(variables, {
      next({ runUpdated: { sequence, run } }) {
        variables.after = sequence;
        if (seen.sequences.includes(sequence)) return;
        seen.sequences.push(sequence);
        seen.statuses.push(run.status);
        react(seen.sequences.length === 1).catch(reject);
      },
      error(error) { seen.failed = String(error?.message ?? JSON.stringify(error)); resolve(seen); },
      complete() { seen.completed = true; resolve(seen); },
    });
  });
}

async function unsubscribed(client) {
  const run = await newRun();
  await new Promise((resolve, reject) => {
    const stop = client.subscribe({ run, after: null }, { next: () => { stop(); resolve(); }, error: reject, complete() {} });
  });
}

export async function tell(name, client, options) {
  try {
    console.log(`${name}: ${(await account(client, options)).join(", ")}`);
    client.line.close();
    process.exit(0);
  } catch (error) {
    console.error(`${name}:`, error);
    process.exit(1);
  }
}
