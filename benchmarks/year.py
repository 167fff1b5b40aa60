"""A large run: ten queues around the clock for 52 weeks, a contract, every column that a result has."""

from functools import cache

from server.store.outcomes import Packed, pack
from simulation.experiment import Experiment, keep, simulate
from simulation.outcome.report.parts import to_parts
from simulation.outcome.shards.summary import ShardSummary
from simulation.scenario.reading.document import load

QUEUES = 10
WEEKS = 52


def year_document() -> str:
    """YAML; each of ten teams serves its queue and the next one's."""
    queues = "".join(
        f"""
  - id: queue-{n}
    demand: {{weekly_volume: {1500 + 250 * n}}}
    handling: {{mean_seconds: {180 + 20 * n}}}
    patience: {{mean_seconds: 120}}"""
        for n in range(QUEUES)
    )
    teams = "".join(
        f"""
      - id: team-{n}
        site: leeds
        skills: [{{queue: queue-{n}}}, {{queue: queue-{(n + 1) % QUEUES}}}]
        workforce: {{headcount: {14 + 2 * n}, attrition: {{annual_rate: 0.4}}}}"""
        for n in range(QUEUES)
    )
    clauses = "".join(
        f"""
          - id: level-{n}
            metric: SERVICE_LEVEL
            queue: queue-{n}
            target: 0.8
            credits: [{{below: 0.8, share: 0.5}}]"""
        for n in range(QUEUES)
    )
    return f"""name: A year of ten queues
start: 2026-01-05
weeks: {WEEKS}
timezone: Europe/London
queues:{queues}
vendors:
  - id: partner
    sites: [{{id: leeds, country: GB}}]
    teams:{teams}
    contracts:
      - pricing: [{{kind: PER_PRODUCTIVE_HOUR, rate: 21}}, {{kind: FIXED_MONTHLY, amount: 9000}}]
        at_risk: {{share: 0.1}}
        slas:{clauses}
"""


@cache
def packed_year(replications: int) -> Packed:
    """What a worker stores of it."""
    scenario, summaries = load(year_document()), list[ShardSummary]()
    result = simulate(scenario, Experiment(replications=replications), on_summary=summaries.append)
    return pack(*to_parts(result), keep(scenario, summaries[0]).to_bytes())
