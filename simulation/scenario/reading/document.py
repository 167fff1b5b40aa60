"""A scenario document, text or data, as a validated scenario: everything wrong with it is said at once.

That holds up to `MOST_PROBLEMS` problems: looking for more stops there, and a last problem says that there are more.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, TypeVar

from pydantic import ValidationError

from simulation.scenario.checks.consistency import names_refused, parts_refused
from simulation.scenario.checks.locks import locks_refused
from simulation.scenario.contracts.clauses import Clause
from simulation.scenario.contracts.forecasts import Forecast
from simulation.scenario.contracts.pricing import Pricing
from simulation.scenario.entries import Entry, entries, place
from simulation.scenario.events import Event
from simulation.scenario.horizon import Heading
from simulation.scenario.problems import MOST_PROBLEMS, Path, Problem, Refusal, RefusedError, ScenarioError
from simulation.scenario.quantities import Described
from simulation.scenario.queues.queue import Queue
from simulation.scenario.reading.likeness import expand_likes
from simulation.scenario.reading.overrides import change
from simulation.scenario.reading.tree import alternatives_refused
from simulation.scenario.reading.wording import MISSING, refusals
from simulation.scenario.reading.yaml_text import UnreadableError, read
from simulation.scenario.scenario import Scenario
from simulation.scenario.transitions import Transition
from simulation.scenario.vendors import Team

Part = TypeVar("Part", bound=Described)


def load(text: str, *, file: str = "<scenario>", changes: Mapping[str, str] | None = None) -> Scenario:
    """The scenario of a YAML or JSON text.

    `file` is the name under which problems are reported. `changes` are values by path, written in YAML, that replace
    the text's own, such as `{"queues.orders.demand.weekly_volume": "45000"}`; list items are addressed by id or by
    position from 0. Raises `ScenarioError` with every problem.
    """
    try:
        reading = read(text)
    except UnreadableError as error:
        found = error.refusal
        path = ".".join(map(str, found.at))
        raise ScenarioError([Problem(file, error.line, path, found.message, found.mend)]) from None
    data = set_paths(reading.data, changes, file=file) if changes else reading.data
    return _scenario(data, file, reading.lines, reading.refused)


def set_paths(data: object, changes: Mapping[str, str], *, file: str = "<scenario>") -> object:
    """The data with the values of some paths replaced; raises `ScenarioError` for paths that lead nowhere."""
    problems = []
    for path, text in changes.items():
        try:
            data = change(data, path, text)
        except RefusedError as error:
            problems += [Problem(file, None, path, one.message, one.mend) for one in error.refusals]
    if problems:
        raise ScenarioError(problems)
    return data


def from_data(data: object, *, file: str = "<scenario>") -> Scenario:
    """The scenario of plain data, as JSON gives it. Raises `ScenarioError` with every problem."""
    return _scenario(data, file, {}, [])


def _scenario(data: object, file: str, lines: Mapping[Path, int], unread: list[Refusal]) -> Scenario:
    if not isinstance(data, Mapping):
        raise not_a_map(data, file, "begin with name, start, weeks, timezone, queues, vendors")
    scenario, refused, expanded = judged(data, unread)
    if scenario is None or refused:
        raise ScenarioError(problems_of(refused, expanded, file, lines))
    return scenario


def not_a_map(data: object, file: str, mend: str) -> ScenarioError:
    """What is said of data that are no document at all."""
    found = "is empty" if data is None else "is not a map of names to values"
    return ScenarioError([Problem(file, None, "", found, mend)])


def judged(
    data: Mapping[str, Any], unread: Sequence[Refusal] = ()
) -> tuple[Scenario | None, list[Refusal], Mapping[str, Any]]:
    """A scenario's data judged: the scenario if there is one, everything refused, and the data with `like` expanded.

    unread: what could not be read of the text. At most one more than `MOST_PROBLEMS` are refused.
    """
    expanded, taken, astray = expand_likes(data)
    scenario, wrong = validated(Scenario, expanded)
    if scenario is None:
        wrong = _not_said_before(chain(wrong, _across_parts(expanded)), unread, astray, taken)
    return scenario, _not_said_twice(chain(unread, astray, wrong), taken), expanded


def validated(model: type[Part], data: object) -> tuple[Part | None, Iterator[Refusal]]:
    """A part of plain data that is valid in itself, else what is wrong with it."""
    try:
        return model.model_validate(data), iter(())
    except ValidationError as error:
        return None, _refusals(model, error)


def _refusals(model: type[Described], error: ValidationError) -> Iterator[Refusal]:
    """What validation found, put into words only as far as it is asked for."""
    yield from refusals(model, error.errors(include_url=False))


def _across_parts(document: Mapping[str, Any]) -> Iterator[Refusal]:
    """What does not agree between the parts that are valid in themselves."""
    yield from names_refused(document)
    yield from alternatives_refused(Scenario, document, ())
    known = set(Heading.model_fields)
    heading, refused = validated(Heading, {key: value for key, value in document.items() if key in known})
    yield from refused
    if heading is None:
        return
    vendors = list(entries(document.get("vendors"), ("vendors",)))
    team_entries = [entry for path, vendor in vendors for entry in entries(vendor.get("teams"), (*path, "teams"))]
    teams = {(int(path[1]), int(path[3])): team for path, team in _valid_entries(Team, team_entries)}
    queues, events = _valid(Queue, document, "queues"), _valid(Event, document, "events")
    transitions = _valid(Transition, document, "transitions")
    yield from parts_refused(heading.horizon, queues, teams, events, transitions, _valid_terms(vendors))
    yield from locks_refused(document, heading.horizon, _valid(Forecast, document, "forecasts"))


def _valid_terms(vendors: Iterable[Entry]) -> dict[Path, Pricing | Clause]:
    """The lines of pricing and the clauses that are valid in themselves, by path."""
    contracts = [entry for path, one in vendors for entry in entries(one.get("contracts"), (*path, "contracts"))]
    pricing = [entry for path, one in contracts for entry in entries(one.get("pricing"), (*path, "pricing"))]
    clauses = [entry for path, one in contracts for entry in entries(one.get("slas"), (*path, "slas"))]
    return {**dict(_valid_entries(Pricing, pricing)), **dict(_valid_entries(Clause, clauses))}


def _valid(model: type[Part], document: Mapping[str, Any], name: str) -> dict[int, Part]:
    """The parts of a list that are valid in themselves, by position."""
    return {int(path[1]): part for path, part in _valid_entries(model, entries(document.get(name), (name,)))}


def _valid_entries(model: type[Part], found: Iterable[Entry]) -> Iterator[tuple[Path, Part]]:
    """The parts that are valid in themselves, with their paths."""
    for path, entry in found:
        part, _ = validated(model, entry)
        if part is not None:
            yield path, part


def _not_said_before(
    wrong: Iterable[Refusal], unread: Sequence[Refusal], astray: list[Refusal], taken: Mapping[Path, Path]
) -> Iterator[Refusal]:
    """What does not just follow from a value that could not be read or from a `like` that leads nowhere."""
    values, queues = {one.at for one in unread}, {one.at[:2] for one in astray}
    return (
        one
        for one in wrong
        if not values & {one.at, _source(one.at, taken)} and not (one.message == MISSING and one.at[:2] in queues)
    )


def _not_said_twice(refused: Iterable[Refusal], taken: Mapping[Path, Path]) -> list[Refusal]:
    """Each refusal once; what is wrong with a field taken from another queue is said of that queue only.

    At most one more than `MOST_PROBLEMS` of what stands where it is found, and what many queues took from it.
    """
    once: dict[tuple[Path, str], Refusal] = {}
    own = 0
    for one in refused:
        own += (one.at, one.message) not in once and _source(one.at, taken) == one.at
        once[one.at, one.message] = one
        if own > MOST_PROBLEMS:
            break
    return [
        one
        for (at, message), one in once.items()
        if _source(at, taken) == at or (_source(at, taken), message) not in once
    ]


def _source(path: Path, taken: Mapping[Path, Path]) -> Path:
    """Where a value stands that a queue takes from another; elsewhere the path itself."""
    while path[:3] in taken:
        path = taken[path[:3]] + path[3:]
    return path


def problems_of(refused: Iterable[Refusal], data: object, file: str, lines: Mapping[Path, int]) -> list[Problem]:
    """Refusals as problems of a document's data, in the order of its lines; of those beyond `MOST_PROBLEMS` only that
    there are more."""
    more = iter(refused)
    said = [
        Problem(file, _line(one.at, lines), place(one.at, data), one.message, one.mend)
        for one in islice(more, MOST_PROBLEMS)
    ]
    said.sort(key=lambda problem: math.inf if problem.line is None else problem.line)
    if any(True for _ in more):
        said.append(Problem(file, None, "", "and more is wrong", f"mend these {MOST_PROBLEMS} first"))
    return said


def _line(path: Path, lines: Mapping[Path, int]) -> int | None:
    """The line of a path, else of the nearest place around it."""
    return next((lines[path[:n]] for n in range(len(path), -1, -1) if path[:n] in lines), None)
