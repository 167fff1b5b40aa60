"""The last whole number at which something is still so: outwards from a start, then by bisection."""

from collections.abc import Callable

Ends = tuple[int | None, int | None]
"""The last number at which it is so, None where it is at none; the next one, None where it is so at all."""


def bracket(is_so: Callable[[int], bool], start: int, least: int, most: int, *, step: int = 1, slow: int = 0) -> Ends:
    """Of what is so up to some number from `least` to `most`, and not beyond.

    Parameters: the `step` outwards doubles each time; downwards only after `slow` steps.
    """
    if is_so(start):
        return _upwards(is_so, start, most, step)
    high = start
    while high > least:
        low = max(high - step, least)
        if is_so(low):
            return bisected(is_so, low, high)
        high, slow = low, slow - 1
        step *= 1 if slow > 0 else 2
    return None, least


def _upwards(is_so: Callable[[int], bool], low: int, most: int, step: int) -> Ends:
    while low < most:
        high = min(low + step, most)
        if not is_so(high):
            return bisected(is_so, low, high)
        low, step = high, 2 * step
    return most, None


def bisected(is_so: Callable[[int], bool], low: int, high: int) -> tuple[int, int]:
    """Between a number at which it is so and one at which it is not."""
    while high - low > 1:
        middle = (low + high) // 2
        if is_so(middle):
            low = middle
        else:
            high = middle
    return low, high


def outwards(is_so: Callable[[int], bool], start: int, end: int, most: int) -> int | None:
    """The first number at which it is so, of the start and at most so many doubled steps towards the end; else None."""
    at, step = start, 1 if end >= start else -1
    for _ in range(most + 1):
        if is_so(at):
            return at
        if at == end:
            return None
        at = min(at + step, end) if step > 0 else max(at + step, end)
        step *= 2
    return None
