"""The simulation as a worker asks for it: functions of texts and bytes that another process can compute."""

from functools import lru_cache

from server.store.outcomes import Packed, pack
from server.workers.simulators import Engine
from simulation import experiment as experiments
from simulation.experiment import ENGINE_VERSION, Experiment
from simulation.outcome.report.parts import to_parts
from simulation.outcome.shards.figures_so_far import FiguresSoFar, Glance
from simulation.outcome.shards.summary import offered_contacts
from simulation.presets import preset_text
from simulation.scenario.reading.canonical import canonical
from simulation.scenario.reading.document import load
from simulation.scenario.scenario import Scenario


def installed() -> str:
    return ENGINE_VERSION


def plan(document: str, experiment: str) -> list[range]:
    return experiments.shards(_scenario(document), _experiment(experiment))


def simulate(document: str, experiment: str, replications: range) -> bytes:
    return experiments.simulate_shard(document, _experiment(experiment), replications)


def enough(document: str, experiment: str, finished: list[bytes]) -> bool:
    return experiments.enough(_scenario(document), _experiment(experiment), finished)


def conclude(document: str, experiment: str, finished: list[bytes]) -> Packed:
    scenario, summary = _scenario(document), experiments.gather(finished)
    result = experiments.conclude(scenario, _experiment(experiment), summary)
    return pack(*to_parts(result), experiments.keep(scenario, summary).to_bytes())


def glance(document: str, shard: bytes) -> Glance:
    return Glance.at(_scenario(document), shard)


def so_far(document: str, glances: list[Glance]) -> str:
    return FiguresSoFar.of(_scenario(document), glances).to_json()


def warm_up() -> None:
    """Usual code made, rooms imported: by plain SimPy, as the smallest preset calls code that few scenarios need."""
    from simulation.world.floor.compiled.code import USUAL, address_of_code  # not for the worker's own loop

    for entry in USUAL:
        address_of_code(entry)
    document = canonical(load(preset_text("single-queue")))
    experiments.simulate_shard(document, Experiment(replications=1), range(1), floor="simpy")


ENGINE = Engine(ENGINE_VERSION, installed, plan, simulate, enough, conclude, offered_contacts, glance, so_far, warm_up)


@lru_cache(maxsize=4)
def _scenario(document: str) -> Scenario:
    return load(document)


def _experiment(text: str) -> Experiment:
    return Experiment.model_validate_json(text)
