"""What a study is started with: its base, and what each kind asks for."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, get_args
from uuid import UUID

import strawberry
from pydantic import ValidationError
from strawberry import UNSET
from strawberry.utils.str_converters import to_camel_case

from server.database.connecting import Connection
from server.graphql.context import Context
from server.graphql.errors import RefusedError, UserErrorCode, input_digest, problem_errors, user_error
from server.graphql.paging import key_of
from server.graphql.scenario_types import FORMS
from server.store import runs as run_store
from server.store import scenarios as scenario_store
from server.store.runs import RunRow
from simulation.experiment import Experiment
from simulation.scenario.problems import Problem
from simulation.scenario.quantities import Id, Share
from simulation.studies.explaining import Explaining
from simulation.studies.limit import Varied
from simulation.studies.staffing.options import Objective
from simulation.studies.stress import Stress
from simulation.studies.study import Study
from simulation.studies.sweep import Axis
from simulation.study_kinds import KINDS, StudyKind

STRESS, AXIS, SHARES = FORMS.of(Stress), FORMS.of(Axis), FORMS.of(dict[Id, Share])
if TYPE_CHECKING:  # made from the models, which a type checker cannot follow
    StressInput: TypeAlias = Any
    AxisInput: TypeAlias = Any
    SiteShareInput: TypeAlias = Any
else:
    StressInput = STRESS.input
    AxisInput = AXIS.input
    (SiteShareInput,) = get_args(SHARES.input)

FORMS.enum(Varied)
FORMS.enum(Objective)


@strawberry.input(one_of=True, description="What a study is about: a scenario, or what a run simulated of one.")
class StudyBaseInput:
    scenario_id: strawberry.ID | None = strawberry.field(default=UNSET, description="A scenario of the organisation.")
    run_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="A run of the organisation: the document that it simulates, as it was."
    )


@strawberry.input
class Started:
    """What every study is started with."""

    base: StudyBaseInput = strawberry.field(description="What it is about.")
    replications: int | None = strawberry.field(
        default=None,
        description="How many replications each point has, at most; left out: 100, of a limit search 40.",
    )
    seed: int | None = strawberry.field(
        default=None, description="The key of all randomness, the same for all points. Left out: 1."
    )
    idempotency_key: str | None = strawberry.field(
        default=None,
        description="Any line of text; the same key with the same input again returns the study started first, and"
        " with another input it is refused.",
    )


@strawberry.input(description="A plan to be put to stress tests.")
class StartStressTestsInput(Started):
    tests: list[StressInput] | None = strawberry.field(
        default=None, description="Which tests, each with its parameters; left out: the whole library."
    )


@strawberry.input(description="A plan to be simulated with every combination of some changes.")
class StartSweepInput(Started):
    axes: list[AxisInput] = strawberry.field(
        description="One to three axes; their combinations are at most 200 points."
    )


@strawberry.input(description="A plan whose assumptions are to be moved by a step either way.")
class StartSensitivityInput(Started):
    step: float | None = strawberry.field(
        default=None, description="One step, as a share of the value, over 0 and under 1. Left out: 0.1."
    )
    weeks: int | None = strawberry.field(
        default=None, description="One step of late hiring in weeks, 1 to 26. Left out: 2."
    )
    drivers: list[str] | None = strawberry.field(
        default=None,
        description="Drivers to try besides the scenario's `sources`, such as demand, handling, attrition, absence,"
        " lateness, patience; left out: all that there are.",
    )


@strawberry.input(description="A plan whose limit is to be found.")
class StartLimitSearchInput(Started):
    vary: Varied = strawberry.field(description="What is varied.")
    until: float | None = strawberry.field(
        default=None, description="Share of replications that have to hold, over 0 and under 1. Left out: 0.9."
    )
    fineness: float | None = strawberry.field(
        default=None,
        description="How close the last factor that holds and the first that does not have to be, 0.001 to 0.5. Left"
        " out: 0.025.",
    )


@strawberry.input(description="A plan that is to be staffed at the least cost.")
class StartStaffingSearchInput(Started):
    confidence: float | None = strawberry.field(
        default=None,
        description="What the lower end of the 95 % interval of the probability that every clause is met has to reach,"
        " over 0 and under 1. Left out: 0.8.",
    )
    objective: Objective = strawberry.field(
        default=Objective.CLIENT_COST, description="What the plan is to be good for."
    )
    vendor: strawberry.ID | None = strawberry.field(
        default=None, description="The vendor's id in the scenario, whose margin it is to be good for; else left out."
    )
    budget: float | None = strawberry.field(
        default=None,
        description="The most that the client may pay over the horizon, in the scenario's currency; left out:"
        " anything.",
    )
    site_shares: list[SiteShareInput] | None = strawberry.field(
        default=None, description="The most of all hours on the floor that a site may have, by its id."
    )


@strawberry.input(description="A plan whose volume comes in steps, which are to wait until the vendor is ready.")
class StartReadinessInput(Started):
    confidence: float | None = strawberry.field(
        default=None,
        description="The probability of being ready that a step wants, over 0 and under 1; a request says which is"
        " wanted. Left out: 0.8.",
    )


@strawberry.input(description="A run whose difference from another is to be explained.")
class ExplainDifferenceInput:
    baseline_run_id: strawberry.ID = strawberry.field(description="The run that it is held against.")
    run_id: strawberry.ID = strawberry.field(
        description="The run; its seed is that of the study, and the replications are the fewer of the two."
    )
    idempotency_key: str | None = strawberry.field(
        default=None,
        description="Any line of text; the same key with the same input again returns the study started first, and"
        " with another input it is refused.",
    )


@dataclass(frozen=True)
class Base:
    """What a study is about, read."""

    scenario_id: UUID
    version: int | None
    document: str


async def base_of(context: Context, given: StudyBaseInput) -> Base:
    """Raises RefusedError."""
    async with context.tenant() as connection:
        if isinstance(given.scenario_id, str):
            key = key_of(given.scenario_id, "Scenario")
            scenario = await scenario_store.get_scenario(connection, key) if key else None
            if scenario is None:
                raise _not_found("scenario", "scenarios", "base.scenarioId")
            return Base(scenario.id, scenario.version, scenario.document)
        run, document = await _run_of(connection, given.run_id or "", "base.runId")
        return Base(run.scenario_id, run.scenario_version, document)


async def explaining(context: Context, input: ExplainDifferenceInput) -> tuple[Base, StudyKind, Study]:
    """What a run was about, and the study that explains how it differs from its baseline. Raises RefusedError."""
    found, errors = [], []
    async with context.tenant() as connection:
        for text, path in ((input.baseline_run_id, "baselineRunId"), (input.run_id, "runId")):
            try:
                found.append(await _run_of(connection, text, path))
            except RefusedError as error:
                errors += error.errors
    if errors:
        raise RefusedError(*errors)
    (baseline, before), (run, document) = found
    fewer = min(one.experiment["replications"] for one in (baseline, run))
    experiment = Experiment(replications=fewer, seed=run.experiment["seed"])
    study = Explaining(document=document, baseline=before, experiment=experiment)
    return Base(run.scenario_id, run.scenario_version, document), StudyKind.EXPLAINING, study


async def _run_of(connection: Connection, text: str, path: str) -> tuple[RunRow, str]:
    """A run and its document. Raises RefusedError."""
    key = key_of(text, "Run")
    run = await run_store.get_run(connection, key) if key else None
    document = await run_store.get_document(connection, run.id) if run else None
    if run is None or document is None:
        raise _not_found("run", "runs", path)
    return run, document


def _not_found(what: str, of: str, path: str) -> RefusedError:
    message = f"there is no {what} of this id; pass the id of one of `{of}`"
    return RefusedError(user_error(UserErrorCode.NOT_FOUND, message, path))


def described(kind: StudyKind, document: str, input: Any) -> Study:
    """The study of an input, checked. Raises RefusedError."""
    model = KINDS[kind]
    given = {"document": document, **_experiment(model, input)}
    for name in model.model_fields.keys() - {"document", "experiment"}:
        value = getattr(input, name)
        if value is not None:
            given[name] = _WRITTEN.get(name, _as_is)(value)
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise RefusedError(
            *(
                user_error(UserErrorCode.INVALID_ARGUMENT, each["msg"], _path(each["loc"]) or None)
                for each in error.errors(include_url=False)
            )
        ) from None


def _experiment(model: type[Study], input: Started) -> dict[str, Any]:
    usual = model.model_fields["experiment"].default.model_dump(exclude={"precision"})
    own = {"replications": input.replications, "seed": input.seed}
    return {"experiment": {**usual, **{name: value for name, value in own.items() if value is not None}}}


def _path(steps: Sequence[int | str]) -> str:
    return ".".join(to_camel_case(str(step)) for step in steps if step != "experiment")


def _listed(name: str, write: Callable[[Any, str, list[Problem]], Any]) -> Callable[[Any], Any]:
    def written(values: Sequence[Any]) -> list[Any]:
        problems: list[Problem] = []
        found = [write(value, f"{name}.{place}", problems) for place, value in enumerate(values)]
        if problems:
            raise RefusedError(*problem_errors(problems, UserErrorCode.INVALID_ARGUMENT))
        return found

    return written


def _as_is(value: Any) -> Any:
    return value


def _shares(entries: Any) -> Any:
    problems: list[Problem] = []
    found = SHARES.write(entries, "siteShares", problems)
    if problems:
        raise RefusedError(*problem_errors(problems, UserErrorCode.INVALID_ARGUMENT))
    return found


_WRITTEN = {"site_shares": _shares, "tests": _listed("tests", STRESS.write), "axes": _listed("axes", AXIS.write)}


class StudyKey(NamedTuple):
    """By what a study may be asked for again, and the input as it was sent, to which that belongs."""

    key: str | None
    sent: bytes | None

    @classmethod
    def of(cls, what: str, input: Any) -> "StudyKey":
        key: str | None = input.idempotency_key
        return cls(key, None if key is None else input_digest([what, {**asdict(input), "idempotency_key": None}]))
