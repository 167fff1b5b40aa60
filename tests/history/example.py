"""Makes the example history that comes with the program: `python -m tests.history.example` writes it.

Thirteen weeks of half hours of two queues of a clinic, each served by people of its own, first come first served:
Poisson arrivals by a profile of weekday and time of day with gamma busyness of a day, lognormal handling, exponential
patience. Every figure is made up; the true parameters stand here, so tests can ask whether they are found again.
"""

import csv
import heapq
import io
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np

import simulation.presets

PATH = Path(simulation.presets.__file__).parent / "history" / "clinic-phones.csv"
FIRST, WEEKS = date(2026, 1, 5), 13
CLOSED = {date(2026, 1, 19), date(2026, 2, 16)}
HEADER = (
    "Date", "Start", "Queue", "Offered", "Answered", "Abandoned", "Answered in 20 s", "AHT (s)", "ASA (s)",
    "Average abandon time (s)", "Agents",
)  # fmt: skip
HUMPS = (0.7, 1.0, 1.25, 1.35, 1.35, 1.3, 1.2, 1.1, 0.95, 0.85, 0.9, 1.0, 1.05, 1.05, 1.0, 0.95, 0.85, 0.75, 0.6, 0.45)
WEEKDAYS = (1.3, 1.1, 1.0, 0.98, 0.95, 0.45)


@dataclass(frozen=True)
class Made:
    """A queue of the example with its true parameters."""

    name: str
    a_slot: float
    handling_seconds: float
    handling_cv: float
    patience_seconds: float
    growth_a_week: float


QUEUES = (Made("Appointments", 24.0, 280.0, 0.8, 150.0, 0.006), Made("Billing", 11.0, 420.0, 1.0, 240.0, 0.0))
BUSYNESS_CV = 0.08


def content() -> bytes:
    """The file, the same whenever it is made."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    made = [_rows(queue, np.random.default_rng(20260105 + number)) for number, queue in enumerate(QUEUES)]
    rows: list[list[object]] = [row for of_queue in made for row in of_queue]
    writer.writerows(sorted(rows, key=lambda row: tuple(map(str, row[:3]))))
    return text.getvalue().encode()


def _rows(queue: Made, random: np.random.Generator) -> list[list[object]]:
    days = [FIRST + timedelta(days=k) for k in range(7 * WEEKS)]
    return [
        row
        for k, day in enumerate(days)
        if day.weekday() < 6 and day not in CLOSED
        for row in _day(queue, day, (1 + queue.growth_a_week) ** (k / 7), random)
    ]


def _day(queue: Made, day: date, growth: float, random: np.random.Generator) -> list[list[object]]:
    busyness = random.gamma(1 / BUSYNESS_CV**2, BUSYNESS_CV**2)
    slots = len(HUMPS) if day.weekday() < 5 else len(HUMPS) // 2
    means = [queue.a_slot * WEEKDAYS[day.weekday()] * HUMPS[k] * growth for k in range(slots)]
    agents = [max(1, round(mean * queue.handling_seconds / 1800 * 1.02 + 1 + random.normal(0, 0.6))) for mean in means]
    served = _served(queue, [mean * busyness for mean in means], agents, random)
    rows: list[list[object]] = []
    for k, contacts in enumerate(served):
        start = datetime(day.year, day.month, day.day, 8) + timedelta(minutes=30 * k)
        rows.append([day.isoformat(), f"{start:%H:%M}", queue.name, *_figures(contacts), agents[k]])
    return rows


Contact = tuple[float, float]
"""Its wait, and its handling time: 0 for one that abandoned."""


def _served(queue: Made, means: list[float], agents: list[int], random: np.random.Generator) -> list[list[Contact]]:
    """Every contact by the slot of its arrival: agents free at times on a heap, which slots lengthen and shorten."""
    sigma = float(np.sqrt(np.log1p(queue.handling_cv**2)))
    free: list[float] = []
    found: list[list[Contact]] = []
    for k, mean in enumerate(means):
        while len(free) > agents[k]:
            heapq.heappop(free)
        for _ in range(agents[k] - len(free)):
            heapq.heappush(free, 1800.0 * k)
        arrivals = np.sort(random.uniform(1800.0 * k, 1800.0 * (k + 1), random.poisson(mean)))
        found.append([])
        for at in arrivals.tolist():
            wait, patience = max(free[0] - at, 0.0), random.exponential(queue.patience_seconds)
            if wait > patience:
                found[-1].append((patience, 0.0))
                continue
            handling = queue.handling_seconds * float(np.exp(random.normal(-sigma * sigma / 2, sigma)))
            heapq.heapreplace(free, at + wait + handling)
            found[-1].append((wait, handling))
    return found


def _figures(contacts: list[Contact]) -> list[object]:
    answered = [contact for contact in contacts if contact[1]]
    lost = [wait for wait, handling in contacts if not handling]
    in_time = sum(wait <= 20 for wait, _ in answered)
    aht = f"{np.mean([handling for _, handling in answered]):.1f}" if answered else ""
    asa = f"{np.mean([wait for wait, _ in answered]):.1f}" if answered else ""
    left = f"{np.mean(lost):.1f}" if lost else ""
    return [len(contacts), len(answered), len(lost), in_time, aht, asa, left]


if __name__ == "__main__":
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_bytes(content())
