// The runs of an organisation and their figures, read over the public GraphQL API and nothing else.

const RUNS = `query Runs { runs(first: 20) { nodes { id status startedAt progress { completed total } scenario { name } } } }`;

const FIGURES = `query Figures($run: ID!) { node(id: $run) { ... on Run { outcomes {
  queues { id total { offered { mean } answered { mean } abandoned { mean } asaSeconds { mean }
      serviceLevel { mean confidenceInterval(level: 0.95) { lower upper } quantile(probability: 0.05) } }
    series(measures: [SERVICE_LEVEL], resolution: DAY) { mean } }
  teams { id total { agents { mean } occupancy { mean } } } } } } }`;

const WATCH = `subscription Watch($run: ID!) { runUpdated(runId: $run) { sequence
  run { id status startedAt progress { completed total } failure { message } scenario { name } } } }`;

const OVER = ["SUCCEEDED", "FAILED", "CANCELLED"];
const $ = (selector) => document.querySelector(selector);
const count = (x) => x == null ? "–" : Math.round(x).toLocaleString("en");
const share = (x) => x == null ? "–" : (100 * x).toFixed(1) + " %";
const fixed = (x, unit = "") => x == null ? "–" : x.toFixed(1) + unit;

let token = tokenOfLink() ?? sessionStorage.getItem("token");
let shown = null;
let watching = null;

function tokenOfLink() {
  const fragment = location.hash.slice(1);
  if (!fragment) return null;
  history.replaceState(null, "", location.pathname);
  return new URLSearchParams(fragment).get("token") ?? fragment;
}

function request(query, variables, accept, signal) {
  return fetch("/graphql", {
    method: "POST", signal, body: JSON.stringify({ query, variables }),
    headers: { "Content-Type": "application/json", "Accept": accept, "Authorization": "Bearer " + token },
  });
}

async function ask(query, variables = {}) {
  const response = await request(query, variables, "application/json");
  const answer = await response.json();
  if (answer.errors) throw Object.assign(new Error(answer.errors[0].message), { status: response.status });
  return answer.data;
}

// A subscription over server-sent events: one `data:` line an event.
async function watch(run, seen) {
  watching?.abort();
  watching = new AbortController();
  const response = await request(WATCH, { run }, "text/event-stream", watching.signal);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = "", part; !(part = await reader.read()).done;) {
    const lines = (rest + part.value).split(/\r?\n/);
    rest = lines.pop();
    for (const line of lines)
      if (line.startsWith("data: {")) await seen(JSON.parse(line.slice(6)).data.runUpdated.run);
  }
}

function row(table, cells, ...extra) {
  const line = document.createElement("tr");
  line.append(...cells.map((cell) => Object.assign(document.createElement("td"), { textContent: cell })), ...extra);
  $(table + " tbody").append(line);
  return line;
}

function sparkline(figures) {
  const cell = document.createElement("td");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
  const points = figures.map((y, x) => [x, y]).filter(([, y]) => y != null);
  line.setAttribute("points", points.map(([x, y]) => `${x},${1 - y}`).join(" "));
  svg.setAttribute("viewBox", `0 -0.05 ${Math.max(1, figures.length - 1)} 1.1`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.append(line);
  cell.append(svg);
  return cell;
}

const progress = (run) => `${run.progress.completed} of ${run.progress.total} replications`;

async function listRuns() {
  const { runs } = await ask(RUNS);
  $("#runs tbody").replaceChildren();
  for (const run of runs.nodes) {
    const line = row("#runs", [run.scenario.name, run.status, progress(run), run.startedAt ?? "–"]);
    line.tabIndex = 0;
    line.id = run.id;
    line.addEventListener("click", () => open(run).catch(report));
    line.addEventListener("keydown", (event) => { if (event.key === "Enter") open(run).catch(report); });
  }
  $("main").hidden = false;
  if (!runs.nodes.length) $("#message").textContent = "No runs yet: start one with the mutation startRun.";
  else await open(runs.nodes[0]);
}

async function open(run) {
  shown = run.id;
  for (const line of document.querySelectorAll("#runs tbody tr")) line.removeAttribute("aria-current");
  document.getElementById(run.id)?.setAttribute("aria-current", "true");
  $("#run").hidden = false;
  await show(run);
  if (!OVER.includes(run.status)) await watch(run.id, show);
}

async function show(run) {
  if (run.id !== shown) return;
  $("#run h2").textContent = run.scenario.name;
  $("#state").textContent = `${run.status}, ${progress(run)}` + (run.failure ? `: ${run.failure.message}` : "");
  const cells = document.getElementById(run.id)?.cells;
  if (cells) [cells[1].textContent, cells[2].textContent] = [run.status, progress(run)];
  $("#queues tbody").replaceChildren();
  $("#teams tbody").replaceChildren();
  if (run.status === "SUCCEEDED") await figures(run.id);
}

async function figures(run) {
  const { outcomes } = (await ask(FIGURES, { run })).node;
  for (const { id, total, series } of outcomes.queues) {
    const level = total.serviceLevel, interval = level.confidenceInterval;
    row("#queues", [id, count(total.offered.mean), count(total.answered.mean), count(total.abandoned.mean),
      share(level.mean), interval ? `${share(interval.lower)} – ${share(interval.upper)}` : "–", share(level.quantile),
      fixed(total.asaSeconds.mean, " s")], sparkline(series[0].mean));
  }
  for (const { id, total } of outcomes.teams)
    row("#teams", [id, fixed(total.agents.mean), share(total.occupancy.mean)]);
}

function report(error) {
  if (error.name === "AbortError") return;
  $("#message").textContent = error.message;
  if (error.status === 401) { sessionStorage.removeItem("token"); $("#sign-in").hidden = false; }
}

function signIn() {
  sessionStorage.setItem("token", token);
  $("#sign-in").hidden = true;
  $("#message").textContent = "";
  listRuns().catch(report);
}

$("#sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  token = new FormData(event.target).get("token").trim();
  signIn();
});

if (token) signIn(); else $("#sign-in").hidden = false;
