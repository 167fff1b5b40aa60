"""Keys in order of time, so that a list's newest items are those of the greatest keys."""

import secrets
import time
from uuid import UUID


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562): 48 bits of milliseconds, 12 of their fraction, 62 of chance."""
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    fraction = (nanoseconds << 12) // 1_000_000
    return UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | secrets.randbits(62))


def made_at(key: UUID) -> float:
    """Seconds since 1970 when a key was made."""
    return (key.int >> 80) / 1000


LAST_ID = UUID(int=(1 << 128) - 1)
"""Later than every key: where the newest page starts."""
