// GraphiQL over the public API: queries as JSON, subscriptions as server-sent events, the examples in tabs. A link may
// bring an operation of its own, as "copy as GraphQL" of the console does.

import { resume, session, signIn } from "../session.js";

const EXAMPLES = "/console/graphiql/examples.graphql";
const SIGN_IN = "Sign in above with a token: GraphiQL itself is public, data is not.";
const form = document.querySelector("#sign-in");
const made = {}; // what an operation calls x (`x: startRun`) is there for the variable $x of those that follow
const brought = operationOfLink();

function operationOfLink() {
  const given = new URLSearchParams(location.hash.slice(1));
  const query = given.get("query");
  return query && { query, variables: given.get("variables") ?? undefined };
}

function remember(data) {
  for (const [name, payload] of Object.entries(data ?? {})) {
    const id = payload?.scenario?.id ?? payload?.run?.id;
    if (id) made[name] = id;
  }
}

function operationOf({ operationName }, { documentAST } = {}) {
  const operations = (documentAST?.definitions ?? []).filter(({ kind }) => kind === "OperationDefinition");
  return operations.find(({ name }) => name?.value === operationName) ?? operations[0];
}

function variablesOf(operation, given) {
  const wanted = (operation?.variableDefinitions ?? []).map(({ variable }) => variable.name.value);
  const known = Object.fromEntries(wanted.filter((name) => name in made).map((name) => [name, made[name]]));
  return { ...known, ...given };
}

async function request(parameters, accept, headers, signal) {
  const { token } = session.value;
  if (!token || !/^[\x21-\x7e]+$/.test(token)) throw new Error(SIGN_IN);
  return fetch("/graphql", {
    method: "POST", signal, body: JSON.stringify(parameters),
    headers: { "Content-Type": "application/json", "Accept": accept, "Authorization": "Bearer " + token, ...headers },
  });
}

function fetcher(parameters, options = {}) {
  const operation = operationOf(parameters, options);
  const asked = { ...parameters, variables: variablesOf(operation, parameters.variables) };
  return operation?.operation === "subscription" ? events(asked, options.headers) : answer(asked, options.headers);
}

async function answer(asked, headers) {
  const found = await (await request(asked, "application/json", headers)).json();
  remember(found.data);
  return found;
}

// One event is some lines and an empty one; the data of `next` is an answer, `complete` is the end.
async function* events(asked, headers) {
  const leaving = new AbortController();
  try {
    const response = await request(asked, "text/event-stream", headers, leaving.signal);
    if (!response.headers.get("content-type")?.startsWith("text/event-stream")) {
      yield await response.json();
      return;
    }
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = "", part; !(part = await reader.read()).done;) {
      const lines = (rest + part.value).split(/\r?\n/);
      rest = lines.pop();
      for (const line of lines) if (line.startsWith("data: {")) yield JSON.parse(line.slice(6));
    }
  } finally {
    leaving.abort();
  }
}

let root = null;

async function show() {
  const examples = (await (await fetch(EXAMPLES)).text()).split(/^# ===\n/m).map((query) => ({ query: query.trim() }));
  root?.unmount();
  root = ReactDOM.createRoot(document.querySelector("#graphiql"));
  const tabs = brought ? [brought] : examples;
  root.render(React.createElement(GraphiQL, { fetcher, defaultTabs: tabs, defaultEditorToolsVisibility: "variables", ...brought }));
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  signIn(new FormData(form).get("token").trim());
  form.reset();
  await show();
  signedIn();
});

function signedIn() {
  if (session.value.token) document.querySelector("#message").textContent = "Signed in; another token replaces this one.";
}

await resume();
signedIn();
show();
