"""What a client does with a request: it puts it out, invites vendors, says when it closes, takes it back."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias, get_args
from uuid import UUID

import strawberry
from pydantic import ValidationError

from server.database.connecting import Connection
from server.graphql.context import Context, Info
from server.graphql.errors import (
    RefusedError,
    UserError,
    UserErrorCode,
    at_most,
    input_digest,
    key_errors,
    problem_errors,
    reused_key,
    user_error,
)
from server.graphql.paging import key_of
from server.graphql.requests import Request, shown
from server.graphql.runs import impossible
from server.graphql.scenario_types import FORMS
from server.graphql.study_inputs import STRESS, StressInput
from server.store import invitations as invitation_store
from server.store import requests as store
from server.store.audit import AuditAction, Subject
from server.store.invitations import MOST_INVITED, Found
from server.store.limits import hold_organisation
from server.store.organisations import OrganisationKind, own_organisation
from server.store.requests import NewRequest, RequestRow, RequestStatus
from server.store.scenarios import ScenarioRow, get_scenario
from simulation.experiment import Experiment
from simulation.proposals.putting_out import PutOut, put_out
from simulation.proposals.request import GatedSteps
from simulation.scenario.problems import Problem, ScenarioError
from simulation.scenario.problems import RefusedError as NotPutOutError
from simulation.scenario.quantities import Id, Share
from simulation.scenario.reading.canonical import canonical, digest
from simulation.scenario.reading.document import from_data
from simulation.studies.stress import LIBRARY, Stress

STEPS, SHARES = FORMS.of(GatedSteps), FORMS.of(dict[Id, Share])
if TYPE_CHECKING:  # made from the models, which a type checker cannot follow
    GatedStepsInput: TypeAlias = Any
    SharesInput: TypeAlias = Any
else:
    GatedStepsInput = STEPS.input
    (SharesInput,) = get_args(SHARES.input)

LONGEST = timedelta(days=2 * 366)
"""Until a request closes."""
MOST_AT_ONCE = 50
"""Vendors invited by one mutation."""


@strawberry.input(description="A request to put out.")
class CreateRequestInput:
    scenario_id: strawberry.ID = strawberry.field(
        description="The scenario whose work it is; the request keeps it as it is now."
    )
    closes_at: datetime = strawberry.field(description="Until when vendors may answer; within two years.")
    name: str | None = strawberry.field(default=None, description="Its name, not blank; left out: the scenario's.")
    queues: list[strawberry.ID] | None = strawberry.field(
        default=None,
        description="Ids of the queues that are put out; left out: those that any outsourced vendor serves, else all.",
    )
    contract_of: strawberry.ID | None = strawberry.field(
        default=None,
        description="The vendor's id in the scenario whose contract's terms are offered, without its prices; left out:"
        " of the outsourced vendor that serves most of the queues.",
    )
    shares: list[SharesInput] | None = strawberry.field(
        default=None, description="By queue, the share of its volume that is put out, over 0; left out: all of it."
    )
    transition: GatedStepsInput | None = strawberry.field(
        default=None, description="The steps in which the volume comes; left out: all of it from the first day."
    )
    replications: int | None = strawberry.field(
        default=None, description="How often every proposal is simulated, 1 to 100000. Left out: 100."
    )
    seed: int | None = strawberry.field(default=None, description="The key of all randomness. Left out: 1.")
    stresses: list[StressInput] | None = strawberry.field(
        default=None, description="The stress tests that every proposal is put through; left out: the whole library."
    )
    sealed: bool = strawberry.field(
        default=True,
        description="Whether what vendors offer stays closed until the request closes; false: it may be opened and"
        " evaluated as it comes in.",
    )
    idempotency_key: str | None = strawberry.field(
        default=None,
        description="Any line of text; the same key with the same input again returns the request made first, and with"
        " another input it is refused.",
    )


@strawberry.type
class OfRequest:
    request: Request | None = strawberry.field(description="The request as it stands; null where there is none.")
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it was done.")


@strawberry.type(description="What came of createRequest.")
class CreateRequestPayload(OfRequest):
    pass


@strawberry.input(description="Vendors to invite to a request.")
class InviteVendorsInput:
    request_id: strawberry.ID = strawberry.field(description="The request, still open.")
    organisations: list[str] = strawberry.field(
        description="Vendor organisations of this server by exact name or by id, 1 to 50; whoever is invited already"
        " stays so."
    )


@strawberry.type(description="What came of inviteVendors: all of them are invited, or none.")
class InviteVendorsPayload(OfRequest):
    pass


@strawberry.input(description="A request to close.")
class CloseRequestInput:
    request_id: strawberry.ID = strawberry.field(description="The request, still open.")


@strawberry.type(description="What came of closeRequest.")
class CloseRequestPayload(OfRequest):
    pass


@strawberry.input(description="A request to be given more time.")
class ExtendRequestInput:
    request_id: strawberry.ID = strawberry.field(description="The request, still open.")
    closes_at: datetime = strawberry.field(description="Until when vendors may answer; later than now agreed.")


@strawberry.type(description="What came of extendRequest.")
class ExtendRequestPayload(OfRequest):
    pass


@strawberry.input(description="A request to take back.")
class WithdrawRequestInput:
    request_id: strawberry.ID = strawberry.field(description="The request, not awarded.")


@strawberry.type(description="What came of withdrawRequest.")
class WithdrawRequestPayload(OfRequest):
    pass


async def create(info: Info, input: CreateRequestInput) -> CreateRequestPayload:
    context, key = info.context, input.idempotency_key
    sent = None if key is None else input_digest({**asdict(input), "idempotency_key": None})
    try:
        if refused := [*key_errors(key), *_impossible(input)]:
            raise RefusedError(*refused)
        row = await _put_out(context, input, sent)
    except RefusedError as error:
        return CreateRequestPayload(request=None, user_errors=at_most(error.errors))
    return CreateRequestPayload(request=shown(row), user_errors=[])


def _impossible(input: CreateRequestInput) -> list[UserError]:
    errors = list(closing_errors(input.closes_at))
    if input.name is not None and not 0 < len(input.name.strip()) <= 200:
        message = "the name will not do; write 1 to 200 characters, or leave it out for the scenario's"
        errors.append(user_error(UserErrorCode.INVALID_ARGUMENT, message, "name"))
    return errors


def closing_errors(closes_at: datetime) -> list[UserError]:
    left = closes_at - datetime.now(UTC)
    if timedelta(0) < left <= LONGEST:
        return []
    message = (
        f"{closes_at.isoformat()} is {'over' if left <= timedelta(0) else 'too far'}; write a time within two years"
    )
    return [user_error(UserErrorCode.INVALID_ARGUMENT, message, "closesAt")]


async def _put_out(context: Context, input: CreateRequestInput, sent: bytes | None) -> RequestRow:
    async with context.tenant() as connection:
        if earlier := await _put_out_before(connection, input.idempotency_key, sent):
            return earlier
        own = await own_organisation(connection)
        key = key_of(input.scenario_id, "Scenario")
        scenario = await get_scenario(connection, key) if key else None
    if own is None or own.kind is not OrganisationKind.CLIENT:
        raise RefusedError(user_error(UserErrorCode.WRONG_KIND, "only a client puts out requests; vendors answer them"))
    if scenario is None:
        raise no_such_scenario()
    found = await asyncio.to_thread(_separated, scenario, input)
    new = NewRequest(
        name=found.request.name,
        client_name=own.name,
        document=canonical(found.request),
        digest=digest(found.request),
        is_sealed=input.sealed,
        closes_at=input.closes_at,
        scenario_id=scenario.id,
        scenario_version=scenario.version,
        base=scenario.document,
        shares=found.shares,
        left_out=[{"path": note.path, "message": note.message} for note in found.left_out],
        idempotency_key=input.idempotency_key,
        input_digest=sent,
    )
    async with context.tenant() as connection:
        return await _stored(context, connection, new)


async def _stored(context: Context, connection: Connection, new: NewRequest) -> RequestRow:
    await hold_organisation(connection)  # of two with one key, one makes it; nobody deletes the scenario meanwhile
    if earlier := await _put_out_before(connection, new.idempotency_key, new.input_digest):
        return earlier
    if await get_scenario(connection, new.scenario_id) is None:
        raise no_such_scenario()
    key = await store.create_request(connection, new)
    facts = {"scenario": new.scenario_id, "version": new.scenario_version, "digest": new.digest}
    await context.record(connection, AuditAction.CREATE_REQUEST, Subject("Request", key), **facts)
    return await _found(connection, key)


async def _put_out_before(connection: Connection, key: str | None, sent: bytes | None) -> RequestRow | None:
    earlier = await store.find_request(connection, key) if key is not None else None
    if earlier and (refused := reused_key("put out a request", earlier.input_digest, sent)):
        raise RefusedError(*refused)
    return await store.get_request(connection, earlier.request_id) if earlier else None


async def _found(connection: Connection, key: UUID) -> RequestRow:
    row = await store.get_request(connection, key)
    if row is None:
        raise LookupError(f"request {key} is gone")
    return row


def no_such_scenario() -> RefusedError:
    message = "there is no scenario of this id; pass the id of one of `scenarios`"
    return RefusedError(user_error(UserErrorCode.NOT_FOUND, message, "scenarioId"))


def _separated(scenario: ScenarioRow, input: CreateRequestInput) -> PutOut:
    """What is the client's own, and what it puts out. Raises RefusedError."""
    try:
        return put_out(
            from_data(json.loads(scenario.document)),
            name=input.name,
            queues=input.queues,
            contract_of=input.contract_of,
            shares=_shares(input),
            transition=_transition(input),
            experiment=_experiment(input),
            stresses=_stresses(input),
        )
    except ScenarioError as error:
        raise RefusedError(*problem_errors(error.problems)) from None
    except NotPutOutError as error:
        raise RefusedError(*(refusal_error(one.at, f"{one.message}; {one.mend}") for one in error.refusals)) from None


def refusal_error(at: tuple[str | int, ...], message: str) -> UserError:
    return user_error(UserErrorCode.INVALID_ARGUMENT, message, ".".join(map(_named, at)) or None)


def _named(step: str | int) -> str:
    return {"contract_of": "contractOf"}.get(str(step), str(step))


def _experiment(input: CreateRequestInput) -> Experiment:
    given = {"replications": input.replications, "seed": input.seed}
    try:
        return Experiment.model_validate({name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise RefusedError(*impossible(error)) from None


def _shares(input: CreateRequestInput) -> Mapping[str, float] | None:
    return None if input.shares is None else _written(SHARES, input.shares, "shares")


def _transition(input: CreateRequestInput) -> GatedSteps | None:
    if input.transition is None:
        return None
    data = _written(STEPS, input.transition, "transition")
    return _validated(lambda: GatedSteps.model_validate(data), "transition")


def _stresses(input: CreateRequestInput) -> list[Stress] | tuple[Stress, ...]:
    if input.stresses is None:
        return LIBRARY
    data = [_written(STRESS, one, f"stresses.{place}") for place, one in enumerate(input.stresses)]
    return [_validated(lambda one=one: Stress.model_validate(one), "stresses") for one in data]  # type: ignore[misc]


def _written(form: Any, value: Any, path: str) -> Any:
    problems: list[Problem] = []
    found = form.write(value, path, problems)
    if problems:
        raise RefusedError(*problem_errors(problems, UserErrorCode.INVALID_ARGUMENT))
    return found


def _validated(read: Any, path: str) -> Any:
    try:
        return read()
    except ValidationError as error:
        found = ((".".join(map(str, (path, *one["loc"]))), one["msg"]) for one in error.errors(include_url=False))
        raise RefusedError(*(user_error(UserErrorCode.INVALID_ARGUMENT, says, at) for at, says in found)) from None
    except NotPutOutError as error:
        raise RefusedError(
            *(refusal_error((path, *one.at), f"{one.message}; {one.mend}") for one in error.refusals)
        ) from None


async def invite(info: Info, input: InviteVendorsInput) -> InviteVendorsPayload:
    context = info.context
    async with context.tenant() as connection:
        row, refused = await own_request(context, connection, input.request_id)
        if row is None or refused:
            return InviteVendorsPayload(request=row and shown(row), user_errors=refused)
        vendors, refused = await _sought(connection, input.organisations)
        invited = 0 if refused else await invitation_store.count_invitations(connection, row.id)
        if invited + len(vendors) > MOST_INVITED:
            message = f"a request has at most {MOST_INVITED} invitations, and this one has {invited}; invite fewer"
            refused = [user_error(UserErrorCode.TOO_LARGE, message, "organisations")]
        if refused:
            return InviteVendorsPayload(request=shown(row), user_errors=refused)
        made = await invitation_store.invite(connection, row.id, vendors)
        if made:  # by the invitations' ids, which end with the vendors: their names would stay in the log
            subject = Subject("Request", row.id)
            await context.record(connection, AuditAction.INVITE_VENDORS, subject, invitations=list(map(str, made)))
        row = await _found(connection, row.id)
    return InviteVendorsPayload(request=shown(row), user_errors=[])


async def _sought(connection: Connection, organisations: list[str]) -> tuple[list[Found], list[UserError]]:
    if not 1 <= len(organisations) <= MOST_AT_ONCE:
        message = f"there are {len(organisations)}; name 1 to {MOST_AT_ONCE} vendors at once"
        return [], [user_error(UserErrorCode.INVALID_ARGUMENT, message, "organisations")]
    found: dict[UUID, Found] = {}
    refused = []
    for place, text in enumerate(organisations):
        key = key_of(text, "Organisation")
        vendor = await invitation_store.find_vendor(connection, str(key) if key else text) if "\0" not in text else None
        if vendor is None:
            message = "there is no vendor of exactly this name or id on this server; ask it how it is called here"
            refused.append(user_error(UserErrorCode.NOT_FOUND, message, f"organisations.{place}"))
        else:
            found[vendor.id] = vendor
    return list(found.values()), refused


async def close(info: Info, input: CloseRequestInput) -> CloseRequestPayload:
    return await _closing(info.context, input.request_id, None, CloseRequestPayload)


async def extend(info: Info, input: ExtendRequestInput) -> ExtendRequestPayload:
    return await _closing(info.context, input.request_id, input.closes_at, ExtendRequestPayload)


async def _closing(context: Context, request_id: str, closes_at: datetime | None, payload: Any) -> Any:
    async with context.tenant() as connection:
        row, refused = await own_request(context, connection, request_id)
        if row and closes_at is not None and not refused:
            refused = _later_errors(row, closes_at)
        if row is None or refused:
            return payload(request=row and shown(row), user_errors=refused)
        await store.set_closing(connection, row.id, closes_at)
        row = await _found(connection, row.id)
        facts = {"closes_at": row.closes_at.isoformat()}
        await context.record(connection, AuditAction.SET_CLOSING, Subject("Request", row.id), **facts)
    return payload(request=shown(row), user_errors=[])


def _later_errors(row: RequestRow, closes_at: datetime) -> list[UserError]:
    if closes_at <= row.closes_at:
        message = (
            f"it is not later than {row.closes_at.isoformat()}, which vendors count on; closeRequest closes it now"
        )
        return [user_error(UserErrorCode.INVALID_ARGUMENT, message, "closesAt")]
    return closing_errors(closes_at)


async def withdraw(info: Info, input: WithdrawRequestInput) -> WithdrawRequestPayload:
    context = info.context
    async with context.tenant() as connection:
        row, refused = await own_request(context, connection, input.request_id, RequestStatus.CLOSED)
        if row is None or refused:
            return WithdrawRequestPayload(request=row and shown(row), user_errors=refused)
        await store.withdraw_request(connection, row.id)
        await context.record(connection, AuditAction.WITHDRAW_REQUEST, Subject("Request", row.id))
        row = await _found(connection, row.id)
    return WithdrawRequestPayload(request=shown(row), user_errors=[])


async def own_request(
    context: Context, connection: Connection, text: str, *more: RequestStatus
) -> tuple[RequestRow | None, list[UserError]]:
    """A request of the asker's own, held; why nothing is done with it, unless it is open or stands as is said."""
    key = key_of(text, "Request")
    row = await store.get_request(connection, key) if key else None
    if row is None or row.organisation_id != context.who.organisation_id:
        message = "there is no request of this id that the organisation has put out; pass the id of one of `requests`"
        return None, [user_error(UserErrorCode.NOT_FOUND, message, "requestId")]
    await store.hold_request(connection, row.id)
    row = await _found(connection, row.id)
    if row.status not in (RequestStatus.OPEN, *more):
        return row, [closed_error(row)]
    return row, []


def closed_error(row: RequestRow) -> UserError:
    since = {RequestStatus.AWARDED: row.awarded_at, RequestStatus.WITHDRAWN: row.withdrawn_at}.get(row.status)
    message = f"the request is {row.status.lower()} since {(since or row.closes_at).isoformat()}; nothing was done"
    return user_error(UserErrorCode.REQUEST_CLOSED, message, "requestId")
