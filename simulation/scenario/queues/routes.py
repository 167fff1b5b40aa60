"""Routes: which teams may answer a queue's contacts, in which order, and how vendors share them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from simulation.scenario.calendar import Day
from simulation.scenario.entries import entries, within
from simulation.scenario.problems import refuse
from simulation.scenario.quantities import Described, Id, Seconds, Share

SUM_TOLERANCE = 0.001
"""Shares that are meant to sum to 1 may miss it by so much."""


class Choice(StrEnum):
    """Which of several free agents takes the contact, within the first step that has one."""

    allocates: bool
    """Whether contacts are given to vendors by shares."""

    def __new__(cls, word: str, allocates: bool = False) -> "Choice":
        made = str.__new__(cls, word)
        made._value_, made.allocates = word, allocates
        return made

    LONGEST_IDLE = "LONGEST_IDLE"
    """The agent who has been idle longest."""
    LEAST_OCCUPIED = "LEAST_OCCUPIED"
    """An agent of the team with the smallest share of busy agents."""
    ALLOCATION = "ALLOCATION", True
    """An agent of the vendor to which the contact was allocated when it arrived, the longest idle one."""


class AllocationKind(StrEnum):
    """How contacts are allocated to vendors by their shares."""

    is_exact: bool
    """Whether what each vendor gets of a number of contacts is known."""

    def __new__(cls, word: str, is_exact: bool = False) -> "AllocationKind":
        made = str.__new__(cls, word)
        made._value_, made.is_exact = word, is_exact
        return made

    COUNTED = "COUNTED", True
    """In turn, so that each vendor's count keeps to its share as exactly as whole contacts allow."""
    RANDOM = "RANDOM"
    """Each contact by chance, with the shares as probabilities."""


class Allocation(Described):
    """From a date on, vendors get these shares of the contacts that arrive."""

    from_: Annotated[Day | None, Field(alias="from")] = None
    """First local date of the queue on which it holds, until the next entry; left out, in the first only: always."""
    shares: Annotated[dict[Id, Share], Field(min_length=1)]
    """Share of each vendor, by its id; they sum to 1."""
    kind: AllocationKind = AllocationKind.COUNTED
    """How contacts are allocated by these shares."""

    @model_validator(mode="after")
    def _all_is_allocated(self) -> Self:
        total = sum(self.shares.values())
        if abs(total - 1) > SUM_TOLERANCE:
            refuse(f"shares sum to {total:g}", "write shares that sum to 1", ("shares",))
        return self


class RouteStep(Described):
    """Teams that become eligible together."""

    teams: Annotated[tuple[Id, ...], Field(min_length=1)]
    """Ids of the teams."""
    after_seconds: Seconds = 0.0
    """Seconds of waiting after which they are eligible."""


class Route(Described):
    """Who may answer."""

    choice: Choice = Choice.LONGEST_IDLE
    """Which of several free agents takes the contact."""
    allocation: tuple[Allocation, ...] = ()
    """Shares of the vendors, by ascending date; with choice ALLOCATION only, and then needed."""
    steps: tuple[RouteStep, ...] = ()
    """Tiers of teams in order of preference; left out: every team with the skill, in one tier. Under ALLOCATION they
    order the teams of the vendor drawn, who alone may answer."""

    @model_validator(mode="after")
    def _allocated_where_the_choice_says_so(self) -> Self:
        if self.choice.allocates and not self.allocation:
            mend = "add allocation: [{shares: {VENDOR: 1}}] with the ids of vendors"
            refuse(f"choice {self.choice} needs shares of vendors", mend, ("allocation",))
        if not self.choice.allocates and self.allocation:
            mend = "write choice: ALLOCATION, or remove allocation"
            refuse(f"choice {self.choice} allocates nothing", mend, ("allocation",))
        for a in range(1, len(self.allocation)):
            before, begins = self.allocation[a - 1].from_, self.allocation[a].from_
            if begins is None or (before is not None and begins <= before):
                mend = "order entries by date; only the first may leave `from` out"
                refuse("is not after the entry before", mend, ("allocation", a, "from"))
        return self

    @model_validator(mode="after")
    def _steps_in_order(self) -> Self:
        if self.steps and self.steps[0].after_seconds:
            mend = "remove after_seconds: the first step is eligible at once"
            refuse("nobody may answer before the first step", mend, ("steps", 0, "after_seconds"))
        seen: set[str] = set()
        for s, step in enumerate(self.steps):
            if s and step.after_seconds < self.steps[s - 1].after_seconds:
                mend = f"write {self.steps[s - 1].after_seconds:g} or more, or change the order"
                refuse("comes before the step above it", mend, ("steps", s, "after_seconds"))
            for t, team in enumerate(step.teams):
                if team in seen:
                    refuse(f"{team} already stands in this route", "name each team once", ("steps", s, "teams", t))
                seen.add(team)
        return self


def is_allocated(queue: Mapping[str, Any]) -> bool:
    """Whether a queue's plain data allocate its contacts to vendors."""
    choice = within(queue.get("route"), "choice")
    return any(choice == one for one in Choice if one.allocates)


def is_exactly_allocated(queue: Mapping[str, Any]) -> bool:
    """... so that the number of each is known."""
    kinds = [entry.get("kind") for _, entry in entries(within(queue.get("route"), "allocation"), ())]
    return is_allocated(queue) and not any(kind == one for kind in kinds for one in AllocationKind if not one.is_exact)
