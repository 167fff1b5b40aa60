"""Requests as they are stored, read again: the same one is asked for many times."""

from functools import lru_cache

from simulation.proposals.reading import load_request
from simulation.proposals.request import Request


@lru_cache(maxsize=16)
def request_of(document: str) -> Request:
    return load_request(document, file="request")
