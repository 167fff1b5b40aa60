"""Waiting at a terminal for what a server simulates."""

import time
from typing import Any

from server.remote import Remote, RemoteError
from server.terminal import say

BETWEEN_SECONDS = 1.0


def until_ended(remote: Remote, query: str, root: str, key: str) -> Any:
    """A run or a study as it ended, told on stderr as it goes. Raises RemoteError where it has not succeeded."""
    told = None
    while True:
        found = remote.ask(query, id=key)[root]
        if found is None:
            raise RemoteError(f"{key}: is gone")
        now = (found["status"], found["progress"])
        if now != told:
            say(f"{found['status'].lower()}: {_so_far(found['progress'])}")
            told = now
        if found["status"] == "SUCCEEDED":
            return found
        if found["status"] in ("FAILED", "CANCELLED"):
            why = found["failure"]["message"] if found["failure"] else "it was cancelled"
            raise RemoteError(f"{key}: {why}")
        time.sleep(BETWEEN_SECONDS)


def _so_far(progress: dict[str, Any]) -> str:
    done = progress.get("completed", progress.get("replications"))
    of = progress.get("total", progress.get("mostReplications"))
    return f"{done:g} of {of:g} replications"
