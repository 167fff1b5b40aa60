"""The figures of a team and its people that a run reports, each as one definition.

*Hours ledger.* Every paid hour of people in production comes from one place, and with the hours in which agents finish
a contact after their time, which nobody pays, it goes to one:

    paid = regular + overtime + surge
    paid + overrun = leave + absence + in office + mentoring + unavailable + busy + idle

Busy and idle are measured on the floor, the others are of the roster and of outages. None is negative.
"""

from collections.abc import Mapping
from enum import IntEnum

from simulation.outcome.counting.counters import FTE_UNIT, HEADS, FlowField, GroupField, StockField
from simulation.outcome.counting.measure import Measure, Measures, average, by_name, count, hours, share, sum_of

_G = GroupField


def _ledger(name: str, meaning: str, *over: GroupField, less: tuple[GroupField, ...] = ()) -> Measure:
    return hours(f"{name}_hours", sum_of(*over, less=less), meaning, by_interval=False)


_PLANNED_AWAY = (_G.ABSENT, _G.IN_OFFICE, _G.MENTORING)

TEAM_MEASURES: Measures = by_name(
    average("rostered", sum_of(_G.ROSTERED), "Agents paid to work, before shrinkage; overtime and bench included."),
    average("absent", sum_of(_G.ABSENT), "Agents rostered but away: on leave, absent or gone home paid."),
    average("agents", sum_of(_G.ON_FLOOR), "Agents on the floor, busy or available.", spread=True),
    average("busy", sum_of(_G.BUSY), "Agents serving a contact."),
    share("occupancy", sum_of(_G.BUSY), sum_of(_G.ON_FLOOR), "Busy / (busy + available) agent time."),
    share("utilisation", sum_of(_G.ON_FLOOR), sum_of(_G.ROSTERED), "Productive / paid time."),
    count("handled", _G.HANDLED, "Services that ended in the period."),
    average(
        "required_agents",
        sum_of(_G.REQUIRED),
        "Agents on the floor, at tenured speed, that the forecast needs to keep the targets of the team's queues.",
    ),
    average(
        "over_under_agents",
        sum_of(_G.EFFECTIVE, less=(_G.REQUIRED,)),
        "Agents on the floor, weighted by tenured / own handling time, less the agents required.",
        spread=True,
        signed=True,
    ),
    average("overtime_agents", sum_of(_G.OVERTIME), "Of the agents rostered: on overtime."),
    average("surge_agents", sum_of(_G.SURGE), "Of the agents rostered: lent by the vendor's bench."),
    hours(
        "paid_hours",
        sum_of(_G.ROSTERED),
        "Paid hours of people in production: rostered time with overtime and bench, shrinkage included.",
    ),
    hours("productive_hours", sum_of(_G.ON_FLOOR), "Hours logged in, busy or available."),
    hours("billable_hours", sum_of(_G.BILLABLE), "Of the productive hours: those that the contract pays."),
    hours("ordered_hours", sum_of(_G.ORDERED), "Hours on the floor that the locked forecast requires."),
    hours("idle_hours", sum_of(_G.ON_FLOOR, less=(_G.BUSY,)), "Hours available without a contact."),
    share(
        "shrinkage",
        sum_of(*_PLANNED_AWAY, _G.UNAVAILABLE),
        sum_of(_G.ROSTERED),
        "Paid time not available for contacts / paid time: 1 - utilisation, but for agents who finish a contact after"
        " their time.",
    ),
    _ledger("regular", "Of the paid hours: neither overtime nor bench.", _G.ROSTERED, less=(_G.OVERTIME, _G.SURGE)),
    _ledger("overtime", "Of the paid hours: overtime.", _G.OVERTIME),
    _ledger("surge", "Of the paid hours: of the bench.", _G.SURGE),
    _ledger("leave", "Paid hours on planned leave, or gone home paid.", _G.LEAVE),
    _ledger("absence", "Paid hours of unplanned absence.", _G.ABSENT, less=(_G.LEAVE,)),
    _ledger("in_office", "Paid hours present in breaks, meetings and coaching.", _G.IN_OFFICE),
    _ledger("mentoring", "Hours that tenured people spend with those in nesting, off the floor.", _G.MENTORING),
    _ledger("unavailable", "Paid hours that outages keep from the floor.", _G.UNAVAILABLE),
    _ledger(
        "overrun",
        "Hours on the floor beyond the paid ones: of agents who finish a contact after their time.",
        _G.ON_FLOOR,
        *_PLANNED_AWAY,
        _G.UNAVAILABLE,
        less=(_G.ROSTERED,),
    ),
    _ledger("busy", "Hours serving a contact.", _G.BUSY),
    *(
        _ledger(
            f"over_{percent}",
            f"Hours on the floor in intervals in which the team's occupancy was over {percent} %.",
            field,
        )
        for percent, field in ((85, _G.OVER_85), (90, _G.OVER_90), (95, _G.OVER_95))
    ),
)
"""Measures of a team, in the order they are reported."""

STOCKS: Mapping[str, StockField] = {field.name.lower(): field for field in StockField}
"""Heads and FTE at the start of a week, after everything that happens at that instant."""

FLOWS: Mapping[str, FlowField] = {field.name.lower(): field for field in FlowField}
"""Heads over a week."""


def headcount_unit(field: IntEnum) -> int:
    """What one head or one FTE is in the counters."""
    return FTE_UNIT if isinstance(field, StockField) and field not in HEADS else 1
