"""Batches of work shared between this process and others, so that it neither waits for them to start nor idles."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import TypeVar

Batch = TypeVar("Batch")
Own = TypeVar("Own")
Theirs = TypeVar("Theirs")


def shared(
    batches: Iterable[Batch],
    here: Callable[[Batch], Own],
    there: Callable[[Batch], Future[Theirs]],
    others: int,
    *,
    have_started: bool = False,
) -> Iterator[Own | Theirs]:
    """What each batch comes to, in the order of the batches.

    Parameters: `here` does a batch in this process, whenever the next in order is not done; `there` hands one to
    `others` more, each of which has one, and once they have started one more waiting while any is left for this
    process. Raises what a batch raises.
    """
    left = deque(batches)
    begun: deque[Future[Own] | Future[Theirs]] = deque()
    running: list[Future[Theirs]] = []
    while left or begun:
        if any(one.done() for one in running):
            have_started = True
            running = [one for one in running if not one.done()]
        wanted = min(others - len(running), len(left))
        if have_started:  # which takes as long as several batches, and what was handed out cannot be taken back
            wanted = max(wanted, min(2 * others - len(running), len(left) - 1))
        handed = [there(left.popleft()) for _ in range(wanted)]
        running += handed
        begun += handed
        if left and not (begun and begun[0].done()):
            begun.append(_done(here(left.popleft())))
        else:
            yield begun.popleft().result()


def _done(value: Own) -> Future[Own]:
    future: Future[Own] = Future()
    future.set_result(value)
    return future
