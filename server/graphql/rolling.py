"""rollForward: a plan that goes on from a later date with what really was."""

import asyncio
import json
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

import strawberry
from strawberry import UNSET

from server.graphql.context import Info
from server.graphql.enums import describe
from server.graphql.errors import (
    RefusedError,
    UserError,
    UserErrorCode,
    at_most,
    input_digest,
    key_errors,
    problem_errors,
    user_error,
)
from server.graphql.making import CreateScenarioPayload, made_before, store_new
from server.graphql.paging import key_of
from server.graphql.scenario_sources import Draft
from server.graphql.scenario_types import actuals_of
from server.graphql.scenarios import Scenario
from server.store.scenarios import ScenarioRow, get_scenario
from simulation.scenario.problems import RefusedError as PlanRefusedError
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading.canonical import to_yaml
from simulation.scenario.reading.document import from_data
from simulation.studies.actuals import read_actuals
from simulation.studies.plan_report import PlanDriver
from simulation.studies.plan_report import PlanLine as Reported
from simulation.studies.rolling import Rolled
from simulation.studies.rolling import roll_forward as rolled_forward

if TYPE_CHECKING:  # made from the models, which a type checker cannot follow
    ActualsInput: TypeAlias = Any
else:
    from server.graphql.scenario_types import ActualsInput

describe(PlanDriver)


@strawberry.input(description="A scenario that goes on from a later date.")
class RollForwardInput:
    scenario_id: strawberry.ID = strawberry.field(description="The scenario.")
    at: date = strawberry.field(description="The date at whose midnight the new scenario starts, within the old one.")
    actuals: ActualsInput | None = strawberry.field(
        default=UNSET, description="What really was; what is left out was as planned."
    )
    name: str | None = strawberry.field(
        default=None, description="The new scenario's name, not blank; left out: the old one's with the date."
    )
    idempotency_key: str | None = strawberry.field(
        default=None,
        description="Any line of text; the same key with the same input again returns the scenario made first, without"
        " the report, and with another input it is refused.",
    )


@strawberry.type(description="What was planned and what was, of one driver of one queue or team.")
class PlanLine:
    driver: PlanDriver = strawberry.field(description="What it is.")
    queue: strawberry.ID | None = strawberry.field(description="The queue's id in the scenario; null of a team.")
    team: strawberry.ID | None = strawberry.field(description="The team's id in the scenario; null of a queue.")
    planned: float = strawberry.field(description="What the plan said.")
    actual: float = strawberry.field(description="What was.")
    relative: float | None = strawberry.field(
        description="By which share of the plan the actual is over it; null of a plan of nothing."
    )


@strawberry.type(description="What came of rollForward.")
class RollForwardPayload:
    scenario: Scenario | None = strawberry.field(description="The new scenario; null when it was refused.")
    report: list[PlanLine] = strawberry.field(description="Plan against actual up to the date, of what was told.")
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it was made.")


async def roll_forward(info: Info, input: RollForwardInput) -> RollForwardPayload:
    refused = key_errors(input.idempotency_key)
    if input.name is not None and not input.name.strip():
        message = "the name is blank; write one, or leave it out"
        refused.append(user_error(UserErrorCode.INVALID_ARGUMENT, message, "name"))
    if refused:
        return _refused(*refused)
    context, key = info.context, key_of(input.scenario_id, "Scenario")
    sent = None
    async with context.tenant() as connection:
        if input.idempotency_key is not None:
            sent = input_digest({"rollForward": {**asdict(input), "idempotency_key": None}})
            if made := await made_before(connection, input.idempotency_key, sent):
                return _made(made, None)
        row = await get_scenario(connection, key) if key else None
    if row is None:
        message = "there is no scenario of this id; pass the id of one of `scenarios`"
        return _refused(user_error(UserErrorCode.NOT_FOUND, message, "scenarioId"))
    try:
        rolled = await asyncio.to_thread(_rolled, row, input)
    except RefusedError as error:
        return _refused(*at_most(error.errors))
    told = {"path": "", "paths": [], "summary": f"rolled forward to {input.at}"}
    draft = Draft(rolled.scenario, to_yaml(rolled.scenario), row.id, [told])
    return _made(await store_new(context, draft, input.idempotency_key, sent), rolled)


def _rolled(row: ScenarioRow, input: RollForwardInput) -> Rolled:
    data, problems = actuals_of(input.actuals) if input.actuals else ({}, [])
    if problems:
        raise RefusedError(*problem_errors(problems, UserErrorCode.INVALID_ARGUMENT))
    try:
        return rolled_forward(from_data(json.loads(row.document)), input.at, read_actuals(data), name=input.name)
    except PlanRefusedError as error:
        raise RefusedError(
            *(
                user_error(UserErrorCode.INVALID_ARGUMENT, f"{one.message}; {one.mend}", ".".join(map(str, one.at)))
                for one in error.refusals
            )
        ) from None
    except ScenarioError as error:
        raise RefusedError(*problem_errors(error.problems)) from None


def _refused(*errors: UserError) -> RollForwardPayload:
    return RollForwardPayload(scenario=None, report=[], user_errors=list(errors))


def _made(stored: CreateScenarioPayload, rolled: Rolled | None) -> RollForwardPayload:
    report = [_shown(line) for line in rolled.report] if rolled is not None else []
    return RollForwardPayload(scenario=stored.scenario, report=report, user_errors=stored.user_errors)


def _shown(line: Reported) -> PlanLine:
    queue, team = (None if name is None else strawberry.ID(name) for name in (line.queue, line.team))
    return PlanLine(
        driver=line.driver, queue=queue, team=team, planned=line.planned, actual=line.actual, relative=line.relative
    )
