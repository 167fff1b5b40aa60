"""What a worker asks of the simulation, as functions of texts and bytes that another process can compute."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from simulation import experiment as experiments
from simulation.experiment import ENGINE_VERSION, Experiment
from simulation.outcome.parts import to_parts
from simulation.presets import preset_text
from simulation.scenario.canonical import canonical
from simulation.scenario.document import load
from simulation.scenario.scenario import Scenario

Parts = tuple[dict[str, Any], Sequence[tuple[str, str, str, str, str, bytes]]]
"""The head and the columns of a result."""


@dataclass(frozen=True)
class Engine:
    """Functions of a canonical document and an experiment's JSON. Each is found by name in another process."""

    version: str
    plan: Callable[[str, str], list[range]]
    """the shards, in order"""
    simulate: Callable[[str, str, range], bytes]
    """a shard"""
    enough: Callable[[str, str, list[bytes]], bool]
    """whether the first shards answer the experiment"""
    conclude: Callable[[str, str, list[bytes]], Parts]
    """the result of the first shards"""
    warm_up: Callable[[], None]
    """what makes the first shard of a process as quick as the next"""


def plan(document: str, experiment: str) -> list[range]:
    return experiments.shards(_scenario(document), _experiment(experiment))


def simulate(document: str, experiment: str, replications: range) -> bytes:
    return experiments.simulate_shard(document, _experiment(experiment), replications)


def enough(document: str, experiment: str, finished: list[bytes]) -> bool:
    return experiments.enough(_scenario(document), _experiment(experiment), finished)


def conclude(document: str, experiment: str, finished: list[bytes]) -> Parts:
    return to_parts(experiments.merge(_scenario(document), _experiment(experiment), finished))


def warm_up() -> None:
    document = canonical(load(preset_text("single-queue")))
    experiments.simulate_shard(document, Experiment(replications=1), range(1))


ENGINE = Engine(ENGINE_VERSION, plan, simulate, enough, conclude, warm_up)


@lru_cache(maxsize=4)
def _scenario(document: str) -> Scenario:
    return load(document)


def _experiment(text: str) -> Experiment:
    return Experiment.model_validate_json(text)
