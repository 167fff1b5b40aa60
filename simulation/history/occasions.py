"""Days that are not ordinary: public holidays, the day after one that was closed, and events that somebody names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

OBSERVED = " (observed)"
AFTER = "day after "


@dataclass(frozen=True)
class KnownEvent:
    """A sale, a campaign, a release: days of it that are past tell what those to come will bring.

    name: what it is called; all days of one name share a multiplier
    start: its first local day
    days: how many there are
    """

    name: str
    start: date
    days: int = 1

    @property
    def dates(self) -> list[date]:
        """Its local dates."""
        return [self.start + timedelta(days=k) for k in range(self.days)]


@dataclass(frozen=True)
class Occasions:
    """What is known of the calendar besides weekdays.

    holidays: names of public holidays by date
    events:   names of events by date
    """

    holidays: dict[date, str]
    events: dict[date, str]

    @classmethod
    def of(cls, country: str | None, events: Sequence[KnownEvent], first: date, last: date) -> "Occasions":
        """The occasions of some years. Raises LookupError where the country has no known holidays."""
        known = {} if country is None else named_holidays(country, first.year - 1, last.year + 1)
        return cls(known, {day: event.name for event in events for day in event.dates})

    def after(self, closed: Iterable[date], is_open: Iterable[date]) -> dict[date, str]:
        """The first open day after each closed holiday, and of which; within a week."""
        opened = set(is_open)
        found: dict[date, str] = {}
        for holiday in sorted(set(closed) & set(self.holidays)):
            nexts = (holiday + timedelta(days=k) for k in range(1, 8))
            after = next((day for day in nexts if day in opened), None)
            if after is not None:
                found[after] = self.holidays[holiday]
        return found


@lru_cache(maxsize=64)
def named_holidays(country: str, first_year: int, last_year: int) -> dict[date, str]:
    """Public holidays of a country (ISO 3166, two letters) by date, those moved to a working day by their own name.

    Source: the library `holidays`. Raises LookupError for a country that it does not know.
    """
    from holidays import country_holidays, list_supported_countries  # half a second to import, for those who ask

    if country not in list_supported_countries():
        raise LookupError(f"no public holidays are known of {country!r}; write a country as two letters, such as US")
    dated = country_holidays(country, years=range(first_year, last_year + 1), language=_english(country))
    return {day: name.removesuffix(OBSERVED) for day, name in sorted(dated.items())}


def _english(country: str) -> str | None:
    from holidays import list_localized_countries

    return "en_US" if "en_US" in list_localized_countries().get(country, ()) else None
