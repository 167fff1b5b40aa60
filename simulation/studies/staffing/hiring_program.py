"""The mixed-integer program that proposes a hiring plan: heads by option, hours of teams by queue and week.

    least sum of price_o x_o + 40 x dearest hour x (short + beyond),    0 <= x_o <= most_o, where
    sum of worth[q, t] y[q, t, w] over teams + short[q, w] >= (1 + buffer[q, w]) required[q, w]   every queue and week
    sum of y[q, t, w] over queues <= there[t, w] + sum of effective_o[w] x_o             every team and week
    of weeks that one window scores, together: sum of value(y) + short >= sum of value((1 + buffer) required), `WORTH`
    under allocation y of a vendor's teams >= its share x (1 + buffer) required
    heads of a site <= seats, in training <= training seats, every week
    heads of a team >= 0; variants of one given class together <= its most
    bench only up to what is required of its team (a binary column each week), and <= its heads x weeks
    hours of a site - beyond <= its share x all hours

Hours are effective floor hours (`expected_people`), required are those of `world.planning`. `buffer` is what simulation
has taught: the program knows neither chance nor the hours of the day. Solved by HiGHS.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from simulation.studies.staffing.expected_people import given_hours
from simulation.studies.staffing.options import Option, What
from simulation.studies.staffing.setting import Limits, Setting
from simulation.world.demand.cells import Float64

SHORT = 40.0
"""An hour short costs so many of the dearest hours: it is short only where nothing can be done."""
WIDTHS = np.array([0.9, 0.1, 0.1, 0.15, 0.25, 0.5])
WORTH = (1.0, 0.8, 0.6, 0.4, 0.2, 0.05)
"""Hours of a week up to 0.9 of those required are worth themselves, the next tenth 0.8 each, and so on: the more are
there, the fewer contacts another hour saves. Beyond the last they are worth nothing."""
_WORTHS = WIDTHS * np.array(WORTH)
FLOOR = 0.75
"""The least cover of a week that is scored together with others."""
SLIGHTLY = 1e-6


BINDING = {
    "seats": "seats of the sites",
    "training": "training seats of the sites",
    "class sizes": "sizes of classes and ramps",
    "lead time": "lead times, training and days on which no class starts",
    "shares": "shares of the sites",
}
"""Limits that may bind, in words."""


@dataclass(frozen=True, eq=False)
class Proposal:
    """What the program answers.

    amounts: heads by option, in the order of `Setting.options`
    covered: Float64 (weeks, queues), hours that teams have for each queue / hours required; NaN where none are
    short: Float64 (weeks, queues), hours missing
    beyond: hours of sites over their shares
    cost: of what is decided, hours missing at their price
    """

    amounts: Float64
    covered: Float64
    short: Float64
    beyond: float
    cost: float

    @property
    def lacking(self) -> float:
        """Hours by which limits do not let it be what is asked for."""
        return float(self.short.sum()) + self.beyond


class _Rows:
    """Rows of a program, least <= row, gathered one by one."""

    def __init__(self) -> None:
        self._entries: list[tuple[int, int, float]] = []
        self.most: list[float] = []

    def at_most(self, row: Mapping[int, float], most: float) -> None:
        """The row's sum is at most so much."""
        self._entries += [(len(self.most), column, value) for column, value in row.items() if value]
        self.most.append(most)

    def matrix(self, columns: int) -> "csr_array[Any]":
        """All of them."""
        rows, places, values = zip(*self._entries, strict=True)
        return csr_array((values, (rows, places)), shape=(len(self.most), columns))


def propose(setting: Setting, buffer: Float64, limits: Limits) -> Proposal:
    """The least-cost plan whose hours are the required ones x (1 + buffer), Float64 (weeks, queues), or as near to it
    as limits allow."""
    offered = _offered(setting, limits)
    queues, weeks, n = len(setting.scenario.queues), setting.weeks, len(offered)
    needed = np.maximum(setting.required * (1 + buffer), 0.0)
    work: dict[tuple[int, int, int], int] = {}
    for q, teams in enumerate(setting.serving):
        for t in teams:
            for w in range(weeks):
                if needed[w, q] > 0:
                    work[q, t, w] = n + len(work)
    short = {(q, w): n + len(work) + q * weeks + w for q in range(queues) for w in range(weeks)}
    calls = {o: n + len(work) + queues * weeks + k for k, o in enumerate(_bench(offered))}
    parts = _parts(setting, first=n + len(work) + queues * weeks + len(calls))
    columns = n + len(work) + queues * weeks + len(calls) + len(parts) + 1
    rows = _Rows()
    _together(rows, setting, buffer, work, short, parts)
    for q, some in setting.blocks:
        needed[list(some), q] = np.minimum(needed[list(some), q], FLOOR * setting.required[list(some), q])
    _cover(rows, setting, needed, work, short)
    _use(rows, setting, offered, work)
    _fit(rows, setting, offered, limits, beyond=columns - 1)
    dearest = max((abs(o.price) / max(float(np.abs(o.adds.floor).sum()), 1.0) for o in offered), default=1.0)
    cost = np.zeros(columns)
    cost[:n] = [option.price for option in offered]
    cost[n + len(work) :] = SHORT * max(dearest, 1.0)
    cost[list(calls.values()) + list(parts.values())] = 0.0
    _call(rows, setting, offered, calls)
    most, whole = np.full(columns, np.inf), np.zeros(columns, np.int64)
    most[:n] = [option.most for option in offered]
    most[list(calls.values())], whole[list(calls.values())] = 1.0, 1
    for (q, w, k), column in parts.items():
        most[column] = WIDTHS[k] * setting.required[w, q]
    within = LinearConstraint(rows.matrix(columns), -np.inf, np.array(rows.most))
    solved = milp(cost, integrality=whole, bounds=Bounds(np.zeros(columns), most), constraints=within)
    assert solved.x is not None  # nothing decided and everything short is always allowed
    missing = np.array([[solved.x[short[q, w]] for q in range(queues)] for w in range(weeks)])
    given = np.zeros((weeks, queues))
    for (q, t, w), column in work.items():
        given[w, q] += setting.worth[q, t] * solved.x[column]
    covered = np.divide(given, setting.required, out=np.full(given.shape, np.nan), where=setting.required > 0)
    _level_blocks(setting, covered)
    amounts = solved.x[:n] if offered is setting.options else np.zeros(len(setting.options))
    return Proposal(
        np.where(amounts < SLIGHTLY, 0.0, amounts), covered, missing, float(solved.x[-1]), float(solved.fun)
    )


def _offered(setting: Setting, limits: Limits) -> Sequence[Option]:
    """The options; freed of a limit that is not to count."""
    if limits.without == "class sizes":
        return [_freed(option, option.most * 100) for option in setting.options]
    if limits.without == "lead time":
        return [*setting.options, *_at_once(setting)]
    return setting.options


def _freed(option: Option, most: float) -> Option:
    parts = option.what, option.team, option.place, option.on, option.until, option.by
    return Option(*parts, option.adds, most, option.price)


def _at_once(setting: Setting) -> list[Option]:
    """Experienced people from any week on, as if there were no lead time."""
    found = []
    for t, outlook in setting.outlooks.items():
        for w in range(setting.weeks):
            gone = outlook.released(w)
            on = setting.grid.dates[7 * w]
            found.append(Option(What.HIRE, t, -1, on, None, on, gone.times(-1.0), 10_000.0, 1e4))
    return found


def _parts(setting: Setting, first: int) -> dict[tuple[int, int, int], int]:
    """Columns for the hours of a queue's week by what they are worth, of weeks that are scored together."""
    cells = dict.fromkeys((q, w) for q, weeks in setting.blocks for w in weeks if setting.required[w, q] > 0)
    keys = [(q, w, k) for q, w in cells for k in range(len(WIDTHS))]
    return {key: first + place for place, key in enumerate(keys)}


def _together(
    rows: _Rows,
    setting: Setting,
    buffer: Float64,
    work: Mapping[tuple[int, int, int], int],
    short: Mapping[tuple[int, int], int],
    parts: Mapping[tuple[int, int, int], int],
) -> None:
    """Weeks that a window scores together may stand in for each other, with what their hours are worth."""
    for q, w in dict.fromkeys((q, w) for q, w, _ in parts):
        row = {parts[q, w, k]: 1.0 for k in range(len(WIDTHS))}
        row |= {work[q, t, w]: -float(setting.worth[q, t]) for t in setting.serving[q] if (q, t, w) in work}
        rows.at_most(row, 0.0)
    for q, weeks in setting.blocks:
        some = [w for w in weeks if (q, w, 0) in parts]
        row = {parts[q, w, k]: -worth for w in some for k, worth in enumerate(WORTH)}
        wanted = sum(float(_value(1 + buffer[w, q])) * float(setting.required[w, q]) for w in some)
        if some:
            rows.at_most({**row, short[q, some[0]]: -1.0}, -wanted)


def _value(cover: Float64) -> Float64:
    """What hours are worth together, in hours required, at a cover of these."""
    return np.asarray(np.interp(cover, np.append(0.0, np.cumsum(WIDTHS)), np.append(0.0, np.cumsum(_WORTHS))))


def _level_blocks(setting: Setting, covered: Float64) -> None:
    """In weeks scored together, the even cover that is worth as much as theirs."""
    for q, weeks in setting.blocks:
        some = [w for w in weeks if setting.required[w, q] > 0]
        required = setting.required[some, q]
        worth = float(_value(covered[some, q]) @ required / required.sum()) if some else 0.0
        even = np.interp(worth, np.append(0.0, np.cumsum(_WORTHS)), np.append(0.0, np.cumsum(WIDTHS)))
        covered[some, q] = float(even)


def _cover(
    rows: _Rows,
    setting: Setting,
    needed: Float64,
    work: Mapping[tuple[int, int, int], int],
    short: Mapping[tuple[int, int], int],
) -> None:
    for q, teams in enumerate(setting.serving):
        for w in range(setting.weeks):
            if not needed[w, q] > 0:
                continue
            parts = [(teams, 1.0), *((own, float(shares[w])) for own, shares in setting.vendor_shares[q])]
            for own, share in parts:
                row = {work[q, t, w]: -float(setting.worth[q, t]) for t in own}
                rows.at_most({**row, short[q, w]: -1.0}, -float(share * needed[w, q]))


def _bench(offered: Sequence[Option]) -> list[int]:
    return [o for o, option in enumerate(offered) if option.what is What.BENCH]


def _call(rows: _Rows, setting: Setting, offered: Sequence[Option], calls: Mapping[int, int]) -> None:
    """The bench comes only as far as a team then misses of what is required of it: where it is called, its hours and
    the team's own are at most these."""
    for o, called in calls.items():
        option = offered[o]
        (w,) = np.flatnonzero(option.adds.effective).tolist()
        rows.at_most({o: 1.0, called: -max(option.most, SLIGHTLY)}, 0.0)
        own = [(p, one) for p, one in enumerate(offered) if one.team == option.team]
        row = {p: float(one.adds.effective[w]) for p, one in own}
        far = 4 * float(setting.required.sum(axis=1)[w])
        there, required = float(setting.supply(option.team)[w]), float(setting.required_of_teams[w, option.team])
        rows.at_most({**row, called: far}, max(required - there, 0.0) + far)


def _use(rows: _Rows, setting: Setting, offered: Sequence[Option], work: Mapping[tuple[int, int, int], int]) -> None:
    by_team: dict[tuple[int, int], dict[int, float]] = defaultdict(dict)
    for (_, t, w), column in work.items():
        by_team[t, w][column] = 1.0
    for o, option in enumerate(offered):
        for w in np.flatnonzero(option.adds.effective).tolist():
            by_team[option.team, w][o] = -float(option.adds.effective[w])
    for (t, w), row in by_team.items():
        rows.at_most(row, float(setting.supply(t)[w]))


def _fit(rows: _Rows, setting: Setting, offered: Sequence[Option], limits: Limits, beyond: int) -> None:
    _fit_sites(rows, setting, offered, limits, beyond)
    given: dict[tuple[int, int], dict[int, float]] = defaultdict(dict)
    for o, option in enumerate(offered):
        if option.what is What.CLASS:
            given[option.team, option.place][o] = 1.0
    for row in given.values():
        rows.at_most(row, max(offered[o].most for o in row))
    for t, outlook in setting.outlooks.items():
        surge, row = (
            outlook.people.surge,
            {o: 1.0 for o, one in enumerate(offered) if one.team == t and one.what is What.BENCH},
        )
        if surge is not None and surge.max_weeks is not None and row:
            rows.at_most(row, float(surge.agents * surge.max_weeks))
    for t, there in setting.there.items():
        for w in range(setting.weeks):
            row = {o: -float(one.adds.heads[w]) for o, one in enumerate(offered) if one.team == t}
            rows.at_most(row, float(max(there.heads[w], 0.0))) if row else None


def _fit_sites(rows: _Rows, setting: Setting, offered: Sequence[Option], limits: Limits, beyond: int) -> None:
    teams = setting.scenario.teams
    sites = {site.id: site for vendor in setting.scenario.vendors for site in vendor.sites}
    for name, site in sites.items():
        here = [t for t, team in enumerate(teams) if team.site == name]
        own = [(o, option) for o, option in enumerate(offered) if option.team in here]
        given = sum(teams[t].heads for t in here if t not in setting.there)
        for w in range(setting.weeks):
            sitting = given + sum(float(setting.there[t].seated[w]) for t in here if t in setting.there)
            learning = sum(float(setting.there[t].training[w]) for t in here if t in setting.there)
            if site.places is not None and limits.without != "seats":
                rows.at_most({o: float(one.adds.seated[w]) for o, one in own}, max(site.places - sitting, 0.0))
            if site.training_seats is not None and limits.without != "training":
                row = {o: float(one.adds.training[w]) for o, one in own}
                rows.at_most(row, max(site.training_seats - learning, 0.0))
        if name in limits.site_shares and limits.without != "shares":
            _fit_share(rows, setting, offered, here, limits.site_shares[name], beyond)


def _fit_share(
    rows: _Rows, setting: Setting, offered: Sequence[Option], here: list[int], most: float, beyond: int
) -> None:
    """A site's hours less its share of all hours are at most what is beyond."""
    hours = {t: float(_floor_there(setting, t).sum()) for t in range(len(setting.scenario.teams))}
    row = {
        o: float(option.adds.floor.sum()) * ((1 - most) if option.team in here else -most)
        for o, option in enumerate(offered)
    }
    row[beyond] = -1.0
    rows.at_most(row, most * sum(hours.values()) - sum(hours[t] for t in here))


def _floor_there(setting: Setting, t: int) -> Float64:
    return setting.there[t].floor if t in setting.there else given_hours(setting.scenario.teams[t], setting.grid)


def binding(setting: Setting, buffer: Float64, limits: Limits) -> str | None:
    """Which limit, if it did not count, would let the least hours lack; None where none would help."""
    lacking = propose(setting, buffer, limits).lacking
    helped = {}
    for name in BINDING:
        freed = propose(setting, buffer, Limits(limits.site_shares, name)).lacking
        if freed < lacking - 1.0:
            helped[name] = freed
    return min(helped, key=lambda name: helped[name]) if helped else None
