"""Requests and proposals from outside, text or data: hostile until they are read, everything wrong said at once.

What must hold of them is what must hold of the scenario that they make. So a request is judged with a stand-in for the
vendor, a proposal with its request, and whatever is refused is said at the place of the document that was sent.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain, islice
from typing import Any, TypeVar

from simulation.proposals.joining import alone, stepped, work_of
from simulation.proposals.proposal import Proposal
from simulation.proposals.request import Request
from simulation.scenario.contracts.commitments import CommittedUnit
from simulation.scenario.entries import entries, ids, place, within
from simulation.scenario.problems import MOST_LOOKED_FOR, Path, Problem, Refusal, ScenarioError, choose, shown
from simulation.scenario.quantities import Described
from simulation.scenario.reading.canonical import canonical_data
from simulation.scenario.reading.document import judged, not_a_map, problems_of, validated
from simulation.scenario.reading.likeness import expand_likes
from simulation.scenario.reading.yaml_text import Reading, UnreadableError, read
from simulation.scenario.vendors import Vendor

Document = TypeVar("Document", bound=Described)
Judge = Callable[[Mapping[str, Any]], tuple[Document | None, list[Refusal]]]

CONTRACT: Path = ("vendors", 0, "contracts", 0)
"""Where the terms stand in a scenario of one vendor."""
SOMEBODY = {"headcount": 1, "hiring": {}, "attrition": {"annual_rate": 0.1}}
"""People of whom every metric can count something."""


def load_request(text: str, *, file: str = "<request>") -> Request:
    """The request of a YAML or JSON text. Raises ScenarioError with every problem."""
    return _loaded(text, file, _judged_request, "begin with name, start, weeks, timezone, queues, terms")


def request_from_data(data: object, *, file: str = "<request>") -> Request:
    """The request of plain data. Raises ScenarioError with every problem."""
    return _read(Reading(data, {}, []), file, _judged_request, "begin with name, start, weeks, timezone, queues, terms")


def load_proposal(text: str, request: Request, *, file: str = "<proposal>") -> Proposal:
    """The proposal of a YAML or JSON text, for a request. Raises ScenarioError with every problem."""
    return _loaded(text, file, _judge_for(request), "begin with vendor and pricing")


def proposal_from_data(data: object, request: Request, *, file: str = "<proposal>") -> Proposal:
    """The proposal of plain data, for a request. Raises ScenarioError with every problem."""
    return _read(Reading(data, {}, []), file, _judge_for(request), "begin with vendor and pricing")


def _loaded(text: str, file: str, judge: Judge[Document], mend: str) -> Document:
    try:
        reading = read(text)
    except UnreadableError as error:
        found = error.refusal
        path = ".".join(map(str, found.at))
        raise ScenarioError([Problem(file, error.line, path, found.message, found.mend)]) from None
    return _read(reading, file, judge, mend)


def _read(reading: Reading, file: str, judge: Judge[Document], mend: str) -> Document:
    if not isinstance(reading.data, Mapping):
        raise not_a_map(reading.data, file, mend)
    document, wrong = judge(reading.data)
    unread = {one.at for one in reading.refused}
    refused = [*reading.refused, *(one for one in wrong if one.at not in unread)]
    if document is None or refused:
        once = {(one.at, one.message): one for one in refused}
        raise ScenarioError(problems_of(once.values(), reading.data, file, reading.lines))
    return document


def _judged_request(data: Mapping[str, Any]) -> tuple[Request | None, list[Refusal]]:
    expanded, taken, _ = expand_likes(data)
    request, wrong = validated(Request, expanded)
    _, refused, _ = judged(_stood_in(data))
    own = [one for one in wrong if one.at[:3] not in taken]
    return request, [*own, *_of_request(refused)]


def _stood_in(request: Mapping[str, Any]) -> dict[str, Any]:
    """The scenario of a request with somebody who serves all of it, and has a line of pricing for every commitment."""
    terms, queues = request.get("terms"), list(ids(entries(request.get("queues"), ())))
    units = [one.get("unit") for _, one in entries(within(terms, "commitments"), ())]
    kinds = dict.fromkeys(unit.kind.value for unit in CommittedUnit if unit in units)
    pricing = [{"kind": kind, "rate": 1} for kind in kinds] or [{"kind": "FIXED_MONTHLY", "amount": 1}]
    vendor = {
        "id": "vendor",
        "sites": [{"id": "site", "country": "US"}],
        "teams": [{"id": "team", "site": "site", "workforce": SOMEBODY, "skills": [{"queue": one} for one in queues]}],
        "contracts": [{**(terms if isinstance(terms, Mapping) else {}), "pricing": pricing}],
    }
    found = {**work_of(request), "vendors": [vendor]}
    if isinstance(steps := request.get("transition"), Mapping):
        found["transitions"] = [stepped(steps, request.get("queues"), "vendor")]
    return found


def _of_request(refused: list[Refusal]) -> Iterator[Refusal]:
    """What is refused of the scenario with the stand-in, at its place in the request."""
    for one in refused:
        if one.at[:4] == CONTRACT:
            yield Refusal(one.message, one.mend, ("terms", *one.at[4:]))
        elif one.at[:2] == ("transitions", 0):
            yield Refusal(one.message, one.mend, ("transition", *one.at[2:]))
        elif one.at[:1] != ("vendors",):
            yield one


def _judge_for(request: Request) -> Judge[Proposal]:
    work = canonical_data(request)

    def judge(data: Mapping[str, Any]) -> tuple[Proposal | None, list[Refusal]]:
        proposal, wrong = validated(Proposal, data)
        own = [*islice(chain(wrong, _strangers(data, work)), MOST_LOOKED_FOR)]
        routes = data.get("routes")
        if not isinstance(data.get("vendor"), Mapping) or not (routes is None or isinstance(routes, Mapping)):
            return proposal, own
        known = {**data, "vendor": {key: value for key, value in data["vendor"].items() if key in VENDOR_S}}
        _, refused, _ = judged(alone(work, known))
        return proposal, [*own, *_of_proposal(refused, data, work)]

    return judge


VENDOR_S = frozenset(Vendor.model_fields) - {"kind", "contracts"}
"""What a proposal may say of its vendor; whatever else it says is refused by itself."""


def _strangers(data: Mapping[str, Any], work: Mapping[str, Any]) -> Iterator[Refusal]:
    """Routes of queues that are not in the request, and money that nobody can change."""
    queues = ids(entries(work["queues"], ()))
    for queue in data["routes"] if isinstance(data.get("routes"), Mapping) else ():
        if queue not in queues:
            message = f"there is no queue {shown(queue)} in the request"
            yield Refusal(message, choose(str(queue), queues), ("routes", queue))
    currency = within(data.get("vendor"), "currency")
    money = [work.get("currency", "USD"), *work.get("exchange_rates", {})]
    if isinstance(currency, str) and currency not in money:
        message = f"the request knows no {shown(currency)}"
        yield Refusal(message, choose(currency, money), ("vendor", "currency"))


def _of_proposal(refused: list[Refusal], data: Mapping[str, Any], work: Mapping[str, Any]) -> Iterator[Refusal]:
    """What is refused of the scenario, at its place in the proposal; what stands in the request is named as such."""
    for one in refused:
        if one.at[:5] == (*CONTRACT, "pricing"):
            yield Refusal(one.message, one.mend, ("pricing", *one.at[5:]))
        elif one.at[:4] == CONTRACT:
            yield _of_the_request(one, work, ("terms", *one.at[4:]))
        elif one.at[:3] == ("vendors", 0, "currency") and isinstance(within(data["vendor"], "currency"), str):
            continue  # said in the words of the request
        elif one.at[:2] == ("vendors", 0):
            yield Refusal(one.message, one.mend, ("vendor", *one.at[2:]))
        elif one.at[:1] == ("queues",) and len(one.at) > 1:
            yield _of_queue(one, data, work)
        elif one.at[:2] == ("transitions", 0):
            yield _of_the_request(one, work, ("transition", *one.at[2:]))
        else:
            yield _of_the_request(one, work, one.at)


def _of_queue(one: Refusal, data: Mapping[str, Any], work: Mapping[str, Any]) -> Refusal:
    queue = work["queues"][one.at[1]]["id"]
    if one.at[2:3] == ("route",) and queue in (data.get("routes") or {}):
        return Refusal(one.message, one.mend, ("routes", queue, *one.at[3:]))
    if len(one.at) == 2:
        return Refusal(f"{queue}: {one.message}", one.mend, ("vendor", "teams"))
    return _of_the_request(one, work, one.at)


def _of_the_request(one: Refusal, work: Mapping[str, Any], at: Path) -> Refusal:
    where = place(at, work)
    return Refusal(f"{f'{where} of the request: ' if where else ''}{one.message}", one.mend)
