"""What was submitted, evaluated side by side, and scored by the client's weights."""

import asyncio
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

import strawberry
from pydantic import ValidationError

from server.graphql.awarding import sealed_error
from server.graphql.context import Context, Info
from server.graphql.enums import describe
from server.graphql.errors import RefusedError, UserError, UserErrorCode, at_most, problem_errors, user_error
from server.graphql.paging import global_id, key_of
from server.graphql.putting_out import own_request
from server.graphql.records import SCHEMA
from server.graphql.request_documents import request_of
from server.graphql.scenario_types import FORMS
from server.graphql.studies import Wanted, answer_of, started
from server.graphql.study_inputs import Base, StudyKey
from server.graphql.study_payloads import Begun
from server.store import proposals as proposal_store
from server.store import requests as request_store
from server.store import studies as study_store
from server.store.proposals import Offer
from server.store.requests import BaseRow, RequestRow, RequestStatus
from simulation.proposals.board import Figure
from simulation.proposals.evaluation import Evaluation, Mix
from simulation.proposals.proposal import Proposal as ProposalModel
from simulation.proposals.scorecard import Criterion, Score, Scorecard, scored
from simulation.scenario.problems import Problem, ScenarioError
from simulation.scenario.problems import RefusedError as CardRefusedError
from simulation.scenario.reading.canonical import canonical
from simulation.scenario.reading.document import from_data
from simulation.study_kinds import StudyKind

describe(Figure)
describe(Criterion)
MIX, CARD = FORMS.of(Mix), FORMS.of(Scorecard)
if TYPE_CHECKING:  # made from the models, which a type checker cannot follow
    MixInput: TypeAlias = Any
    ScorecardInput: TypeAlias = Any
    ProposalScore: TypeAlias = Any
else:
    MixInput, ScorecardInput = MIX.input, CARD.input
    ProposalScore = SCHEMA.of(Score).type


@strawberry.input(description="A request whose proposals are to be evaluated.")
class StartEvaluationInput:
    request_id: strawberry.ID = strawberry.field(description="The request: closed, or not sealed.")
    proposal_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Which of the proposals that stand, each a candidate; left out: all, at most 200."
    )
    mixes: list[MixInput] | None = strawberry.field(
        default=None,
        description="Mixes of these proposals, by their global ids: by shares such as 0.7 and 0.3, or one after the"
        " other.",
    )
    baseline: str | None = strawberry.field(
        default=None,
        description="The global id of a proposal or the name of a mix that all others are held against; left out: the"
        " best.",
    )
    idempotency_key: str | None = strawberry.field(
        default=None,
        description="Any line of text; the same key with the same input again returns the study started first, and"
        " with another input it is refused.",
    )


@strawberry.type(description="What came of startEvaluation.")
class StartEvaluationPayload(Begun):
    pass


@strawberry.type(description="The points of an evaluation's candidates.")
class ScoreProposalsPayload:
    scores: list[ProposalScore] = strawberry.field(
        description="Of every candidate, the most points first; empty when it was refused."
    )
    user_errors: list[UserError] = strawberry.field(description="Why it was refused; empty when it was scored.")


async def evaluate(info: Info, input: StartEvaluationInput) -> StartEvaluationPayload:
    """Checked here, begun by a worker."""

    async def asked() -> Wanted:
        request, base, offers = await _opened(info.context, input)
        return await asyncio.to_thread(_wanted, request, base, offers, input)

    return await started(info.context, StudyKey.of("startEvaluation", input), asked, StartEvaluationPayload)


async def _opened(
    context: Context, input: StartEvaluationInput
) -> tuple[tuple[RequestRow, str], tuple[BaseRow, str], list[Offer]]:
    """The request, what it was put out of, and what is offered. Raises RefusedError."""
    async with context.tenant() as connection:
        row, refused = await own_request(
            context, connection, input.request_id, RequestStatus.CLOSED, RequestStatus.AWARDED
        )
        if row is None or refused:
            raise RefusedError(*refused)
        if row.is_sealed and row.status is RequestStatus.OPEN:
            raise RefusedError(sealed_error(row))
        documents = await request_store.get_request_documents(connection, [row.id])
        base = (await request_store.get_bases(connection, [row.id]))[row.id]
        before = await request_store.get_base_document(connection, row.id) or ""
        offers = await proposal_store.get_offers(connection, row.id)
    return (row, documents[row.id]), (base, before), _chosen(offers, input.proposal_ids)


def _chosen(offers: Sequence[Offer], ids: Sequence[str] | None) -> list[Offer]:
    """Raises RefusedError."""
    if not offers:
        message = "no proposal stands for the request; there is nothing to evaluate"
        raise RefusedError(user_error(UserErrorCode.NOT_FOUND, message, "requestId"))
    if ids is None:
        return list(offers)
    known = {offer.proposal_id: offer for offer in offers}
    keys = [key_of(text, "Proposal") for text in ids]
    refused = [
        user_error(
            UserErrorCode.NOT_FOUND,
            "no proposal of this id stands for the request; pass the id of one that is SUBMITTED",
            f"proposalIds.{place}",
        )
        for place, key in enumerate(keys)
        if key not in known
    ]
    if refused:
        raise RefusedError(*refused)
    return [known[key] for key in dict.fromkeys(keys) if key in known]


def candidate(proposal: UUID) -> str:
    """What an evaluation calls a proposal: its global id."""
    return str(global_id("Proposal", proposal))


def _wanted(
    request: tuple[RequestRow, str], base: tuple[BaseRow, str], offers: Sequence[Offer], input: StartEvaluationInput
) -> Wanted:
    """Raises RefusedError."""
    (row, document), (from_, before) = request, base
    try:
        study = Evaluation.of(
            request_of(document),
            {candidate(one.proposal_id): ProposalModel.model_validate_json(one.document) for one in offers},
            mixes=[Mix.model_validate(one) for one in _written(MIX, input.mixes or [], "mixes")],
            client_cost=from_data(json.loads(before)).client_cost,
            baseline=input.baseline,
        )
        about = Base(from_.scenario_id, from_.scenario_version, canonical(study.scenario))
    except ValidationError as error:
        raise RefusedError(
            *(
                user_error(UserErrorCode.INVALID_ARGUMENT, one["msg"], ".".join(map(str, one["loc"])) or None)
                for one in error.errors(include_url=False)
            )
        ) from None
    except ScenarioError as error:
        raise RefusedError(*problem_errors(error.problems)) from None
    return Wanted(about, StudyKind.EVALUATION, study, row.id)


def _written(form: Any, values: Sequence[Any], path: str) -> list[Any]:
    problems: list[Problem] = []
    found = [form.write(value, f"{path}.{place}", problems) for place, value in enumerate(values)]
    if problems:
        raise RefusedError(*problem_errors(problems, UserErrorCode.INVALID_ARGUMENT))
    return found


async def score(context: Context, study_id: str, card: Any) -> ScoreProposalsPayload:
    key = key_of(study_id, "Study")
    async with context.tenant() as connection:
        row = await study_store.get_study(connection, key) if key else None
    board = await answer_of(context, row, StudyKind.EVALUATION) if row else None
    if board is None:
        message = (
            "there is no evaluation of this id that has succeeded; pass the id of one of a request's `evaluations`"
        )
        return ScoreProposalsPayload(scores=[], user_errors=[user_error(UserErrorCode.NOT_FOUND, message, "studyId")])
    try:
        return ScoreProposalsPayload(scores=await asyncio.to_thread(_scored, board, card), user_errors=[])
    except RefusedError as error:
        return ScoreProposalsPayload(scores=[], user_errors=at_most(error.errors))


def _scored(board: Any, card: Any) -> list[Score]:
    (data,) = _written(CARD, [card], "scorecard")
    try:
        return list(scored(board, Scorecard.model_validate(data)))
    except ValidationError as error:
        found = [(one["loc"], one["msg"]) for one in error.errors(include_url=False)]
    except CardRefusedError as error:
        found = [(one.at, f"{one.message}; {one.mend}") for one in error.refusals]
    raise RefusedError(
        *(
            user_error(UserErrorCode.INVALID_ARGUMENT, says, ".".join(map(str, ("scorecard", *at))))
            for at, says in found
        )
    )
