"""Two banks' real calls through a real server: `uv run python benchmarks/replay_bank.py FILE_2003 FILE_1999`.

FILE_2003: calls of a North American bank by five minutes (columns datetime, calls). Four weeks become a scenario's
series; handling and patience are assumed, and each half hour is staffed by Erlang A for 80 % within 20 seconds.

FILE_1999: a bank's February 1999 by half hour and call type (columns date, start, type, offered, answered, abandoned,
answered_within_20s, aht_s, mean_wait_all_s, busy_agent_seconds, distinct_agents_active). It is replayed: arrivals and
mean handling by type as measured, patience by type from waits and abandonments, staffing from busy time. No number is
fitted, but the rule of the staffing was chosen among about sixteen by comparing them with this same month.

Both are sent by GraphQL to a server (started here on a free port with an empty data folder, or --url and --token) and
read back from it. The tables are those of the README's section on validation.
"""

import argparse
import contextlib
import csv
import json
import math
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from simulation.erlang import Erlang, least_agents

HALF_HOUR = 1800
SLOTS = 48
THRESHOLD, WANTED = 20, 0.8
HANDLING_2003, PATIENCE_2003 = 240, 600
"""Seconds; the file has calls only, so these are assumed."""
CREATE = """mutation($document: String!) { createScenario(input: {source: {document: $document}}) {
  scenario { id } userErrors { message path } } }"""
START = """mutation($scenario: ID!, $replications: Int) {
  startRun(input: {scenarioId: $scenario, replications: $replications}) { run { id } userErrors { message path } } }"""
STATUS = "query($run: ID!) { node(id: $run) { ... on Run { status failure { message } } } }"
FIGURES = """query($run: ID!) { node(id: $run) { ... on Run { outcomes {
  queues { id total { offered { mean } answeredInTime { mean } abandonRate { mean } waitAllSeconds { mean }
                      serviceLevel { mean confidenceInterval(level: 0.95) { lower upper } } }
    series(measures: [OFFERED, ANSWERED_IN_TIME, ABANDON_RATE, WAIT_ALL_SECONDS], resolution: INTERVAL) {
      measure mean } }
  teams { total { occupancy { mean } } } } } } }"""
RUNNING = "{ runs(first: 10) { nodes { id status } } }"
CANCEL = "mutation($run: ID!) { cancelRun(input: {runId: $run}) { run { status } } }"


class Client:
    """The GraphQL API as a script uses it."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url.rstrip("/") + "/graphql"
        self._http = httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=60)

    def ask(self, query: str, **variables: object) -> Any:
        told = self._http.post(self._url, json={"query": query, "variables": variables}).json()
        if told.get("errors"):
            raise SystemExit(f"the server refused: {told['errors'][0]['message']}")
        return told["data"]

    def simulate(self, document: dict[str, Any], replications: int) -> tuple[Any, float]:
        """The outcomes of a scenario, and the seconds from asking to reading them."""
        began = time.monotonic()
        created = self.ask(CREATE, document=json.dumps(document))["createScenario"]
        if created["userErrors"]:
            raise SystemExit("\n".join(f"{e['path']}: {e['message']}" for e in created["userErrors"]))
        run = self.ask(START, scenario=created["scenario"]["id"], replications=replications)["startRun"]["run"]["id"]
        while (node := self.ask(STATUS, run=run)["node"])["status"] in ("QUEUED", "RUNNING"):
            time.sleep(0.5)
        if node["status"] != "SUCCEEDED":
            raise SystemExit(f"the run ended {node['status']}: {node['failure']}")
        outcomes = self.ask(FIGURES, run=run)["node"]["outcomes"]
        return outcomes, time.monotonic() - began


@contextlib.contextmanager
def own_server() -> Iterator[Client]:
    """`springtide serve` on a free loopback port with an empty data folder; its demonstration run is cancelled."""
    with tempfile.TemporaryDirectory(prefix="springtide-", ignore_cleanup_errors=True) as folder:
        program = [sys.executable, "-c", "from server.cli import main; main()", "serve", "--port", "0"]
        server = subprocess.Popen(
            program, stderr=subprocess.PIPE, text=True, env={**_environment(), "SPRINGTIDE_DATA_DIR": folder}
        )
        assert server.stderr is not None
        try:
            said = ""
            while not (link := re.search(r"sign in: (\S+)#token=(\S+)\n", said)):
                line = server.stderr.readline()
                if not line:
                    raise SystemExit(said or "the server ended without a word")
                said += line
            client = Client(*link.groups())
            for run in client.ask(RUNNING)["runs"]["nodes"]:
                client.ask(CANCEL, run=run["id"])
            yield client
        finally:
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=60)


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "PORT")}


# ---- 2003: four weeks of calls, staffed by Erlang A


def replay_2003(client: Client, path: Path, replications: int) -> None:
    start, calls = four_weeks(path)
    agents = [staff(sum(calls[at : at + 6])) for at in range(0, len(calls), 6)]
    outcomes, seconds = client.simulate(scenario_2003(start, calls, agents), replications)
    total = outcomes["queues"][0]["total"]
    series = columns(outcomes)["calls"]
    print(f"\n### A North American bank, four weeks from {start}, {replications} replications in {seconds:.1f} s\n")
    table(
        [
            "week",
            "calls measured",
            "simulated",
            "service level by Erlang A",
            "simulated",
            "abandoned by Erlang A",
            "simulated",
        ],
        [
            weekly_row(f"week {week + 1}", range(week * 7 * SLOTS, (week + 1) * 7 * SLOTS), calls, agents, series)
            for week in range(4)
        ]
        + [weekly_row("four weeks", range(28 * SLOTS), calls, agents, series)],
    )
    interval = total["serviceLevel"]["confidenceInterval"]
    low, high = (percent(interval[edge]) for edge in ("lower", "upper"))
    print(
        f"\nService level {percent(total['serviceLevel']['mean'])}, 95 % interval of the mean {low} to {high};", end=" "
    )
    print(f"wanted: at least {percent(WANTED)} in every half hour.")
    print(f"Occupancy {percent(outcomes['teams'][0]['total']['occupancy']['mean'])}.")


def four_weeks(path: Path) -> tuple[date, list[int]]:
    """The first Monday of the file, and the calls of 28 days from then on by five minutes; 0 where it has none."""
    with path.open(newline="") as lines:
        calls = {datetime.fromisoformat(row["datetime"]): int(row["calls"]) for row in csv.DictReader(lines)}
    first = next(instant for instant in sorted(calls) if instant.weekday() == 0)
    midnight = datetime(first.year, first.month, first.day)
    steps = (midnight + timedelta(minutes=5 * n) for n in range(28 * 288))
    return midnight.date(), [calls.get(instant, 0) for instant in steps]


def staff(calls: int) -> int:
    rate = calls / HALF_HOUR
    return least_agents(rate, HANDLING_2003, PATIENCE_2003, threshold_seconds=THRESHOLD, service_level=WANTED)


def scenario_2003(start: date, calls: list[int], agents: list[int]) -> dict[str, Any]:
    queue = {
        "id": "calls",
        "name": "Calls",
        "channel": "VOICE",
        "hours": [{"days": ["MON", "TUE", "WED", "THU", "FRI"], "open": "07:00", "close": "21:30"}],
        "demand": {"series": {"start": f"{start}T00:00", "minutes": 5, "volumes": calls}},
        "handling": {"distribution": "EXPONENTIAL", "mean_seconds": HANDLING_2003},
        "patience": {"distribution": "EXPONENTIAL", "mean_seconds": PATIENCE_2003},
        "target": {"threshold_seconds": THRESHOLD, "share": WANTED},
    }
    return scenario(f"A bank's calls from {start}", start, "America/New_York", "US", [queue], agents)


def weekly_row(
    name: str, slots: range, calls: list[int], agents: list[int], series: dict[str, list[float | None]]
) -> list[str]:
    offered = [sum(calls[6 * slot : 6 * slot + 6]) for slot in slots]
    queues = [
        Erlang(n / HALF_HOUR, HANDLING_2003, agents[slot], PATIENCE_2003) if n else None
        for n, slot in zip(offered, slots, strict=True)
    ]
    busy = [(n, queue) for n, queue in zip(offered, queues, strict=True) if queue]
    simulated = Sums.of([series], slots)
    return [
        name,
        f"{sum(offered):,}",
        f"{simulated.offered:,.0f}",
        percent(sum(n * queue.service_level(THRESHOLD) for n, queue in busy) / sum(offered)),
        percent(simulated.in_time / simulated.offered),
        percent(sum(n * queue.abandon_rate for n, queue in busy) / sum(offered)),
        percent(simulated.abandoned / simulated.offered),
    ]


# ---- February 1999: measured beside simulated


@dataclass
class Type:
    """A type of call: what was measured of it in the month."""

    offered: list[int] = field(default_factory=lambda: [0] * 28 * SLOTS)
    answered: int = 0
    abandoned: int = 0
    handling_seconds: float = 0.0
    waiting_seconds: float = 0.0


@dataclass
class Month:
    types: dict[str, Type] = field(default_factory=lambda: defaultdict(Type))
    measured: "list[Sums]" = field(default_factory=lambda: [Sums() for _ in range(28 * SLOTS)])
    busy: list[float] = field(default_factory=lambda: [0.0] * 28 * SLOTS)
    active: list[float] = field(default_factory=lambda: [0.0] * 28 * SLOTS)


@dataclass
class Sums:
    """Of the contacts that arrived in some half hours."""

    offered: float = 0.0
    in_time: float = 0.0
    abandoned: float = 0.0
    waited_seconds: float = 0.0

    @classmethod
    def of(cls, queues: Sequence[dict[str, list[float | None]]], slots: Sequence[int]) -> "Sums":
        """Simulated, from columns of means: a ratio's mean times the mean of what it is a share of."""
        total = cls()
        for series in queues:
            for slot in slots:
                offered = series["OFFERED"][slot] or 0.0
                total.offered += offered
                total.in_time += series["ANSWERED_IN_TIME"][slot] or 0.0
                total.abandoned += offered * (series["ABANDON_RATE"][slot] or 0.0)
                total.waited_seconds += offered * (series["WAIT_ALL_SECONDS"][slot] or 0.0)
        return total

    @classmethod
    def added(cls, parts: "Sequence[Sums]") -> "Sums":
        return cls(*(sum(getattr(part, name) for part in parts) for name in cls.__dataclass_fields__))


def replay_1999(client: Client, path: Path, replications: int) -> None:
    month = february(path)
    outcomes, seconds = client.simulate(scenario_1999(month), replications)
    queues = list(columns(outcomes).values())
    print(f"\n### A bank's February 1999, {replications} replications in {seconds:.1f} s\n")
    spans = {
        "February": range(28 * SLOTS),
        "1 to 14 February": range(14 * SLOTS),
        "15 to 28 February": range(14 * SLOTS, 28 * SLOTS),
    }
    table(HEADER_1999, [compare(name, month, queues, slots) for name, slots in spans.items()])
    print("\nBy half hour of the day:\n")
    slots_of = {clock(k): range(k, 28 * SLOTS, SLOTS) for k in range(SLOTS)}
    busy = {name: slots for name, slots in slots_of.items() if sum(month.measured[s].offered for s in slots) >= 100}
    table(HEADER_1999, [compare(name, month, queues, slots) for name, slots in busy.items()])


HEADER_1999 = ["", "calls", "sim.", "abandoned", "sim.", "mean wait", "sim.", f"within {THRESHOLD} s", "sim.", "agents"]


def february(path: Path) -> Month:
    month = Month()
    with path.open(newline="") as lines:
        for row in csv.DictReader(lines):
            figures = {name: float(text or 0) for name, text in list(row.items())[3:]}
            hours, minutes = row["start"].split(":")
            slot = (
                (date.fromisoformat(row["date"]) - date(1999, 2, 1)).days * SLOTS + int(hours) * 2 + int(minutes) // 30
            )
            waited = figures["offered"] * figures["mean_wait_all_s"]
            if row["type"] == "ALL":
                answered = figures["answered_within_20s"]
                month.measured[slot] = Sums(figures["offered"], answered, figures["abandoned"], waited)
                month.busy[slot] = figures["busy_agent_seconds"] / HALF_HOUR
                month.active[slot] = figures["distinct_agents_active"]
                continue
            kind = month.types[row["type"]]
            kind.offered[slot] = int(figures["offered"])
            kind.answered += int(figures["answered"])
            kind.abandoned += int(figures["abandoned"])
            kind.handling_seconds += figures["answered"] * figures["aht_s"]
            kind.waiting_seconds += waited
    return month


def scenario_1999(month: Month) -> dict[str, Any]:
    start = date(1999, 2, 1)
    opening = []
    for weekday, day in enumerate(("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")):
        used = [
            k for k in range(SLOTS) for week in range(4) if month.measured[(7 * week + weekday) * SLOTS + k].offered
        ]
        opening.append({"days": [day], "open": clock(min(used)), "close": clock(max(used) + 1)})
    queues = [
        {
            "id": name.lower(),
            "name": name,
            "channel": "VOICE",
            "hours": opening,
            "demand": {"series": {"start": f"{start}T00:00", "minutes": 30, "volumes": kind.offered}},
            "handling": {"distribution": "EXPONENTIAL", "mean_seconds": kind.handling_seconds / kind.answered},
            # the estimate of an exponential patience that is cut off by answers
            "patience": {"distribution": "EXPONENTIAL", "mean_seconds": kind.waiting_seconds / kind.abandoned},
            "target": {"threshold_seconds": THRESHOLD, "share": WANTED},
        }
        for name, kind in sorted(month.types.items())
    ]
    return scenario("A bank's February 1999", start, "Asia/Jerusalem", "IL", queues, whole_agents(month))


def whole_agents(month: Month) -> list[int]:
    """By half hour the whole agents whom the busy time of it or of a neighbour needs, at most those who were active.

    Shifts last longer than half an hour: whoever was needed just before or after was there. No number is
    fitted; the rule was chosen by comparing.
    """
    last = len(month.busy) - 1
    return [
        0
        if not active
        else min(round(active), math.ceil(max(month.busy[max(slot - 1, 0) : min(slot + 1, last) + 1])) or 1)
        for slot, active in enumerate(month.active)
    ]


def compare(
    name: str, month: Month, queues: Sequence[dict[str, list[float | None]]], slots: Sequence[int]
) -> list[str]:
    measured, simulated = Sums.added([month.measured[slot] for slot in slots]), Sums.of(queues, slots)
    agents = whole_agents(month)
    staffed = [agents[slot] for slot in slots if agents[slot]]
    return [
        name,
        f"{measured.offered:,.0f}",
        f"{simulated.offered:,.0f}",
        *(percent(each.abandoned / each.offered) for each in (measured, simulated)),
        *(f"{each.waited_seconds / each.offered:.0f} s" for each in (measured, simulated)),
        *(percent(each.in_time / each.offered) for each in (measured, simulated)),
        f"{sum(staffed) / len(staffed):.1f}",
    ]


# ---- both


def scenario(
    name: str, start: date, timezone: str, country: str, queues: list[dict[str, Any]], agents: list[int]
) -> dict[str, Any]:
    team = {
        "id": "agents",
        "site": "bank",
        "skills": [{"queue": queue["id"]} for queue in queues],
        "staffing": {"agents": agents},
    }
    site = {"id": "bank", "country": country, "timezone": timezone}
    vendor = {"id": "bank", "name": "The bank", "kind": "IN_HOUSE", "sites": [site], "teams": [team]}
    return {
        "name": name,
        "start": str(start),
        "days": 28,
        "timezone": timezone,
        "interval_minutes": 30,
        "queues": queues,
        "vendors": [vendor],
    }


def columns(outcomes: Any) -> dict[str, dict[str, list[float | None]]]:
    """By queue and measure, the means by half hour."""
    return {queue["id"]: {s["measure"]: s["mean"] for s in queue["series"]} for queue in outcomes["queues"]}


def table(header: list[str], rows: list[list[str]]) -> None:
    print("| " + " | ".join(header) + " |")
    print("|---" + "|---:" * (len(header) - 1) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


def clock(half_hour: int) -> str:
    return f"{half_hour // 2:02}:{half_hour % 2 * 30:02}"


def percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file_2003", type=Path)
    parser.add_argument("file_1999", type=Path)
    parser.add_argument("--url", help="a running server, http://127.0.0.1:8000 say; left out: one is started")
    parser.add_argument("--token", help="of a PLANNER on that server")
    parser.add_argument("--replications", type=int, default=100)
    given = parser.parse_args()
    if bool(given.url) != bool(given.token):
        parser.error("--url and --token go together")
    with contextlib.nullcontext(Client(given.url, given.token)) if given.url else own_server() as client:
        replay_2003(client, given.file_2003, given.replications)
        replay_1999(client, given.file_1999, given.replications)


if __name__ == "__main__":
    main()
