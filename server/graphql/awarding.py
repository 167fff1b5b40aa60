"""awardProposal: the client's scenario with the winners, and the end of the request."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import strawberry

from server.database.connecting import Connection
from server.graphql.context import Context, Info
from server.graphql.errors import RefusedError, UserError, UserErrorCode, at_most, problem_errors, user_error
from server.graphql.paging import key_of
from server.graphql.putting_out import own_request
from server.graphql.request_documents import request_of
from server.graphql.requests import Request, shown
from server.graphql.scenarios import Scenario, ScenarioNote
from server.graphql.scenarios import shown as shown_scenario
from server.store import proposals as proposal_store
from server.store import requests as store
from server.store.audit import AuditAction, Subject
from server.store.limits import hold_organisation
from server.store.proposals import Offer
from server.store.requests import BaseRow, RequestRow, RequestStatus
from server.store.scenarios import ScenarioRow, create_scenario
from simulation.proposals.awarding import Awarded, awarded
from simulation.proposals.joining import Part
from simulation.proposals.proposal import Proposal as ProposalModel
from simulation.scenario.problems import RefusedError as NotAwardedError
from simulation.scenario.problems import ScenarioError
from simulation.scenario.reading.canonical import canonical, digest, to_yaml
from simulation.scenario.reading.document import from_data


@strawberry.input(description="A request to award.")
class AwardProposalInput:
    request_id: strawberry.ID = strawberry.field(
        description="The request: closed, or not sealed, in which case it is closed by this."
    )
    proposal_ids: list[strawberry.ID] = strawberry.field(description="The winners, of what stands.")
    shares: list[float] | None = strawberry.field(
        default=None,
        description="Of each winner in turn, the share of the volume; they sum to 1. Left out: as much to each.",
    )
    after_seconds: list[float] | None = strawberry.field(
        default=None,
        description="In place of shares: of each winner in turn, after which wait of a contact it takes over; 0 for the"
        " first, which answers at once.",
    )
    name: str | None = strawberry.field(default=None, description="The scenario's name; left out: as it is.")


@strawberry.type(description="What came of awardProposal.")
class AwardProposalPayload:
    scenario: Scenario | None = strawberry.field(
        description="The client's scenario with the winners in place of the vendors whose work was put out; null when"
        " refused."
    )
    request: Request | None = strawberry.field(description="The request as it stands; null where there is none.")
    taken_away: list[ScenarioNote] = strawberry.field(
        description="What of the scenario went with those who had the work before, by its place there."
    )
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it was awarded.")


@dataclass(frozen=True)
class Winner:
    """An offer, and the part that it takes."""

    offer: Offer
    share: float
    after_seconds: float | None

    @property
    def part(self) -> Part:
        proposal = ProposalModel.model_validate_json(self.offer.document)
        return Part(proposal, share=self.share, after_seconds=self.after_seconds)


async def award(info: Info, input: AwardProposalInput) -> AwardProposalPayload:
    context = info.context
    request: RequestRow | None = None
    try:
        async with context.tenant() as connection:
            request, refused = await own_request(context, connection, input.request_id, RequestStatus.CLOSED)
            if request is None or refused:
                raise RefusedError(*refused)
            winners = await winners_of(connection, request, input)
            documents = await store.get_request_documents(connection, [request.id])
            base = await store.get_base_document(connection, request.id)
            shares = (await store.get_bases(connection, [request.id]))[request.id].shares
        made = await asyncio.to_thread(_awarded, base or "", documents[request.id], winners, shares, input.name)
        async with context.tenant() as connection:
            scenario, request = await _stored(context, connection, input, winners, made)
    except RefusedError as error:
        told = shown(request) if request else None
        return AwardProposalPayload(scenario=None, request=told, taken_away=[], user_errors=at_most(error.errors))
    notes = [ScenarioNote(path=note.path, message=note.message) for note in made.told]
    return AwardProposalPayload(
        scenario=shown_scenario(scenario), request=shown(request), taken_away=notes, user_errors=[]
    )


async def winners_of(connection: Connection, request: RequestRow, input: AwardProposalInput) -> list[Winner]:
    """Raises RefusedError."""
    if request.is_sealed and request.status is RequestStatus.OPEN:
        raise RefusedError(sealed_error(request))
    offers = {offer.proposal_id: offer for offer in await proposal_store.get_offers(connection, request.id)}
    keys = [key_of(text, "Proposal") for text in input.proposal_ids]
    refused = [
        *(_no_such_offer(f"proposalIds.{place}") for place, key in enumerate(keys) if key not in offers),
        *_list_errors(input),
    ]
    if refused:
        raise RefusedError(*refused)
    count = len(keys)
    waits = [wait or None for wait in input.after_seconds or [0.0] * count]
    shares = input.shares or [1.0 if input.after_seconds else 1.0 / count] * count
    return [
        Winner(offers[key], share, wait) for key, share, wait in zip(keys, shares, waits, strict=True) if key in offers
    ]


def sealed_error(request: RequestRow) -> UserError:
    message = (
        f"what is offered is sealed until {request.closes_at.isoformat()}; wait, or close it now with closeRequest"
    )
    return user_error(UserErrorCode.SEALED, message, "requestId")


def _no_such_offer(path: str) -> UserError:
    message = "no proposal of this id stands for the request; pass the id of one that is SUBMITTED"
    return user_error(UserErrorCode.NOT_FOUND, message, path)


def _list_errors(input: AwardProposalInput) -> list[UserError]:
    count, errors = len(input.proposal_ids), []
    if not count or len({key_of(text, "Proposal") for text in input.proposal_ids}) < count:
        message = "name at least one proposal, and each once"
        errors.append(user_error(UserErrorCode.INVALID_ARGUMENT, message, "proposalIds"))
    if input.shares is not None and input.after_seconds is not None:
        message = "winners take shares, or take over after a wait; leave one of the two out"
        errors.append(user_error(UserErrorCode.INVALID_ARGUMENT, message, "afterSeconds"))
    for name, given in (("shares", input.shares), ("afterSeconds", input.after_seconds)):
        if given is not None and len(given) != count:
            message = f"there are {len(given)} for {count} proposals; write one for each"
            errors.append(user_error(UserErrorCode.INVALID_ARGUMENT, message, name))
    first, *later = input.after_seconds or [0.0]
    if first != 0 or any(not wait > 0 for wait in later):
        message = "the first answers at once, the others after a wait; write 0 first, then seconds over 0"
        errors.append(user_error(UserErrorCode.INVALID_ARGUMENT, message, "afterSeconds"))
    if input.shares is not None and any(not 0 < share <= 1 for share in input.shares):
        message = "every winner has a share over 0 and at most 1; leave out who has none"
        errors.append(user_error(UserErrorCode.INVALID_ARGUMENT, message, "shares"))
    return errors


def _awarded(
    base: str, request: str, winners: Sequence[Winner], shares: Mapping[str, float], name: str | None
) -> Awarded:
    """Raises RefusedError."""
    try:
        parts = [winner.part for winner in winners]
        return awarded(from_data(json.loads(base)), request_of(request), parts, shares=shares, name=name)
    except ScenarioError as error:
        raise RefusedError(*problem_errors(error.problems)) from None
    except NotAwardedError as error:
        raise RefusedError(
            *(
                user_error(UserErrorCode.INVALID_ARGUMENT, f"{one.message}; {one.mend}", ".".join(map(str, one.at)))
                for one in error.refusals
            )
        ) from None


async def _stored(
    context: Context, connection: Connection, input: AwardProposalInput, winners: Sequence[Winner], made: Awarded
) -> tuple[ScenarioRow, RequestRow]:
    """Raises RefusedError where something has changed meanwhile."""
    await hold_organisation(connection)
    request, refused = await own_request(context, connection, input.request_id, RequestStatus.CLOSED)
    if request is None or refused:
        raise RefusedError(*refused)
    if await winners_of(connection, request, input) != list(winners):
        message = "a winner has submitted another version meanwhile; look at it, and award again"
        raise RefusedError(user_error(UserErrorCode.CONFLICT, message, "proposalIds"))
    base: BaseRow = (await store.get_bases(connection, [request.id]))[request.id]
    told = {"path": "", "paths": [], "summary": f"awarded by the request {request.name}"}
    scenario = await create_scenario(
        connection,
        name=made.scenario.name,
        document=canonical(made.scenario),
        source=to_yaml(made.scenario),
        digest=digest(made.scenario),
        base_id=base.scenario_id,
        changes=[told],
    )
    by_share = input.after_seconds is None
    won: dict[UUID, float | None] = {one.offer.vendor_id: one.share if by_share else None for one in winners}
    await store.award_request(connection, request.id, scenario.id, won)
    facts = {
        "scenario": scenario.id,
        "proposals": [str(one.offer.proposal_id) for one in winners],
        "shares": list(won.values()),
    }
    await context.record(connection, AuditAction.AWARD_REQUEST, Subject("Request", request.id), **facts)
    after = await store.get_request(connection, request.id)
    return scenario, after or request
