"""Channels: how contacts come in, and whether they wait."""

from enum import StrEnum


class Channel(StrEnum):
    """How contacts come in: voice and chat are immediate, people abandon; on the others work waits; outbound records
    are called."""

    VOICE = "VOICE"
    """Telephone calls; immediate."""
    CHAT = "CHAT"
    """Chats; immediate."""
    EMAIL = "EMAIL"
    """E-mails; deferred."""
    SOCIAL = "SOCIAL"
    """Social messages; deferred."""
    CASE = "CASE"
    """Back-office cases; deferred."""
    OUTBOUND = "OUTBOUND"
    """Records that are called; deferred."""


DEFERRED_CHANNELS = frozenset({Channel.EMAIL, Channel.SOCIAL, Channel.CASE, Channel.OUTBOUND})
DEFERRED = "EMAIL, SOCIAL, CASE or OUTBOUND"
