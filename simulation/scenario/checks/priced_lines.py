"""What must hold of lines of pricing in plain data: that their queues are the vendor's, that what they charge for can
be told from other work, and that somebody does it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulation.scenario.checks.premiums import has_overrun, hour_lines, premium_refused
from simulation.scenario.contracts.attribution import Served, charged
from simulation.scenario.contracts.pricing_kinds import CountedBy, Definition, PricingKind, counted_kind, kind_of
from simulation.scenario.destinations import listed
from simulation.scenario.entries import Entry, ids, within
from simulation.scenario.problems import Path, Refusal, choose, shown
from simulation.scenario.queues.channels import Channel


@dataclass(frozen=True)
class PricedLines:
    """The lines of a contract.

    own:    the queues that it covers
    served: of the vendor
    teams:  the vendor's
    queues: of the document
    """

    lines: Sequence[Entry]
    own: Sequence[str]
    served: Served
    teams: Sequence[Mapping[str, Any]]
    queues: Sequence[Entry]

    def refused(self) -> Iterator[Refusal]:
        """All that is wrong with them."""
        for at, line in self.lines:
            kind, counted = kind_of(line), counted_kind(line)
            if kind is not None and counted is not None and counted.definition.has_units:
                yield from self._line_refused(line, kind, counted.definition, at)

    def _line_refused(
        self, line: Mapping[str, Any], kind: PricingKind, counted: Definition, at: Path
    ) -> Iterator[Refusal]:
        named, charges = list(listed(line.get("queues"))), charged(line, self.own)
        known = ids(self.queues)
        refused = [r for q, name in enumerate(named) for r in name_refused(name, self.own, known, (*at, "queues", q))]
        if charges and not refused:
            refused = list(self._untold(counted, charges, (*at, "queues") if named else at))
            refused = refused or list(self._undone(line, kind, at))
        yield from refused

    def _untold(self, counted: Definition, charges: Sequence[str], at: Path) -> Iterator[Refusal]:
        """Work on some queues that what the kind is counted by does not tell from other work."""
        by = counted.counted_by
        if by is not CountedBy.TEAM and self.served.is_alone(charges):
            return
        mixed = self.served.mixed_team(charges)
        if by is CountedBy.QUEUE:
            other = next(queue for queue in charges if not self.served.is_alone([queue]))
            yield _uncounted(other, counted, at)
        elif mixed is not None:
            team, other = mixed
            what = "its hours" if by is CountedBy.TEAM else "what it did of each"
            mend = f"add {other} to queues, or give {team} no skill for it"
            yield Refusal(f"{team} also answers {other}, and {what} cannot be told apart", mend, at)
        elif by is CountedBy.QUEUE_OR_TEAM_ONE_AT_A_TIME:
            yield from (_uncounted(queue, counted, at) for queue in self._at_once(charges))

    def _at_once(self, charges: Sequence[str]) -> Iterator[str]:
        """Those whose contacts overlap in an agent's time."""
        for _, queue in self.queues:
            slots = queue["concurrency"].get("slots", 1) if isinstance(queue.get("concurrency"), Mapping) else 1
            if queue.get("id") in charges and (slots != 1 or queue.get("channel") == Channel.OUTBOUND):
                yield queue["id"]

    def _undone(self, line: Mapping[str, Any], kind: PricingKind, at: Path) -> Iterator[Refusal]:
        """A premium on what no one line charges for, and what nobody works."""
        if kind.definition.is_premium:
            lines = [other for _, other in self.lines]
            refused = list(premium_refused(line, lines, self.own, at))
            yield from refused
            if refused or has_overrun(line, lines[hour_lines(line, lines, self.own)[0]]):
                return
        yield from self._nobody(line, kind, at)

    def _nobody(self, line: Mapping[str, Any], kind: PricingKind, at: Path) -> Iterator[Refusal]:
        people, named = kind.definition.people, self.served.teams_of(charged(line, self.own))
        if people is None:
            return
        crews = [team.get("workforce") for team in self.teams if team.get("id") in named]
        if all(within(crew, field) in (None, (), []) for crew in crews for field in people.fields):
            mend = f"add {' or '.join(people.fields)} to a workforce, or remove the line"
            yield Refusal(f"none of the teams that answer its queues, {', '.join(named)}, {people.told}", mend, at)


def name_refused(name: Any, own: Sequence[str], known: Mapping[str, None], at: Path) -> Iterator[Refusal]:
    """A queue that is not there, or not served under the contract; `known`: all there are."""
    if not isinstance(name, str) or name in own:
        return
    if name not in known:
        yield Refusal(f"there is no queue {shown(name)}", choose(name, own), at)
    else:
        yield Refusal(f"the vendor does not serve {name} under this contract", choose(name, own), at)


def _uncounted(queue: str, counted: Definition, at: Path) -> Refusal:
    message = f"other vendors answer {queue} too, and {counted.untold}"
    return Refusal(message, "write PER_CONTACT, or leave the queue to this vendor alone", at)
