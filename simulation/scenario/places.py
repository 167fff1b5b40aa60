"""Time zones and countries by their standard names, from the locked time zone data and not the machine's."""

from functools import cache
from importlib import resources
from typing import Annotated

from pydantic import AfterValidator

from simulation.scenario.problems import nearest, refuse, shown


@cache
def zones() -> frozenset[str]:
    """The names of the IANA time zones, without those that stand for none or for the machine's."""
    names = resources.files("tzdata").joinpath("zones").read_text("utf-8").split()
    return frozenset(names) - {"Factory", "localtime", "posixrules"}


@cache
def countries() -> frozenset[str]:
    """The two-letter codes of ISO 3166."""
    table = resources.files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text("utf-8")
    return frozenset(line[:2] for line in table.splitlines() if not line.startswith("#"))


def zone(name: str) -> str:
    """A time zone's name as it is; refuses one that there is not."""
    if name not in zones():
        city = name.replace(" ", "_").casefold()
        by_city = [zone for zone in sorted(zones()) if zone.casefold().endswith(f"/{city}")]
        close = by_city[0] if by_city else nearest(name, sorted(zones())) or "a name such as America/New_York"
        refuse(f"there is no time zone {shown(name)}", f"write {close}")
    return name


def _country(code: str) -> str:
    if code not in countries():
        mend = "write GB" if code == "UK" else "write two capital letters of ISO 3166 such as PH"
        refuse(f"there is no country {shown(code)}", mend)
    return code


Zone = Annotated[str, AfterValidator(zone)]
Country = Annotated[str, AfterValidator(_country)]
