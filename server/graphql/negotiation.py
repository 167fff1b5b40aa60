"""What a client can read, as it says in `Accept`, and how a document's failure is told in each."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

JSON = "application/json"
RESPONSE = "application/graphql-response+json"
EVENTS = "text/event-stream"
OFFERED = frozenset({JSON, RESPONSE, EVENTS})
ANYTHING = frozenset({"*/*", "application/*"})

STATUSES = {"LIMIT_REACHED": 429, "INTERNAL": 500, "UNAVAILABLE": 503, "TIMEOUT": 503}
"""Of what failed before it had any data, by code, for those who read `RESPONSE`; of anything else 400."""


@lru_cache(maxsize=64)
def media_type(accept: str) -> str | None:
    """The one of ours that is wanted most, of equals the first; None where none can be read.

    Events only for those who name them before the rest, as some clients list them with every request and mean JSON.
    """
    wanted = list(ranges(accept)) or [("*/*", 1.0)]
    known = [
        (quality, -place, JSON if name in ANYTHING else name)
        for place, (name, quality) in enumerate(wanted)
        if quality > 0 and name in OFFERED | ANYTHING
    ]
    return max(known)[2] if known else None


def ranges(accept: str) -> Iterator[tuple[str, float]]:
    for part in accept.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if name:
            yield name, quality_of(parameters)


def quality_of(parameters: list[str]) -> float:
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0


def status_of(answer: Mapping[str, object], media: str | None) -> int:
    """Of an answer in `RESPONSE`; in JSON it was always 200."""
    errors = answer.get("errors")
    if "data" in answer or media != RESPONSE or not isinstance(errors, list):
        return 200
    code = (errors[0].get("extensions") or {}).get("code", "")
    return STATUSES.get(code, 400)
