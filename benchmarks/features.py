"""What each feature of the floor costs, switched on alone in case B.

A feature is a line of `FEATURES`: what changes in the document (`*` stands for every entry; a function is given the old
value), how many use it, and who they are. Three documents are simulated in turn in one process: with the feature,
without it, and an ordinary one that lives through the same: without the feature, but with so much demand that as many
contacts come and so many agents that as many of them are served at once. The last one matters because an ordinary
contact is not always of one price: it costs most where half of them wait and nobody, a processor's branches neither,
can tell who. A feature that brings contacts (a retrial is drawn, served or abandons as any other) or makes others wait
(an outage does for an hour) would be charged with what they cost by themselves. So its cost is the CPU time with it
less that of the ordinary week; the gross cost, that with it less that without it, has all of that in it. Both are
divided by those who use the feature, as the line counts them.
"""

import argparse
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import NormalDist, median
from typing import Any

import numpy as np

from benchmarks.centre import case
from simulation.experiment import Experiment, simulate_shard
from simulation.outcome.counting.counters import Counters, QueueField
from simulation.replication import replicate
from simulation.scenario.reading.canonical import canonical
from simulation.scenario.reading.document import from_data
from simulation.world.world import World

Changes = Mapping[str, Any]
Used = Callable[[Counters, Counters], float]
"""Contacts that use a feature, from what is counted with and without it."""

ROUNDS = 9
SAME, TRIES = 0.005, 9
"""Numbers of contacts are the same within this share of all; tries to get there."""


def every(with_it: Counters, without: Counters) -> float:
    """Every contact."""
    return total(QueueField.OFFERED)(with_it, without)


def total(*fields: QueueField, queues: slice = slice(None)) -> Used:
    """As many as some counters say."""
    return lambda with_it, _: float(with_it.queues[:, queues, list(fields)].sum())


def more_offered(with_it: Counters, without: Counters) -> float:
    """Those that come on top."""
    return every(with_it, without) - every(without, without)


def waited(with_it: Counters, without: Counters) -> float:
    """Those who cannot start at once."""
    return every(with_it, without) - float(with_it.waits[:, :, 0].sum())


def served_at_once(counters: Counters) -> int:
    """Of the four queues that are calls in every document: nobody is served at once by an attempt."""
    return int(counters.waits[:, :4, 0].sum())


def with_further_attempts(with_it: Counters, without: Counters) -> float:
    """Contacts, and the attempts after a record's first, each of which occupies an agent as a contact does."""
    attempts, contacts = total(QueueField.ATTEMPTS), total(QueueField.OFFERED, queues=slice(4, 5))
    return every(with_it, without) + attempts(with_it, without) - contacts(with_it, without)


def times(factor: float) -> Callable[[list[float]], list[float]]:
    """So many times the volumes: more, so that many wait, or fewer, to make room for contacts that come again."""
    return lambda volumes: [factor * volume for volume in volumes]


def agents_times(factor: float) -> Callable[[list[int]], list[int]]:
    """So many times the agents, whole in every interval, what is over carried to the next."""
    return lambda agents: np.diff(np.rint(factor * np.cumsum(agents)).astype(int), prepend=0).tolist()


def as_observed(time: dict[str, Any]) -> dict[str, Any]:
    """A lognormal time as a thousand observations of it."""
    variance = np.log1p(time["cv"] ** 2)
    normal = [NormalDist().inv_cdf((k + 0.5) / 1000) for k in range(1000)]
    values = np.exp(np.log(time["mean_seconds"]) - variance / 2 + np.sqrt(variance) * np.array(normal))
    return {"distribution": "EMPIRICAL", "values": values.round(3).tolist()}


def two_vendors(vendors: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same teams, the specialists with one vendor and the others with another."""
    (one,) = vendors
    specialists = [team for team in one["teams"] if len(team["skills"]) == 1]
    others = [{**team, "site": "t"} for team in one["teams"] if len(team["skills"]) > 1]
    other_site = {**one["sites"][0], "id": "t"}
    return [{**one, "teams": specialists}, {**one, "id": "w", "name": "w", "sites": [other_site], "teams": others}]


def deferred(queue: dict[str, Any]) -> dict[str, Any]:
    """Mail instead of calls."""
    kept = {key: value for key, value in queue.items() if key not in ("patience", "target")}
    return {**kept, "channel": "EMAIL", "target": {"threshold_seconds": 3600, "share": 0.9}}


def records(queue: dict[str, Any]) -> dict[str, Any]:
    """Outbound records instead of mail."""
    called = {"max_attempts": 3, "connect": 0.5, "retry_hours": 2, "attempt_seconds": 30}
    return {**queue, "channel": "OUTBOUND", "outbound": called}


def steps_in_turn(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each step ten seconds after the one before."""
    return [{**step, "after_seconds": 10 * k} for k, step in enumerate(steps)]


def outages(every_minutes: int, share: float) -> list[dict[str, Any]]:
    """Short outages of a share of all agents."""
    starts = [divmod(minute, 1440) for minute in range(0, 7 * 1440, every_minutes)]
    return [
        {
            "kind": "OUTAGE",
            "start": f"2026-03-{2 + day:02}T{minute // 60:02}:{minute % 60:02}",
            "hours": 0.02,
            "share": share,
            "in_service": "REQUEUED",
        }
        for day, minute in starts
    ]


VOLUMES, AGENTS = "queues.*.demand.series.volumes", "vendors.*.teams.*.staffing.agents"
WAITS, BROKEN_OFF = "contact that cannot start at once", "contact broken off"
PRESSED: Changes = {VOLUMES: times(1.15)}
"""A busy week, so that many wait: both with and without."""
MAIL: Changes = {"queues.4": deferred}
SHARED = ("q0", "q2", "q3", "q4")
"""Queues that teams of both vendors may answer."""
TRANSITION = {
    "queues": SHARED,
    "from": "v",
    "to": "w",
    "steps": [{"from": "2026-03-03", "share": 0.2}, {"from": "2026-03-06", "share": 0.4}],
}


def allocated(kind: str) -> Changes:
    """Contacts of the queues that both vendors serve allocated to them."""
    allocation = {"choice": "ALLOCATION", "allocation": [{"shares": {"v": 0.6, "w": 0.4}, "kind": kind}]}
    return {f"queues.{queue[1:]}.route": lambda route: {**route, **allocation} for queue in SHARED}


@dataclass(frozen=True)
class Feature:
    """changes: what switches it on. base: what holds with and without. used, who: how many use it, and who they are.

    come: contacts that come, of whom the ordinary week has as many. instead: what the ordinary week has in its place.
    """

    changes: Changes
    used: Used = every
    who: str = "contact"
    base: Changes = field(default_factory=dict)
    come: Used = every
    instead: Changes = field(default_factory=dict)


FEATURES: dict[str, Feature] = {
    "busyness": Feature({"queues.*.demand.busyness_cv": 0.1, "busyness_correlation": 0.5}),
    "forecast error": Feature({"queues.*.demand.forecast_error": {"cv_by_lead_weeks": {"1": 0.05}}}),
    "batches": Feature(
        {"queues.4.demand.batches": [{"on": ["MON", "WED", "FRI"], "at": "06:00", "volume": 10_000}]},
        more_offered,
        "contact of a batch",
        MAIL,
    ),
    "shocks": Feature(
        {"queues.0.demand.shocks": [{"start": "2026-03-07T01:00", "hours": 20, "add": 30_000}]},
        more_offered,
        "contact of a shock",
    ),
    "containment": Feature(
        {"queues.*.containment": [{"from": "2026-03-02", "share": 0.3, "failure": 0.2}], VOLUMES: times(1 / 0.76)},
        total(QueueField.CONTAINED, QueueField.OFFERED_BOT_FAILURE),
        "contact that automation takes",
    ),
    "handling changes by date": Feature(
        {"queues.*.handling.changes": [{"from": f"2026-03-{2 + day:02}", "multiplier": 1} for day in range(7)]}
    ),
    "empirical times": Feature({"queues.*.handling": as_observed, "queues.*.patience": as_observed}),
    "speed and resolution by team": Feature(
        {"vendors.*.teams.*.skills.*.speed": 1.01, "vendors.*.teams.*.skills.*.resolution": 0.9}
    ),
    "retrials": Feature(
        {"queues.*.retrial": {"probability": 0.5, "mean_delay_minutes": 15}},
        total(QueueField.OFFERED_RETRIAL),
        "retrial that comes",
        PRESSED,
    ),
    "repeat contacts": Feature(
        {
            "queues.*.repeat": {"returns": 0.9, "mean_delay_hours": 4},
            "vendors.*.teams.*.skills.*.resolution": 0.8,
        },
        total(QueueField.OFFERED_REPEAT),
        "repeat that comes",
        {VOLUMES: times(0.82)},
    ),
    "transfers": Feature(
        {f"queues.{q}.transfers": [{"to": f"q{(q + 1) % 5}", "probability": 0.15}] for q in range(5)},
        total(QueueField.OFFERED_TRANSFER),
        "transfer",
        {VOLUMES: times(0.87)},
    ),
    "rework": Feature(
        {"queues.*.quality": {"defects": 0.2, "found": 0.9}},
        total(QueueField.OFFERED_REWORK),
        "contact done again",
        {VOLUMES: times(0.82)},
    ),
    "balking": Feature({"queues.*.balking_probability": 0.1}, waited, WAITS, PRESSED),
    "finite lines": Feature({"queues.*.lines": 120}),
    "call-backs": Feature(
        {"queues.*.callback": {"offer_over_seconds": 20, "acceptance": 0.5, "success": 0.9}}, waited, WAITS, PRESSED
    ),
    "deferred work with due times": Feature(
        {"queues.4.turnaround": {"target_hours": 4}},
        total(QueueField.OFFERED, queues=slice(4, 5)),
        "contact with a due time",
        MAIL,
    ),
    "opening backlog": Feature(
        {"queues.4.backlog": {"volume": 30_000, "mean_age_hours": 8}},
        lambda with_it, without: 30_000.0,
        "contact of the backlog",
        MAIL,
        come=lambda with_it, without: every(with_it, without) + 30_000,
        instead={"queues.4.demand.batches": [{"on": ["MON"], "at": "00:00", "volume": 30_000}]},
    ),
    "allocation, counted": Feature(allocated("COUNTED"), base={"vendors": two_vendors}),
    "allocation, random": Feature(allocated("RANDOM"), base={"vendors": two_vendors}),
    "timed overflow steps": Feature({"queues.*.route.steps": steps_in_turn}, waited, WAITS, PRESSED),
    "least occupied": Feature({"queues.*.route.choice": "LEAST_OCCUPIED"}),
    "certain agents leave": Feature({"vendors.*.teams.*.leaving": "OWN_CONTACT"}),
    "chats, three at once": Feature(
        {"queues.4.concurrency": {"slots": 3, "slowdown": 0.2}},
        total(QueueField.OFFERED, queues=slice(4, 5)),
        "chat",
        {"queues.4.channel": "CHAT"},
    ),
    "outbound records": Feature(
        {"queues.4": records}, total(QueueField.ATTEMPTS), "attempt", MAIL, come=with_further_attempts
    ),
    "transition from vendor to vendor": Feature({"transitions": [TRANSITION]}, base={"vendors": two_vendors}),
    "outages, a tenth of the agents": Feature({"events": outages(20, 0.1)}, total(QueueField.LOST), BROKEN_OFF),
    "outages, half of the agents": Feature({"events": outages(60, 0.5)}, total(QueueField.LOST), BROKEN_OFF),
}


def changed(document: Any, changes: Changes) -> Any:
    """The document with its values at some paths replaced."""
    for path, value in changes.items():
        document = _changed(document, path.split("."), value)
    return document


def _changed(data: Any, steps: list[str], value: Any) -> Any:
    if not steps:
        return value(data) if callable(value) else value
    step, rest = steps[0], steps[1:]
    if isinstance(data, list):
        return [_changed(one, rest, value) if step in ("*", str(k)) else one for k, one in enumerate(data)]
    return {**data, step: _changed(data.get(step), rest, value)}


def cost(name: str, days: int | None = None) -> dict[str, float | str]:
    """Who uses a feature in one replication, and what it costs each of them in ns, by rounds."""
    feature = FEATURES[name]
    without = changed(json.loads(canonical(case("b", days=days))), feature.base)
    with_it = changed(without, feature.changes)
    plain, switched_on = _counted(without), _counted(with_it)
    used, come = feature.used(switched_on, plain), feature.come(switched_on, plain)
    ordinary, ordinarily_come = as_lively(changed(without, feature.instead), come, served_at_once(switched_on))
    factor = come / ordinarily_come
    documents = [canonical(from_data(document)) for document in (without, with_it, ordinary)]
    net, gross = [], []
    for _ in range(ROUNDS):
        spent = {document: _seconds(document) for document in documents}  # once where nothing else is different
        without_it, on, by_ordinary = (spent[document] for document in documents)
        net.append((on - by_ordinary * factor) / used * 1e9)
        gross.append((on - without_it) / used * 1e9)
    figures = {"ns": median(net), "least": min(net), "most": max(net), "gross": median(gross)}
    return {"who": feature.who, "used": used, "share": used / every(switched_on, plain), **figures}


def as_lively(document: Any, come: float, at_once: int) -> tuple[Any, float]:
    """The document with so much demand that about as many come and so many agents that as many are served at once.

    Agents are sought by the rule of false position; gives too how many come.
    """
    counted = _counted(document)
    if abs(come / every(counted, counted) - 1) > SAME:
        document = changed(document, {VOLUMES: times(come / every(counted, counted))})
        counted = _counted(document)
    factor, tried = 1.0, {1.0: (served_at_once(counted), document)}
    for _ in range(TRIES):
        if abs(tried[factor][0] - at_once) <= SAME * come:
            break
        factor = _next_factor({known: served for known, (served, _) in tried.items()}, at_once)
        staffed = changed(document, {AGENTS: agents_times(factor)})
        tried[factor] = served_at_once(_counted(staffed)), staffed
    nearest = min(tried.values(), key=lambda one: abs(one[0] - at_once))
    return nearest[1], every(counted, counted)


def _next_factor(tried: Mapping[float, int], at_once: int) -> float:
    """Of the agents, by how many are served at once with others."""
    near, *others = sorted(tried, key=lambda factor: abs(tried[factor] - at_once))
    if not others or tried[others[0]] == tried[near]:
        return near + (0.03 if tried[near] < at_once else -0.03)
    slope = (tried[others[0]] - tried[near]) / (others[0] - near)
    return near + float(np.clip((at_once - tried[near]) / slope, -0.1, 0.1))


def _counted(document: Any) -> Counters:
    return replicate(World.of(from_data(document)), 1, 0)


def _seconds(document: str) -> float:
    began = time.process_time()
    simulate_shard(document, Experiment(replications=1), range(1))
    return time.process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("feature", choices=[*FEATURES])
    parser.add_argument("--days", type=int)
    asked = parser.parse_args()
    print(json.dumps(cost(asked.feature, asked.days)))


if __name__ == "__main__":
    main()
