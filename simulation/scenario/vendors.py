"""Vendors, their sites and teams: who supplies people, where they sit and what they can do."""

from collections.abc import Iterator
from enum import StrEnum
from math import floor
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from simulation.scenario.checks.rosters import rosters_refused
from simulation.scenario.checks.seats import lending_refused, site_refused
from simulation.scenario.checks.workforces import policies_refused, queues_refused, workforce_refused
from simulation.scenario.contracts.clauses import Clause
from simulation.scenario.contracts.contract import Contract
from simulation.scenario.contracts.costs import TeamCost
from simulation.scenario.contracts.pricing import Pricing
from simulation.scenario.people.policies import Policy
from simulation.scenario.people.shifts import Shift
from simulation.scenario.people.workforce import Workforce
from simulation.scenario.places import Country, Zone
from simulation.scenario.problems import Path, RefusedError, refuse
from simulation.scenario.quantities import (
    Currency,
    Described,
    Heads,
    Id,
    Label,
    PartialShare,
    PositiveFactor,
    Share,
    Whole,
    named_by_id,
)

ROUNDING = 1e-6
"""People by which a site may miss a whole number and still hold it."""


class VendorKind(StrEnum):
    """An outside company or the client's own team."""

    OUTSOURCED = "OUTSOURCED"
    """A company that supplies people."""
    IN_HOUSE = "IN_HOUSE"
    """The client's own people."""


class Location(StrEnum):
    """Where a site is, seen from the client; a label to filter and report by."""

    ONSHORE = "ONSHORE"
    """In the client's country."""
    NEARSHORE = "NEARSHORE"
    """In a country near by."""
    OFFSHORE = "OFFSHORE"
    """In a country far away."""


class Leaving(StrEnum):
    """Who goes when agents are cut and none is free."""

    OWN_CONTACT = "OWN_CONTACT"
    """Certain agents, drawn at random, each when the contact in hand is finished."""
    FIRST_FREE = "FIRST_FREE"
    """Whoever finishes first."""


class Site(Described):
    """A place where teams sit."""

    id: Id
    """Its name in paths and teams; unique among all vendors' sites."""
    country: Country
    """Two capital letters of ISO 3166."""
    timezone: Zone | None = None
    """Time zone of its shifts; left out: the scenario's."""
    location: Location | None = None
    """Where it is, seen from the client; a label to filter and report by."""
    seats: Heads | None = None
    """Most people on its teams' payrolls, in whatever stage, who do not work from home; left out: any number."""
    remote_share: PartialShare = 0.0
    """Share of its people who work from home and take no seat: it holds seats / (1 - remote_share), rounded down."""
    training_seats: Heads | None = None
    """Most people in training at one time; left out: any number."""
    trainers: Heads | None = None
    """Most classes in training at one time; left out: any number."""

    @property
    def places(self) -> int | None:
        """Most people it can hold, those at home too; None for any number."""
        return None if self.seats is None else floor(self.seats / (1 - self.remote_share) + ROUNDING)

    @model_validator(mode="after")
    def _those_at_home_leave_seats(self) -> Self:
        if self.remote_share and self.seats is None:
            refuse("it holds any number of people", "add seats, or remove remote_share", ("remote_share",))
        return self


class Skill(Described):
    """A queue that a team serves."""

    queue: Id
    """Id of the queue."""
    priority: Annotated[Whole, Field(ge=1, le=1000)] = 1
    """An agent who becomes free takes contacts of priority 1 first."""
    speed: Annotated[PositiveFactor, Field(ge=0.01, le=100)] = 1.0
    """Factor on the handling time of this queue: 1.1 takes a tenth longer."""
    resolution: Share = 1.0
    """Probability that a contact of this queue is solved; one that is not comes back as the queue's repeat says."""


Agents = Annotated[Whole, Field(ge=0, le=100_000)]


def _one_or_many(value: Any) -> Any:
    return (value,) if isinstance(value, int | float) and not isinstance(value, bool) else value


class Staffing(Described):
    """Agents on the floor, given and certain."""

    agents: Annotated[
        tuple[Agents, ...],
        Field(min_length=1),
        BeforeValidator(_one_or_many),
        WithJsonSchema(
            {
                "anyOf": [
                    {"type": "integer", "minimum": 0, "maximum": 100_000},
                    {"type": "array", "minItems": 1, "items": {"type": "integer", "minimum": 0, "maximum": 100_000}},
                ]
            },
            mode="validation",
        ),
    ]
    """Agents on the floor: one number for all the time, or one an interval."""


class Team(Described):
    """People with the same skills at one site."""

    one_of = ("staffing", "workforce")

    id: Id
    """Its name in paths, routes and results; unique among all vendors' teams."""
    site: Id
    """Id of one of its vendor's sites."""
    skills: Annotated[tuple[Skill, ...], Field(min_length=1)]
    """Queues that it serves."""
    staffing: Staffing | None = None
    """Agents on the floor, given; or `workforce`."""
    workforce: Workforce | None = None
    """People, from whom agents on the floor follow, in place of given agents."""
    shifts: tuple[Shift, ...] = ()
    """When the workforce works; left out: fitted to each week's requirement."""
    policies: tuple[Policy, ...] = ()
    """How it decides to grow, to shrink and to call people in; left out: it does not."""
    leaving: Leaving = Leaving.OWN_CONTACT
    """Who goes when agents are cut and none is free."""
    cost: TeamCost | None = None
    """What it costs its vendor; of all teams of a vendor or of none, whose cost and margin then are not known."""

    @property
    def heads(self) -> int:
        """Heads in production at the start, or the most agents that are given."""
        if self.workforce is not None:
            return self.workforce.headcount
        return max(self.staffing.agents) if self.staffing is not None else 0

    @model_validator(mode="after")
    def _shifts_are_the_workforce_s(self) -> Self:
        if self.staffing is not None and self.shifts:
            refuse("staffing takes no shifts: its agents are on the floor", "remove shifts", ("shifts",))
        for name in ("hire", "training_per_week") if self.staffing is not None and self.cost is not None else ():
            if getattr(self.cost, name):
                refuse("its agents are given, nobody is hired", f"remove {name}", ("cost", name))
        if self.workforce is not None:
            refused = list(rosters_refused(self.shifts, self.workforce))
            if refused:
                raise RefusedError(*refused)
        return self

    @model_validator(mode="after")
    def _people_agree(self) -> Self:
        refused = [*policies_refused(self.policies, self.workforce)]
        if self.workforce is not None:
            skills = [skill.queue for skill in self.skills]
            of_people = [*workforce_refused(self.workforce), *queues_refused(self.workforce, skills)]
            refused += [one.below(("workforce",)) for one in of_people]
        if refused:
            raise RefusedError(*refused)
        return self


class Vendor(Described):
    """Whoever supplies people: an outside company or the client's own team."""

    id: Id
    """Its name in paths and results."""
    name: Label = ""
    """What people call it; left out: its id."""
    kind: VendorKind = VendorKind.OUTSOURCED
    """An outside company or the client's own team."""
    currency: Currency | None = None
    """Currency of its contracts and of its teams' cost; left out: the scenario's. Results are in the scenario's: each
    line is converted by `exchange_rates` before it is rounded."""
    sites: Annotated[tuple[Site, ...], Field(min_length=1)]
    """Places where its teams sit."""
    teams: Annotated[tuple[Team, ...], Field(min_length=1)]
    """Its teams."""
    contracts: Annotated[tuple[Contract, ...], Field(max_length=1000)] = ()
    """What it is paid for and what it promises, one contract a client."""

    def terms(self) -> Iterator[tuple[Path, Pricing | Clause]]:
        """Every line of pricing and every clause of its contracts, with its path in the vendor."""
        for c, contract in enumerate(self.contracts):
            yield from ((("contracts", c, "pricing", p), pricing) for p, pricing in enumerate(contract.pricing))
            yield from ((("contracts", c, "slas", s), clause) for s, clause in enumerate(contract.slas))

    @model_validator(mode="before")
    @classmethod
    def _named_by_id(cls, value: Any) -> Any:
        return named_by_id(value)

    @model_validator(mode="after")
    def _people_fit_their_sites(self) -> Self:
        teams = dict(enumerate(self.teams))
        refused = [*lending_refused(teams), *(one for site in self.sites for one in site_refused(site, teams))]
        if refused:
            raise RefusedError(*refused)
        return self
