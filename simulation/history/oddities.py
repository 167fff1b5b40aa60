"""What is odd in a history that can be imported: gaps, outliers, figures that contradict each other."""

import numpy as np
from numpy.typing import NDArray

from simulation.history.history import QueueHistory
from simulation.history.placed import Placed
from simulation.history.problems import AnomalyKind, Report

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]
WEEK_MINUTES = 7 * 1440
USUAL = 0.6
"""A time of the week is usual if so large a share of the weeks has a row for it."""
FAR = 6.0
"""An outlier is so many robust deviations from the median of its time of the week, and twice or half of it."""
LEAST_WEEKS = 4
"""For a time of the week to have a median that says something."""
_NORMAL = 1.4826


def note_oddities(history: QueueHistory, placed: Placed, slots: Int64, report: Report) -> None:
    """Notes what is odd in a queue's slots, whose rows lie in `slots`."""
    rows = np.zeros(len(history.offered), np.int64)
    rows[slots] = placed.rows
    time_of_week = _times_of_week(history)
    _note_gaps(history, rows, time_of_week, report)
    _note_outliers(history, rows, time_of_week, report)
    _note_contradictions(history, rows, report)


def _times_of_week(history: QueueHistory) -> Int64:
    """Which slot of the week each is, by its own wall clock."""
    minutes = history.local.astype("datetime64[m]").astype(np.int64)
    return (minutes % WEEK_MINUTES) // history.minutes


def _when(history: QueueHistory, k: int) -> str:
    return str(history.local[k].astype("datetime64[m]")).replace("T", " ")[: 10 if history.minutes == 1440 else 16]


def _note_gaps(history: QueueHistory, rows: Int64, time_of_week: Int64, report: Report) -> None:
    """Runs of slots without a row at times of the week that have one in most weeks."""
    known = ~np.isnan(history.offered)
    size = int(time_of_week.max()) + 1
    share = np.bincount(time_of_week, known, size) / np.maximum(np.bincount(time_of_week, minlength=size), 1)
    missing = ~known & (share[time_of_week] >= USUAL)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], missing.astype(np.int8), [0]])))
    for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        before = int(rows[:begin].max()) if begin else None
        count = end - begin
        message = f"no row for {_when(history, begin)}" + (f" and {count - 1} slots after it" if count > 1 else "")
        report.note(AnomalyKind.GAP, message, queue=history.id, row=before or None)


def _note_outliers(history: QueueHistory, rows: Int64, time_of_week: Int64, report: Report) -> None:
    """Volumes beyond `FAR` deviations of the median of their time of the week: the larger of 1.4826 x the median
    absolute deviation and the square root of the median, which is the deviation of chance alone."""
    known = np.flatnonzero(~np.isnan(history.offered))
    known = known[np.argsort(time_of_week[known], kind="stable")]
    cuts = np.flatnonzero(np.diff(time_of_week[known])) + 1
    for group in np.split(known, cuts):
        values = history.offered[group]
        if len(group) < LEAST_WEEKS:
            continue
        middle = float(np.median(values))
        spread = max(_NORMAL * float(np.median(np.abs(values - middle))), middle**0.5, 1.0)
        far = (np.abs(values - middle) > FAR * spread) & ((values > 2 * middle) | (values < middle / 2))
        for k in group[far].tolist():
            message = f"{history.offered[k]:g} contacts at {_when(history, k)}, where {middle:g} are usual"
            report.note(AnomalyKind.OUTLIER, message, queue=history.id, row=int(rows[k]) or None)


def _note_contradictions(history: QueueHistory, rows: Int64, report: Report) -> None:
    columns, offered = history.columns, history.offered
    nothing = np.full(len(offered), np.nan)
    answered, abandoned = columns.get("answered", nothing), columns.get("abandoned", nothing)
    served = np.nan_to_num(answered) + np.nan_to_num(abandoned)
    busy, agents = columns.get("busy_seconds", nothing), columns.get("agents", nothing)
    found = (
        (columns.get("answered_in_time", nothing) > answered, "more are answered in time than answered"),
        ((served > 1.5 * offered + 5), "far more are answered and abandoned than offered"),
        ((answered > 0) & (columns.get("aht_seconds", nothing) < 1), "a handling time under one second, perhaps days"),
        (busy > 1.05 * agents * history.minutes * 60, "agents are busy for longer than they are there"),
    )
    for odd, message in found:
        for k in np.flatnonzero(odd).tolist():
            text = f"{_when(history, k)}: {message}"
            report.note(AnomalyKind.INCONSISTENT, text, queue=history.id, row=int(rows[k]) or None)
