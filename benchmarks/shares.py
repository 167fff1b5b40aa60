"""Where the CPU time of our `simulate` step goes: `python -m benchmarks.shares a|b`."""

import argparse
import functools
import json
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.centre import case
from simulation import experiment, replication
from simulation.experiment import Experiment, simulate
from simulation.outcome.shards import summary
from simulation.scenario.scenario import Scenario
from simulation.world.floor.compiled import arrivals as arrivals_compiled
from simulation.world.floor.compiled import host as floor_compiled
from simulation.world.floor.compiled.code import code
from simulation.world.world import World

PARTS: list[tuple[str, Any, tuple[str, ...]]] = [
    ("calendar, volumes, plan: `World`", World, ("of",)),
    ("streams and counts of arrivals", replication, ("QueueArrivals",)),
    ("drawing of arrivals", arrivals_compiled, ("kernel_trace",)),
    ("the floor's host", floor_compiled.KernelFloor, ("__init__", "load", "staff", "advance", "clear", "finish")),
    ("SimPy, teams, the replication's own", replication, ("replicate",)),
    ("statistics of replications", experiment, ("summarise",)),
    ("statistics as bytes and back", summary.ShardSummary, ("to_bytes", "from_bytes")),
    ("merging and the result", experiment, ("merge_summaries", "conclude")),
]
"""What is timed, without what it calls that is timed itself; so are the entries of the kernel, under `KERNEL`."""
REST = "the rest"
KERNEL = "the compiled kernel, which draws arrivals, work and patience"


class Clock:
    """CPU seconds by part; a part stands still while another one runs inside it."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._running = [REST]
        self._since = time.process_time()

    def switch(self, begins: str | None) -> None:
        now = time.process_time()
        self.seconds[self._running[-1]] += now - self._since
        self._since = now
        if begins is None:
            self._running.pop()
        else:
            self._running.append(begins)

    def timed(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function, updated=())
        def run(*arguments: Any, **named: Any) -> Any:
            self.switch(part)
            try:
                return function(*arguments, **named)
            finally:
                self.switch(None)

        return run


def time_parts(clock: Clock, parts: Sequence[tuple[str, Any, tuple[str, ...]]]) -> None:
    """From now on the clock runs for parts and kernel."""
    for part, owner, names in parts:
        for name in names:
            own = vars(owner)[name]
            if isinstance(own, classmethod):
                setattr(owner, name, classmethod(clock.timed(part, own.__func__)))
            else:
                setattr(owner, name, clock.timed(part, own))
    floor_compiled.code = arrivals_compiled.code = lambda entry: clock.timed(KERNEL, code(entry))


def seconds_of(clock: Clock, work: Callable[[], object]) -> dict[str, float]:
    """CPU seconds by part of some work."""
    clock.switch(REST)
    clock.seconds.clear()
    work()
    clock.switch(None)
    return dict(clock.seconds)


def shares(scenario: Scenario, replications: int) -> dict[str, float]:
    """CPU seconds by part of an experiment."""
    clock = Clock()
    simulate(scenario.model_copy(update={"name": "warm"}), Experiment(replications=1))
    time_parts(clock, PARTS)
    return seconds_of(clock, lambda: simulate(scenario, Experiment(replications=replications)))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("case", choices=["a", "b"])
    parser.add_argument("--days", type=int)
    parser.add_argument("--repeat", type=int, default=1)
    asked = parser.parse_args()
    print(json.dumps(shares(case(asked.case, days=asked.days), asked.repeat)))


if __name__ == "__main__":
    main()
