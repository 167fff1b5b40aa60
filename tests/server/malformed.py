"""HTTP bodies and WebSocket messages as no sound client sends them, the same ones for the same seed."""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from typing import Any

from graphql import GraphQLSyntaxError, Lexer, Source, TokenKind

from tests.server.api import SHOP, operations

ODD: Sequence[Any] = (
    None, True, False, 0, -1, 1.5, 2**31, 2**63, -(2**63), 10**40, 1e308, "", " ", "x" * 300, "\x00", "a\x00b",
    "\uffff", "é\u202e", "null", [], {}, [[]], [{}], {"": ""}, [None], {"a": {"b": [1, {}]}}, "0", "NaN", "-1", "1e9",
    "2026-01-01", "2026-13-45T99:99:99Z", "UnVuOg==", "UnVuOjAwMDAwMDAwLTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMA==",
)  # fmt: skip
RAW = (
    b"", b" ", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf{}", b"null", b"[]", b"{", b"}", b'{"query"', b'"\\ud800"', b"NaN",
    b'{"query": NaN}', b'{"query": "{a}", "query": "{b}"}', b'{"a": 1e999}', b"[" * 50_000, b'{"a":' * 20_000,
    b'{"query": "{ __typename }", "variables": {"a": ' + b"9" * 6000 + b"}}", b'[{"query": "{ __typename }"}]',
)  # fmt: skip
PIECES = (
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "$",
    ":",
    "=",
    "@",
    "!",
    "...",
    "|",
    "&",
    '"',
    '"""',
    "\\",
    "#",
    ",",
    "\n",
    "\t",
)
WORDS = (
    "query",
    "mutation",
    "subscription",
    "fragment",
    "on",
    "true",
    "null",
    "__typename",
    "runs",
    "node",
    "id",
    "first",
)
TYPES = (
    "application/json", "application/json; charset=utf-8", "application/json;charset=latin-1", "text/plain", "", ";;;",
    "application/graphql", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "application/json;",
    "application/json; charset*=utf-16''%00", "é",
)  # fmt: skip
ACCEPTS = (
    "", "*/*", "application/json", "application/graphql-response+json", "text/event-stream", "text/html", ",;q=,;=",
    "application/json;q=nan", "application/json;q=inf", "a/b;" * 50,
)  # fmt: skip
SAID = ("subscribe",) * 6 + ("complete", "ping", "pong", "connection_init", "next")
VALUES = {"scenario": "x", "base": "x", "run": "x", "name": "x"}


class Malformed:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.queries = list(operations().values())

    def body(self) -> bytes:
        kind = self.random.random()
        if kind < 0.1:
            return self.random.choice(RAW)
        if kind < 0.2:
            return self.random.randbytes(self.random.randrange(200))
        text = json.dumps(self.operation()).encode()
        return self.damaged(text) if kind < 0.45 else text

    def operation(self) -> dict[str, Any]:
        query = self.random.choice(self.queries)
        document = SHOP if self.random.random() < 0.02 else "name: x"
        made: dict[str, Any] = {"query": query, "variables": {**VALUES, "document": document}}
        for change in self.random.choices(CHANGES, k=self.random.randrange(1, 4)):
            change(self, made)
        return made

    def damaged(self, text: bytes) -> bytes:
        """Cut off, with a part left out, doubled, or bytes changed."""
        place, other = sorted(self.random.randrange(len(text) + 1) for _ in range(2))
        match self.random.randrange(4):
            case 0:
                return text[:place]
            case 1:
                return text[:place] + text[other:]
            case 2:
                return text[:other] + text[place:]
        changed = bytearray(text)
        for _ in range(self.random.randrange(1, 5)):
            changed[self.random.randrange(len(changed))] = self.random.randrange(256)
        return bytes(changed)

    def odd(self) -> Any:
        return deepcopy(self.random.choice(ODD))

    def oddly_typed(self, made: dict[str, Any]) -> None:
        made[self.random.choice(("query", "variables", "operationName", "extensions", "id"))] = self.odd()

    def odd_variable(self, made: dict[str, Any]) -> None:
        if isinstance(made["variables"], dict):
            names = (*VALUES, "document", "after", "from", "to", "seed", "replications", "precision", "key", "nothing")
            made["variables"] = {**made["variables"], self.random.choice(names): self.odd()}

    def odd_query(self, made: dict[str, Any]) -> None:
        if isinstance(made["query"], str):
            made["query"] = self.mutated(made["query"])

    def rubbish(self, made: dict[str, Any]) -> None:
        made["query"] = " ".join(self.random.choice(PIECES + WORDS) for _ in range(self.random.randrange(60)))

    def mutated(self, query: str) -> str:
        words = tokens(query)
        for _ in range(self.random.randrange(1, 6)):
            if not words:
                break
            place = self.random.randrange(len(words))
            match self.random.randrange(4):
                case 0:
                    del words[place]
                case 1:
                    words.insert(place, self.random.choice(PIECES + WORDS))
                case 2:
                    words[place] = self.random.choice(words)
                case 3:
                    words[place] = json.dumps(self.odd())
        return " ".join(words)

    def headers(self) -> dict[str, str]:
        """Of a request, sound ones mostly, so that what is below them is reached."""
        kind = "application/json" if self.random.random() < 0.9 else self.random.choice(TYPES)
        found = {"Content-Type": kind, "Accept": self.random.choice(ACCEPTS[:5] * 3 + ACCEPTS)}
        if self.random.random() < 0.05:
            found["Springtide-Organisation"] = str(self.odd()).encode("ascii", "replace").decode().replace("\x00", "?")
        return found

    def request(self) -> bytes:
        """Of HTTP itself, broken."""
        return self.damaged(
            b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
            b"Authorization: Bearer x\r\n\r\n1a\r\n" + self.random.randbytes(26) + b"\r\n0\r\n\r\n"
        )

    def message(self) -> tuple[int, bytes]:
        """A WebSocket frame: its opcode and what it holds."""
        kind = self.random.random()
        if kind < 0.08:
            return 2, self.random.randbytes(self.random.randrange(50))
        if kind < 0.16:
            return 1, self.random.choice((*RAW, self.random.randbytes(30)))
        said: dict[str, Any] = {
            "type": self.random.choice(("subscribe",) * 6 + ("complete", "ping", "pong", "connection_init", "next"))
        }
        if self.random.random() < 0.95:
            said["id"] = self.odd() if self.random.random() < 0.1 else str(self.random.randrange(1000))
        if said["type"] == "subscribe" or self.random.random() < 0.3:
            said["payload"] = self.odd() if self.random.random() < 0.1 else self.operation()
        text = json.dumps(said).encode()
        return 1, self.damaged(text) if kind > 0.92 else text


CHANGES: Sequence[Callable[[Malformed, dict[str, Any]], None]] = (
    Malformed.oddly_typed, Malformed.odd_variable, Malformed.odd_variable, Malformed.odd_query, Malformed.rubbish,
)  # fmt: skip


def tokens(query: str) -> list[str]:
    """Words, where it has been changed before and is no longer GraphQL's."""
    try:
        return list(lexed(query))
    except GraphQLSyntaxError:
        return query.split()


def lexed(query: str) -> Iterator[str]:
    lexer = Lexer(Source(query))
    while (token := lexer.advance()).kind is not TokenKind.EOF:
        yield query[token.start : token.end]
