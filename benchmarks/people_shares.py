"""What people cost in case B with people: `python -m benchmarks.people_shares replication|fitting`.

Of a replication, CPU seconds by part: what is neither the floor nor the drawing of contacts belongs to the people, the
replication's own work and SimPy included. What is the same in all replications is made before, as in an experiment.
Fitting is all that is made once: rosters, requirement and what is expected, with the importing of the solver.
"""

import argparse
import json
import time

from benchmarks.centre import case
from benchmarks.shares import PARTS, REST, Clock, seconds_of, time_parts
from benchmarks.workforce import with_people
from simulation import replication
from simulation.outcome.counting.counters import Counters, QueueField
from simulation.replication import replicate
from simulation.world.planning.coverage import Coverage
from simulation.world.policies.outlook import Outlook
from simulation.world.policies.seen import Seen
from simulation.world.world import World

FLOOR = [part for part in PARTS if part[0] in ("streams and counts of arrivals", "drawing of arrivals")]
FLOOR += [part for part in PARTS if part[0] == "the floor's host"]
PEOPLE = [
    ("people of the start", replication.Team, ("__init__",)),
    ("each morning: people, presence, rosters", replication.Teams, ("__init__", "today")),
    ("what policies see and expect", Outlook, ("heads", "effective_fte", "share_trained")),
    ("what policies see and expect", Seen, ("in_time", "required_fte")),
    ("coverage, counting by team", Coverage, ("count",)),
    ("coverage, counting by team", Counters, ("by_team",)),
]
OWN = "SimPy, people who come and go, the replication's own"


def by_part(replications: int) -> dict[str, float]:
    """CPU seconds of a replication by part, and how many contacts it has."""
    world = World.of(with_people())
    contacts = replicate(world, 1, 0).queues[:, :, QueueField.OFFERED].sum()  # compiled and fitted by now
    clock = Clock()
    time_parts(clock, [*FLOOR, *PEOPLE])

    def work() -> None:
        for number in range(replications):
            replication.replicate(world, 1, number)

    seconds = seconds_of(clock, work)
    seconds[OWN] = seconds.pop(REST)
    return {"contacts": float(contacts), **{part: spent / replications for part, spent in seconds.items()}}


def fitting() -> dict[str, float]:
    """CPU seconds of what an experiment makes once."""
    replicate(World.of(case("a")), 1, 0)  # compiled
    world = World.of(with_people())
    began = time.process_time()
    fitted = world.rosters
    seconds = time.process_time() - began
    return {"seconds": seconds, "teams": float(sum(roster.plan.weeks is not None for roster in fitted))}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["replication", "fitting"])
    parser.add_argument("--repeat", type=int, default=2)
    asked = parser.parse_args()
    print(json.dumps(fitting() if asked.what == "fitting" else by_part(asked.repeat)))


if __name__ == "__main__":
    main()
