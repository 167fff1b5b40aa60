"""The same centre in Ciw, as close as it can model it: `uv run --with ciw python -m benchmarks.floor`.

Ciw has customer classes with time-varying arrivals, priorities, reneging and shifts of servers, but a customer queues
at one node and only that node's servers serve him. So all groups are one pool: skills, tiers and longest idle are not
modelled, and of the priorities only what all groups agree on. Ciw's own change of shift sends every busy server home
after his customer and begins the whole next shift at once; here, by a node class of our own, only the difference comes
or goes. A horizon in pieces is not possible, and every customer's records are kept until the end, as Ciw does.
"""

import random
from typing import Any

import ciw
import numpy as np

from benchmarks.centre import SECOND, Centre, Counts
from simulation.scenario.queues.times import Distribution, RandomTime


class Pool(ciw.Node):
    """A node whose change of shift moves the difference only."""

    def change_shift(self) -> None:
        self.schedule.get_next_shift()
        self.next_shift_change = self.schedule.next_shift_change_date
        self.c = self.schedule.c
        change = self.c - sum(not server.offduty for server in self.servers)
        for server in [server for server in self.servers if server.offduty][: max(change, 0)]:
            server.offduty = False
            change -= 1
        self.add_new_servers(max(change, 0))
        for server in sorted(self.servers, key=lambda server: server.busy)[: max(-change, 0)]:
            server.shift_end = self.now
            if server.busy:
                server.offduty = True
            else:
                self.kill_server(server)
        self.begin_service_if_possible_change_shift()


def simulate(centre: Centre, seed: int) -> Counts:
    """The centre's horizon once."""
    ciw.seed(seed)
    random.seed(seed)
    horizon, interval = centre.horizon / SECOND, centre.interval / SECOND
    ends = [(k + 1) * interval for k in range(len(centre.staffing))]
    names = [f"q{q:03}" for q in range(len(centre.queues))]
    of = dict(zip(names, centre.queues, strict=True))
    rates = {name: [volume / interval for volume in queue.volumes] for name, queue in of.items()}
    urgency = [{q: k for k, tier in enumerate(tiers) for q in tier} for tiers in centre.serves]
    ranks = [max(tiers.get(q, 0) for tiers in urgency) for q in range(len(names))]
    network = ciw.create_network(
        arrival_distributions={name: [ciw.dists.PoissonIntervals(rates[name], ends, horizon)] for name in names},
        service_distributions={name: [_times(queue.handling)] for name, queue in of.items()},
        reneging_time_distributions={name: [_times(queue.patience)] for name, queue in of.items()},
        number_of_servers=[ciw.Schedule([sum(agents) for agents in centre.staffing], ends)],
        priority_classes={name: sorted(set(ranks)).index(rank) for name, rank in zip(names, ranks, strict=True)},
        routing={name: ciw.routing.NetworkRouting([ciw.routing.Leave()]) for name in names},
    )
    simulation = ciw.Simulation(network, node_class=Pool)
    simulation.simulate_until_max_time(horizon)
    return _counts(centre, names, simulation.get_all_records(include_incomplete=True))


def _counts(centre: Centre, names: list[str], records: list[Any]) -> Counts:
    counts = np.zeros((len(names), 4), np.int64)
    for record in records:
        q = names.index(record.customer_class)
        counts[q, 0] += 1
        if record.record_type == "renege":
            counts[q, 2] += 1
        elif record.service_start_date:  # a contact that waits at the end has none
            counts[q, 1] += 1
            waited = record.service_start_date - record.arrival_date
            counts[q, 3] += waited * SECOND <= centre.queues[q].threshold
    return counts


def _times(time: RandomTime) -> Any:
    if time.distribution is Distribution.EXPONENTIAL:
        return ciw.dists.Exponential(1 / time.mean)
    assert time.distribution is Distribution.LOGNORMAL
    variance = np.log1p(time.cv * time.cv)
    return ciw.dists.Lognormal(np.log(time.mean) - variance / 2, np.sqrt(variance))
