"""Public holidays of countries, from the library `holidays`."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from simulation.scenario.people.holidays import Holidays


@lru_cache(maxsize=256)
def public_holidays(country: str, first_year: int, last_year: int) -> frozenset[date]:
    """The dates that are public holidays in all of a country (ISO 3166, two letters), in whole years."""
    from holidays import country_holidays  # half a second to import, for those who ask

    return frozenset(country_holidays(country, years=range(first_year, last_year + 1)))


def holidays_kept(given: Holidays, country: str, dates: Sequence[date]) -> frozenset[date]:
    """The holidays of people at a site in a country, in the years of some dates."""
    return public_holidays(given.calendar or country, dates[0].year, dates[-1].year) | set(given.extra)
