// The runs of an organisation and their figures, read over the public GraphQL API and nothing else.

const RUNS = `query Runs { runs(first: 20) { nodes { id status startedAt progress { completed total } failure { message } scenario { name } } } }`;

const FIGURES = `query Figures($run: ID!) { node(id: $run) { ... on Run {
  scenario { definition { queues { id target { thresholdSeconds share } } } }
  outcomes {
  queues { id total { offered { mean } answered { mean } abandoned { mean } asaSeconds { mean }
      serviceLevel { mean confidenceInterval(level: 0.95) { lower upper } quantile(probability: 0.05) } }
    days: series(measures: [SERVICE_LEVEL], resolution: DAY) { mean }
    weeks: series(measures: [SERVICE_LEVEL], resolution: WEEK) { starts mean } }
  teams { id total { agents { mean } occupancy { mean } } } } } } }`;

const WATCH = `subscription Watch($run: ID!) { runUpdated(runId: $run) { sequence
  run { id status startedAt progress { completed total } failure { message } scenario { name } } } }`;

const OVER = ["SUCCEEDED", "FAILED", "CANCELLED"];
const POLL_MILLISECONDS = 5000;
const NOT_LET_IN = "This token opens nothing here: it may be mistyped, revoked, or of another server. "
  + "Make a new one on the server's machine with `springtide token create`.";
const $ = (selector) => document.querySelector(selector);
const count = (x) => x == null ? "–" : Math.round(x).toLocaleString("en");
const share = (x) => x == null ? "–" : (100 * x).toFixed(1) + "\u00a0%";
const between = (x) => x == null ? "–" : `${(100 * x.lower).toFixed(1)}\u00a0to\u00a0${share(x.upper)}`;
const fixed = (x) => x == null ? "–" : x.toFixed(1);
const duration = (s) => s == null ? "–" : s < 600 ? s.toFixed(1) + "\u00a0s"
  : s < 36000 ? (s / 60).toFixed(1) + "\u00a0min" : (s / 3600).toFixed(1) + "\u00a0h";
const threshold = (s) => s >= 7200 ? s / 3600 + " h" : s >= 120 ? s / 60 + " min" : s + " s";
const minute = (instant) => instant == null ? "–"
  : new Date(instant).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });

let token = tokenOfLink() ?? sessionStorage.getItem("token");
let shown = null;
let watching = null;
let polling = null;
let over = false;

function tokenOfLink() {
  const fragment = location.hash.slice(1);
  if (!fragment) return null;
  history.replaceState(null, "", location.pathname);
  return new URLSearchParams(fragment).get("token") ?? fragment;
}

async function request(query, variables, accept, signal) {
  if (!/^[\x21-\x7e]+$/.test(token)) throw refused();
  const response = await fetch("/graphql", {
    method: "POST", signal, body: JSON.stringify({ query, variables }),
    headers: { "Content-Type": "application/json", "Accept": accept, "Authorization": "Bearer " + token },
  });
  if (response.status === 401) throw refused();
  return response;
}

const refused = () => Object.assign(new Error(NOT_LET_IN), { refused: true });

async function ask(query, variables = {}) {
  const answer = await (await request(query, variables, "application/json")).json();
  if (answer.errors) throw new Error(answer.errors[0].message);
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

function row(table, cells) {
  const line = document.createElement("tr");
  const labels = document.querySelectorAll(table + " th");
  cells.forEach((content, column) => {
    const cell = document.createElement("td");
    cell.append(content);
    cell.dataset.label = labels[column].textContent;
    line.append(cell);
  });
  return line;
}

function sparkline(figures) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
  const points = figures.map((y, x) => [x, y]).filter(([, y]) => y != null);
  line.setAttribute("points", points.map(([x, y]) => `${x},${1 - y}`).join(" "));
  svg.setAttribute("viewBox", `0 -0.05 ${Math.max(1, figures.length - 1)} 1.1`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.append(line);
  return svg;
}

function judged(text, missed) {
  return Object.assign(document.createElement("span"), { textContent: text, className: missed ? "missed" : "" });
}

function targetOf({ share: wanted, thresholdSeconds }, level) {
  const missed = level != null && level < wanted;
  const text = `${Math.round(1000 * wanted) / 10} % in ${threshold(thresholdSeconds)}`.replaceAll(" ", "\u00a0");
  return judged(missed ? `${text}, missed` : text, missed);
}

function worstWeek({ starts, mean }, wanted) {
  const known = mean.map((level, week) => [level, starts[week]]).filter(([level]) => level != null);
  if (!known.length) return "–";
  const [level, start] = known.reduce((worst, next) => next[0] < worst[0] ? next : worst);
  return judged(`${start.slice(0, 10).replaceAll("-", "\u2011")}: ${share(level)}`, level < wanted);
}

const progress = (run) => `${run.progress.completed} of ${run.progress.total} replications`;
const stateOf = (run) => `${run.status}, ${progress(run)}` + (run.failure ? `: ${run.failure.message}` : "");

async function listRuns() {
  clearTimeout(polling);
  const { runs } = await ask(RUNS);
  const focused = document.activeElement?.id;
  $("#runs tbody").replaceChildren(...runs.nodes.map((run) => {
    const line = row("#runs", [run.scenario.name, run.status, progress(run), minute(run.startedAt)]);
    line.tabIndex = 0;
    line.id = run.id;
    line.addEventListener("click", () => open(run).catch(report));
    line.addEventListener("keydown", (event) => { if (event.key === "Enter") open(run).catch(report); });
    if (run.id === shown) line.setAttribute("aria-current", "true");
    return line;
  }));
  document.getElementById(focused)?.focus();
  $("main").hidden = false;
  $("#message").textContent = runs.nodes.length ? "" : "No runs yet: start one with the mutation startRun.";
  const current = runs.nodes.find(({ id }) => id === shown);
  if (current && !over && stateOf(current) !== $("#state").textContent) show(current).catch(report);
  if (!shown && runs.nodes.length) open(runs.nodes[0]).catch(report);
  pollLater();
}

function pollLater() {
  clearTimeout(polling);
  polling = setTimeout(() => listRuns().catch(report), POLL_MILLISECONDS);
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
  $("#state").textContent = stateOf(run);
  over = OVER.includes(run.status);
  const cells = document.getElementById(run.id)?.cells;
  if (cells) [cells[1].textContent, cells[2].textContent] = [run.status, progress(run)];
  $("#figures").hidden = true;
  if (run.status === "SUCCEEDED") await figures(run.id);
}

async function figures(run) {
  const { scenario, outcomes } = (await ask(FIGURES, { run })).node;
  if (run !== shown) return;
  const targets = new Map(scenario.definition.queues.map(({ id, target }) => [id, target]));
  $("#queues tbody").replaceChildren(...outcomes.queues.map(({ id, total, days, weeks }) => {
    const level = total.serviceLevel, interval = level.confidenceInterval;
    return row("#queues", [id, count(total.offered.mean), count(total.answered.mean), count(total.abandoned.mean),
      share(level.mean), between(interval), share(level.quantile),
      targetOf(targets.get(id), level.mean), worstWeek(weeks[0], targets.get(id).share), duration(total.asaSeconds.mean),
      sparkline(days[0].mean)]);
  }));
  $("#teams tbody").replaceChildren(...outcomes.teams.map(({ id, total }) =>
    row("#teams", [id, fixed(total.agents.mean), share(total.occupancy.mean)])));
  $("#figures").hidden = false;
}

function report(error) {
  if (error.name === "AbortError") return;
  $("#message").textContent = error instanceof TypeError ? "The server is not reached; trying again." : error.message;
  if (!error.refused) return pollLater();
  clearTimeout(polling);
  sessionStorage.removeItem("token");
  $("main").hidden = true;
  $("#sign-in").hidden = false;
}

function signIn() {
  sessionStorage.setItem("token", token);
  shown = null;
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
