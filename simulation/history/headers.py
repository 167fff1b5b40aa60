"""What columns are called: the names under which the reports of contact centres have each figure.

Names are from the reports of Amazon Connect, Avaya CMS (its tables and its printed reports), Calabrio, Cisco, Five9,
Genesys Cloud, NICE CXone and Verint, as their manuals have them, and from what people call columns by hand; capitals,
accents, blanks and punctuation do not matter.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from simulation.history.problems import Problems
from simulation.scenario.problems import nearest


class Field(StrEnum):
    """What a column may say. Means are seconds a contact, totals seconds of all contacts of the row."""

    QUEUE = "queue"
    """The name of the queue."""
    DATE = "date"
    """The date."""
    START = "start"
    """When the slot begins: a time of day, or date and time."""
    END = "end"
    """When it ends."""
    INTERVAL = "interval"
    """Minutes that it has, or its beginning and end."""
    MONTH = "month"
    """The month of a row that is of one."""
    WEEK = "week"
    """The week of a row that is of one."""
    ZONE = "zone"
    """The time zone."""
    OFFERED = "offered"
    """Contacts offered."""
    ANSWERED = "answered"
    """Contacts answered."""
    ABANDONED = "abandoned"
    """Contacts that abandoned."""
    ANSWERED_IN_TIME = "answered_in_time"
    """Contacts answered within the threshold."""
    AHT = "aht"
    """Mean handling time in seconds, after-contact work included."""
    TALK = "talk"
    """Mean talk in seconds."""
    HOLD = "hold"
    """Mean hold in seconds."""
    WRAP_UP = "wrap_up"
    """Mean after-contact work in seconds."""
    ASA = "asa"
    """Mean wait of answered contacts in seconds."""
    ABANDON_WAIT = "abandon_wait"
    """Mean wait of abandoned contacts in seconds."""
    WAIT_ALL = "wait_all"
    """Mean wait of all contacts in seconds."""
    HANDLE_TOTAL = "handle_total"
    """All handling in seconds."""
    TALK_TOTAL = "talk_total"
    """All talk in seconds."""
    HOLD_TOTAL = "hold_total"
    """All hold in seconds."""
    WRAP_UP_TOTAL = "wrap_up_total"
    """All after-contact work in seconds."""
    ANSWER_WAIT_TOTAL = "answer_wait_total"
    """All waits of answered contacts in seconds."""
    ABANDON_WAIT_TOTAL = "abandon_wait_total"
    """All waits of abandoned contacts in seconds."""
    AGENTS = "agents"
    """Agents on the floor."""
    BUSY_TOTAL = "busy_total"
    """All time that agents were busy in seconds."""


TIMES = (Field.DATE, Field.START, Field.END, Field.MONTH, Field.WEEK)
COUNTS = (Field.OFFERED, Field.ANSWERED, Field.ABANDONED, Field.ANSWERED_IN_TIME)
DURATIONS = tuple(
    field for field in Field if field not in (*TIMES, *COUNTS, Field.QUEUE, Field.INTERVAL, Field.ZONE, Field.AGENTS)
)
FIGURES = (*COUNTS, *DURATIONS, Field.AGENTS)

NAMES: Mapping[Field, str] = {
    Field.QUEUE: "queue, queue name, queuename, queue id, skill, skill name, skillname, split, split/skill, splitname,"
    " split name, split skill, csq, csq name, contact service queue, call type, calltype, type, workload, work queue,"
    " work queue name, campaign, ct, ct name, acd group, group, service, line, cola, warteschlange, lob,"
    " line of business",
    Field.DATE: "date, day, row date, rowdate, interval date, start date, call date, datum, fecha, data, jour, dia",
    Field.START: "start, start time, starttime, start interval, startinterval, interval start, interval start time,"
    " interval start utc date, interval start utc, start date time, start datetime, startdatetime, time, timestamp,"
    " time stamp, datetime, date time, date/time, date and time, half hour, hour, period, period start, from,"
    " interval begin, begin, uhrzeit, hora, heure, zeit, time interval, call time, arrival, arrival time,"
    " arrived at, initiation timestamp, enqueue timestamp, half-hour interval, 15 minutes, 30 minutes",
    Field.END: "end, end time, endtime, end interval, endinterval, interval end, interval end time, end date time,"
    " end datetime, enddatetime, to, until, period end",
    Field.INTERVAL: "interval, intrvl, interval minutes, interval length, interval duration, minutes,"
    " interval (minutes)",
    Field.MONTH: "month, month start, mes, monat, mois, year month, calendar month",
    Field.WEEK: "week, week start, week starting, week commencing, week beginning, iso week, semana, woche",
    Field.ZONE: "timezone, time zone, tz, zone",
    Field.OFFERED: "offered, offer, calls offered, callsoffered, contacts offered, offered calls, offered contacts,"
    " offered interactions, interactions offered, nOffered, calls presented, presented, contacts presented,"
    " contacts queued, contacts queued (enqueue timestamp), contacts incoming, incoming contacts, incoming calls,"
    " calls incoming, calls received, received, received calls, total calls, total contacts, inbound, inbound calls,"
    " inbound contacts, in calls, incalls, calls, contacts, interactions, count, volume, call volume,"
    " contact volume, tasks, value, arrivals, offd direct call cnt, calls in, entered, queue interactions,"
    " llamadas, llamadas entrantes, anrufe, appels, chamadas, items, cases, tickets, emails, chats",
    Field.ANSWERED: "answered, answer, calls answered, answered calls, answered contacts, contacts answered,"
    " contacts handled, handled, calls handled, handled calls, handled contacts, interactions handled,"
    " contacts handled incoming, nAnswered, nHandled, acd calls, acdcalls, answ call cnt, accepted, handle",
    Field.ABANDONED: "abandoned, abandon, abandons, aband, aban, calls abandoned, abandoned calls, aban calls,"
    " aband calls, abncalls, contacts abandoned, abandoned contacts, interactions abandoned, nAbandon, nAbandoned,"
    " aband call cnt, lost, lost calls, abandon count, abandoned count, perdidas",
    Field.ANSWERED_IN_TIME: "answered in time, answered in sla, in sla, insla, in sl, met sla, acceptable,"
    " answered within sl, answered within sla, answered within service level, calls within service level,"
    " calls answered within sl, ans servicelevel cnt, within threshold, answered within threshold",
    Field.AHT: "aht, average handle time, avg handle, avg handle time, average handling time, avg handling time,"
    " handle time avg, mean handle time, average handled time, aht seconds,"
    " mean handling, avg handled time, tmo, tma, avg aht",
    Field.TALK: "avg talk, avg talk time, average talk time, avg acd time, average acd time, att,"
    " average agent interaction time, agent interaction time avg, talk duration (avg), tasktime, avg task time,"
    " average task time",
    Field.HOLD: "avg hold, avg hold time, average hold time, average customer hold time",
    Field.WRAP_UP: "avg acw, avg acw time, average acw time, acw avg, average after contact work time,"
    " average after call work, avg after call work time, avg wrap up, average wrap up time, aftertasktime,"
    " after task work, average after task time",
    Field.ASA: "asa, avg speed ans, avg speed answer, average speed of answer, avg speed of answer, speed of answer,"
    " average speed to answer, average queue answer time, avg answer time, answer speed (avg), asa answered,"
    " average wait answered, mean wait answered",
    Field.ABANDON_WAIT: "avg aban time, avg abandon time, avg abandon, average abandon time,"
    " average queue abandon time, avg time to abandon, average time to abandon, abandon wait, mean abandon wait",
    Field.WAIT_ALL: "avg wait, average wait, average wait time, avg wait time, mean wait all, avg queue time,"
    " average queue time, mean wait",
    Field.HANDLE_TOTAL: "total handle time, handle total, total handling time, contact handle time, thandle,"
    " handling time total, total handled time",
    Field.TALK_TOTAL: "acdtime, acd time, total talk time, ttalk, talking call dur, agent interaction time",
    Field.HOLD_TOTAL: "holdacdtime, total hold time, theld, customer hold time",
    Field.WRAP_UP_TOTAL: "acwtime, acw time, total acw time, tacw, wrap up dur, after contact work time",
    Field.ANSWER_WAIT_TOTAL: "anstime, ans time, queued and answ call dur, tanswered, total answer wait",
    Field.ABANDON_WAIT_TOTAL: "abntime, abn time, queued and aband call dur, tabandon, total abandon wait",
    Field.AGENTS: "agents, staffed agents, agents staffed, avg positions staffed, average positions staffed,"
    " positions staffed, avg agents, average agents, agents active, distinct agents active, staff, staffed,"
    " avg avail member cnt, agents on the floor, agent count, agenten, agentes",
    Field.BUSY_TOTAL: "busy agent seconds, busy seconds, total busy time",
}
_UNITS = {"milliseconds": 1e-3, "ms": 1e-3, "seconds": 1.0, "secs": 1.0, "sec": 1.0, "s": 1.0, "minutes": 60.0,
          "mins": 60.0, "min": 60.0, "hours": 3600.0}  # fmt: skip
_WITHIN = re.compile(r"(?:calls|contacts|interactions)?(?:answered|handled)(?:with)?in(\d{1,4})(?:s|sec|secs|seconds)?")
_CONTRADICTS = re.compile(r"%|percent|rate\b|share\b|\bmax|longest|\bp\d\d\b")


def key(header: str) -> str:
    """A header without what does not matter."""
    plain = unicodedata.normalize("NFKD", header).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9%]+", "", plain)


_FIELDS: dict[str, Field] = {key(name): field for field, names in NAMES.items() for name in names.split(",")}


_HANDLING = (Field.AHT, Field.HANDLE_TOTAL)
_UNCLEAR = {
    "handletime": _HANDLING,
    "handlingtime": _HANDLING,
    "handletimeseconds": _HANDLING,
    "talktime": (Field.TALK, Field.TALK_TOTAL),
    "holdtime": (Field.HOLD, Field.HOLD_TOTAL),
    "wrapuptime": (Field.WRAP_UP, Field.WRAP_UP_TOTAL),
    "aftercallworktime": (Field.WRAP_UP, Field.WRAP_UP_TOTAL),
    "acw": (Field.WRAP_UP, Field.WRAP_UP_TOTAL),
}
"""Headers that some programs write over means and others over totals."""


@dataclass(frozen=True)
class Heading:
    """What a header was taken for: its field, what one unit is in seconds, and the threshold it names."""

    header: str
    field: Field
    unit: float = 1.0
    threshold_seconds: float | None = None
    unclear: Field | None = None
    """What it may be as well in rows of slots; rows by contact leave no doubt."""


def heading(header: str) -> Heading | None:
    """What a header is; None for one that says nothing known."""
    word = key(header)
    if word in _FIELDS:
        return Heading(header, _FIELDS[word])
    if word in _UNCLEAR:
        mean, total = _UNCLEAR[word]
        return Heading(header, mean, unclear=total)
    if within := _WITHIN.fullmatch(word):
        return Heading(header, Field.ANSWERED_IN_TIME, threshold_seconds=float(within[1]))
    if _CONTRADICTS.search(header.casefold()):
        return None
    for suffix, unit in _UNITS.items():
        known = _FIELDS.get(word.removesuffix(suffix)) if word.endswith(suffix) else None
        if known in DURATIONS:
            return Heading(header, known, unit)
    return None


def headings(header: Sequence[str], given: Mapping[str, str], problems: Problems, row: int) -> dict[int, Heading]:
    """What each column of a header is, by position; `given` has headers by field, chosen by whoever imports."""
    found = {k: known for k, text in enumerate(header) if text and (known := heading(text)) is not None}
    for name, wanted in given.items():
        _choose(found, header, name, wanted, problems, row)
    for field in Field:
        same = [known.header for known in found.values() if known.field is field]
        if len(same) > 1:
            mend = f"say which with --column {field}={same[0]!r}"
            problems.add(f"{' and '.join(map(repr, same))} both say {field}", mend, row=row)
    return found


def _choose(
    found: dict[int, Heading], header: Sequence[str], name: str, wanted: str, problems: Problems, row: int
) -> None:
    if name not in set(Field):
        field = nearest(name, list(Field)) or ", ".join(Field)
        problems.add(f"no column can be {name!r}", f"write --column {field}={wanted!r}")
    elif wanted not in header:
        close = nearest(wanted, [text for text in header if text]) or "one of its headers"
        problems.add(f"has no column {wanted!r}", f"write {close}", row=row)
    else:
        for k in [k for k, known in found.items() if known.field == name]:
            del found[k]
        said = heading(wanted) or Heading(wanted, Field(name))
        found[header.index(wanted)] = replace(said, field=Field(name), unclear=None)
