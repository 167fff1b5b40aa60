"""Runs scored again by other contracts, side by side; nothing is simulated and nothing is stored."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import TypeVar

import strawberry

from server.graphql.context import Context, Info
from server.graphql.errors import UserError, UserErrorCode, at_most, told, user_error
from server.graphql.paging import key_of
from server.graphql.records import AskingPrice, settled
from server.graphql.runs import Run
from server.graphql.runs import shown as shown_run
from server.store import outcomes as outcome_store
from server.store import runs as run_store
from server.store.runs import RunRow
from simulation.outcome.asking_price import PriceError, price_for
from simulation.outcome.money.rounding import AmountError
from simulation.outcome.money.settlement import Settlement
from simulation.outcome.rescoring import contracted, read_text, rescored
from simulation.outcome.shards.kept import Kept
from simulation.scenario.problems import ScenarioError

MOST_SETTLEMENTS = 24
"""Runs times contracts of one operation: each takes up to seconds."""
PRICE_SETTLEMENTS = 12
"""A price counts as so many."""
SETTLING = ThreadPoolExecutor(1, "settling")  # beside the threads that answer everybody
MOST_CHARACTERS = 200_000
"""Of contracts."""


Value = TypeVar("Value")


@strawberry.input(description="Contracts to try on a run.")
class ContractsInput:
    name: str = strawberry.field(description="What they are called in the answer.")
    document: str = strawberry.field(
        description="YAML or JSON: a map of vendors to their lists of contracts, as a scenario document has them. A"
        " vendor that is left out keeps its contracts; an empty list leaves it without."
    )


@strawberry.type(description="A run settled by contracts that may be others than its scenario's.")
class RescoredRun:
    row: strawberry.Private[RunRow]
    settlement: strawberry.Private[Settlement]
    contracts: str = strawberry.field(description="The name that the contracts were given.")

    @strawberry.field(description="The run whose counters it rests on.")
    def run(self) -> Run:
        return shown_run(self.row)

    decision = settled("decision", attrgetter("settlement"))
    clauses = settled("clauses", attrgetter("settlement"))
    vendors = settled("vendors", attrgetter("settlement"))
    cost = settled("cost", attrgetter("settlement"))


@strawberry.type(description="What came of rescoreRuns.")
class RescoreRunsPayload:
    results: list[RescoredRun] = strawberry.field(
        description="Every run by every contracts, run by run; empty when anything was refused."
    )
    user_errors: list[UserError] = strawberry.field(description="What was refused; empty when all was scored.")


@strawberry.type(description="What came of priceFor.")
class PriceForPayload:
    price: AskingPrice | None = strawberry.field(description="The price; null when it was refused.")
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty otherwise.")


@dataclass(frozen=True)
class KeptRun:
    """A run and the bytes of what it has kept."""

    row: RunRow
    counters: bytes


async def rescore(info: Info, run_ids: list[strawberry.ID], contracts: list[ContractsInput]) -> RescoreRunsPayload:
    refused = _too_much(info.context, run_ids, contracts)
    if refused:
        return RescoreRunsPayload(results=[], user_errors=refused)
    runs: list[KeptRun] = []
    for place, run_id in enumerate(run_ids):
        found = await kept_run(info.context, run_id, f"runIds.{place}")
        if isinstance(found, UserError):
            refused.append(found)
        else:
            runs.append(found)
    if refused:
        return RescoreRunsPayload(results=[], user_errors=refused)
    results: list[RescoredRun] = []
    for run in runs:  # one at a time, beside the loop: each takes all of a core
        scored, wrong = await beside(_rescored, run, contracts)
        results += scored
        refused += wrong
    return RescoreRunsPayload(results=[] if refused else results, user_errors=at_most(refused))


async def kept_run(context: Context, run_id: strawberry.ID, path: str) -> KeptRun | UserError:
    """A run that has succeeded, of the organisation that asks; else why there is none."""
    key = key_of(run_id, "Run")
    async with context.tenant() as connection:
        row = await run_store.get_run(connection, key) if key else None
        counters = await outcome_store.get_counters(connection, row.id) if row else None
    if row is None:
        return user_error(UserErrorCode.NOT_FOUND, "there is no run of this id; pass the id of one of `runs`", path)
    if counters is None:
        message = f"the run has nothing to score yet, it is {row.status.lower()}; pass one that has succeeded"
        return user_error(UserErrorCode.INVALID_ARGUMENT, message, path)
    return KeptRun(row, counters)


async def beside(function: Callable[..., Value], *arguments: object) -> Value:
    """Computed beside the loop, after what others have asked."""
    return await asyncio.get_running_loop().run_in_executor(SETTLING, partial(function, *arguments))


def _too_much(context: Context, run_ids: list[strawberry.ID], contracts: list[ContractsInput]) -> list[UserError]:
    refused = []
    context.settlements += len(run_ids) * len(contracts)
    if context.settlements > MOST_SETTLEMENTS:
        asked = f"{len(run_ids)} runs by {len(contracts)} contracts"
        message = f"{asked} make more than {MOST_SETTLEMENTS} settlements of this operation; ask for fewer"
        refused.append(user_error(UserErrorCode.TOO_LARGE, message, "contracts"))
    for place, one in enumerate(contracts):
        if len(one.document) > MOST_CHARACTERS:
            message = f"the document has more than {MOST_CHARACTERS} characters; write fewer contracts"
            refused.append(user_error(UserErrorCode.TOO_LARGE, message, f"contracts.{place}.document"))
    return refused


def _rescored(run: KeptRun, contracts: list[ContractsInput]) -> tuple[list[RescoredRun], list[UserError]]:
    kept = Kept.from_bytes(run.counters)
    simulated = kept.scenario()
    results: list[RescoredRun] = []
    refused: list[UserError] = []
    for place, one in enumerate(contracts):
        at = f"contracts.{place}.document"
        try:
            scenario = contracted(simulated, read_text(one.document, file=one.name), file=one.name)
            results.append(RescoredRun(row=run.row, settlement=rescored(kept, simulated, scenario), contracts=one.name))
        except AmountError as error:
            refused.append(user_error(UserErrorCode.INVALID_SCENARIO, str(error), at))
        except ScenarioError as error:
            refused += [
                user_error(UserErrorCode.INVALID_SCENARIO, told(problem), ".".join(filter(None, (at, problem.path))))
                for problem in error.problems
            ]
    return results, refused


async def price(info: Info, run_id: strawberry.ID, vendor: str, margin: float, probability: float) -> PriceForPayload:
    info.context.settlements += PRICE_SETTLEMENTS
    if info.context.settlements > MOST_SETTLEMENTS:
        message = (
            f"an operation has at most {MOST_SETTLEMENTS // PRICE_SETTLEMENTS} prices; ask for the others in another"
        )
        return PriceForPayload(price=None, user_errors=[user_error(UserErrorCode.TOO_LARGE, message)])
    found = await kept_run(info.context, run_id, "runId")
    if isinstance(found, UserError):
        return PriceForPayload(price=None, user_errors=[found])
    try:
        asked = await beside(_price, found.counters, vendor, margin, probability)
    except (PriceError, AmountError) as error:
        return PriceForPayload(price=None, user_errors=[user_error(UserErrorCode.INVALID_ARGUMENT, str(error))])
    return PriceForPayload(price=asked, user_errors=[])


def _price(counters: bytes, vendor: str, margin: float, probability: float) -> AskingPrice:
    kept = Kept.from_bytes(counters)
    return price_for(kept, kept.scenario(), vendor, margin, probability)
