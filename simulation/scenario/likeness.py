"""`like`: a queue takes from another every field it does not give itself."""

from collections.abc import Mapping
from typing import Any

from simulation.scenario.problems import Path, Refusal, choose, shown

OWN = frozenset({"id", "name", "like"})
"""Fields that are never taken."""


def expand_likes(document: Mapping[str, Any]) -> tuple[dict[str, Any], dict[Path, Path], list[Refusal]]:
    """The document without `like`, where each field taken came from, and the likes that lead nowhere or in a circle."""
    queues = document.get("queues")
    if not isinstance(queues, list | tuple):
        return dict(document), {}, []
    expansion = _Expansion(list(queues))
    for position in range(len(expansion.queues)):
        expansion.expand(position, ())
    return {**document, "queues": expansion.queues}, expansion.taken, expansion.refused


class _Expansion:
    def __init__(self, queues: list[Any]) -> None:
        self.queues = queues
        self.taken: dict[Path, Path] = {}
        self.refused: list[Refusal] = []
        self._position = {
            queue["id"]: position
            for position, queue in reversed(list(enumerate(queues)))
            if isinstance(queue, Mapping) and isinstance(queue.get("id"), str)
        }

    def expand(self, position: int, via: tuple[int, ...]) -> None:
        queue = self.queues[position]
        like = queue.get("like") if isinstance(queue, Mapping) else None
        if not isinstance(like, str):
            return
        at: Path = ("queues", position, "like")
        source = self._position.get(like)
        bare = {key: value for key, value in queue.items() if key != "like"}
        self.queues[position] = bare
        if source is None:
            others = [name for name, other in self._position.items() if other != position]
            self.refused.append(Refusal(f"there is no queue {shown(like)}", choose(like, others), at))
        elif source in (position, *via):
            self.refused.append(Refusal("leads back to this queue", "let one queue of the circle stand alone", at))
        else:
            self.expand(source, (*via, position))
            self._take(position, bare, source)

    def _take(self, position: int, bare: dict[str, Any], source: int) -> None:
        for field, value in self.queues[source].items():
            if field not in OWN and bare.get(field) is None:
                bare[field] = value
                self.taken["queues", position, field] = ("queues", source, field)
