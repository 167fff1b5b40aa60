"""Figures a contact, out of whatever means and totals a file has."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from simulation.history.headers import Field
from simulation.history.problems import AnomalyKind, Report

Float64 = NDArray[np.float64]


def per_contact(raw: Mapping[Field, Float64], report: Report) -> dict[str, Float64]:
    """The columns of a history by name, out of a file's.

    Offered is answered + abandoned where the file does not say it. Handling is its mean, or its total, or talk + hold
    + after-contact work, over answered; waits are means, or totals over answered or abandoned. An answered count of 0
    leaves means open.
    """
    found = {
        "offered": _offered(raw),
        "answered": raw.get(Field.ANSWERED),
        "abandoned": raw.get(Field.ABANDONED),
        "answered_in_time": raw.get(Field.ANSWERED_IN_TIME),
        "aht_seconds": _handling(raw, report),
        "asa_seconds": _mean(raw, Field.ASA, Field.ANSWER_WAIT_TOTAL, Field.ANSWERED),
        "wait_all_seconds": raw.get(Field.WAIT_ALL),
        "abandon_wait_seconds": _mean(raw, Field.ABANDON_WAIT, Field.ABANDON_WAIT_TOTAL, Field.ABANDONED),
        "agents": raw.get(Field.AGENTS),
        "busy_seconds": raw.get(Field.BUSY_TOTAL),
    }
    return {name: values for name, values in found.items() if values is not None}


def _offered(raw: Mapping[Field, Float64]) -> Float64 | None:
    if Field.OFFERED in raw:
        return raw[Field.OFFERED]
    if Field.ANSWERED in raw and Field.ABANDONED in raw:
        return raw[Field.ANSWERED] + raw[Field.ABANDONED]
    return None


def _mean(raw: Mapping[Field, Float64], mean: Field, total: Field, count: Field) -> Float64 | None:
    if mean in raw:
        return raw[mean]
    return _over(raw[total], raw[count]) if total in raw and count in raw else None


def _over(total: Float64, count: Float64) -> Float64:
    over: Float64 = np.divide(total, count, out=np.full(len(total), np.nan), where=count > 0)
    return over


def _handling(raw: Mapping[Field, Float64], report: Report) -> Float64 | None:
    whole = _mean(raw, Field.AHT, Field.HANDLE_TOTAL, Field.ANSWERED)
    if whole is not None:
        return whole
    pairs = (
        (Field.TALK, Field.TALK_TOTAL),
        (Field.HOLD, Field.HOLD_TOTAL),
        (Field.WRAP_UP, Field.WRAP_UP_TOTAL),
    )
    talk, hold, wrap_up = (_mean(raw, mean, total, Field.ANSWERED) for mean, total in pairs)
    if talk is None:
        return None
    if wrap_up is None:
        report.note(AnomalyKind.INCONSISTENT, "has talk and no after-contact work: handling is taken for talk alone")
    parts = [np.nan_to_num(part) for part in (hold, wrap_up) if part is not None]
    whole_time: Float64 = talk + sum(parts, np.zeros(len(talk)))
    return whole_time
