"""`like`: a queue takes from another every field it does not give itself."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from simulation.scenario.problems import MOST_PROBLEMS, Path, Refusal, choose, shown

OWN = frozenset({"id", "name", "like"})
"""Fields that are never taken."""


def expand_likes(document: Mapping[str, Any]) -> tuple[dict[str, Any], dict[Path, Path], list[Refusal]]:
    """The document without `like`, where each field taken came from, and the likes that lead nowhere or in a circle."""
    queues = document.get("queues")
    if not isinstance(queues, list | tuple):
        return dict(document), {}, []
    expansion = _Expansion(list(queues))
    for position in range(len(expansion.queues)):
        expansion.expand(position)
    return {**document, "queues": expansion.queues}, expansion.taken, expansion.refused


class _Expansion:
    def __init__(self, queues: list[Any]) -> None:
        self.queues = queues
        self.taken: dict[Path, Path] = {}
        self.refused: list[Refusal] = []
        self._position: dict[str, int] = {
            queue["id"]: position
            for position, queue in reversed(list(enumerate(queues)))
            if isinstance(queue, Mapping) and isinstance(queue.get("id"), str)
        }

    def expand(self, position: int) -> None:
        via = [position]
        while (source := self._followed(via)) is not None:
            via.append(source)
        for taker, source in reversed(list(pairwise(via))):
            self._take(taker, self.queues[taker], source)

    def _followed(self, via: list[int]) -> int | None:
        """The queue that the last one takes from, which is now without `like`."""
        position = via[-1]
        queue = self.queues[position]
        like = queue.get("like") if isinstance(queue, Mapping) else None
        if not isinstance(like, str):
            return None
        self.queues[position] = {key: value for key, value in queue.items() if key != "like"}
        source = self._position.get(like)
        if source is not None and source not in via:
            return source
        if len(self.refused) <= MOST_PROBLEMS:
            self._refuse(like, source, position)
        return None

    def _refuse(self, like: str, source: int | None, position: int) -> None:
        at: Path = ("queues", position, "like")
        if source is None:
            others = [name for name, other in self._position.items() if other != position]
            self.refused.append(Refusal(f"there is no queue {shown(like)}", choose(like, others), at))
        else:
            self.refused.append(Refusal("leads back to this queue", "let one queue of the circle stand alone", at))

    def _take(self, position: int, bare: dict[str, Any], source: int) -> None:
        for field, value in self.queues[source].items():
            if field not in OWN and bare.get(field) is None:
                bare[field] = value
                self.taken["queues", position, field] = ("queues", source, field)
