"""A server spoken to from the command line, over its GraphQL API."""

import os
from typing import Any

import httpx

SERVER, TOKEN = "SPRINGTIDE_SERVER", "SPRINGTIDE_TOKEN"
USUAL = "http://127.0.0.1:8000"
SECONDS = 60.0


class RemoteError(Exception):
    """The server cannot be asked, or has refused; each line says why and what mends it."""

    def __init__(self, *lines: str, wrong_usage: bool = False) -> None:
        super().__init__("; ".join(lines))
        self.lines, self.wrong_usage = lines, wrong_usage


class Remote:
    """A server, and who asks it."""

    def __init__(self, server: str | None = None, token: str | None = None) -> None:
        self.server = (server or os.environ.get(SERVER, "").strip() or USUAL).rstrip("/")
        self._token = token or os.environ.get(TOKEN, "").strip()
        if not self._token:
            raise RemoteError(
                f"{TOKEN}: is not set; write a token there, which `springtide token create` makes", wrong_usage=True
            )

    def ask(self, query: str, **variables: Any) -> Any:
        """The data of an operation. Raises RemoteError."""
        body = {"query": query, "variables": variables}
        try:
            answer = httpx.post(
                f"{self.server}/graphql", json=body, headers={"Authorization": f"Bearer {self._token}"}, timeout=SECONDS
            )
            told = answer.json()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            mend = f"start one with `springtide serve`, or name another with --server or {SERVER}"
            raise RemoteError(f"{self.server}: no server answers ({error or type(error).__name__}); {mend}") from None
        except ValueError:
            raise RemoteError(f"{self.server}: answers {answer.status_code} and no JSON; is it a Springtide?") from None
        if errors := told.get("errors"):
            raise RemoteError(*(f"{self.server}: {one['message']}" for one in errors))
        return told["data"]

    def do(self, mutation: str, **given: Any) -> Any:
        """What came of a mutation with an input. Raises RemoteError for what it refuses."""
        (payload,) = self.ask(
            mutation, input={name: value for name, value in given.items() if value is not None}
        ).values()
        if errors := payload["userErrors"]:
            raise RemoteError(*map(_line, errors), wrong_usage=True)
        return payload


def _line(error: dict[str, Any]) -> str:
    return f"{error['path']}: {error['message']}" if error["path"] else str(error["message"])
