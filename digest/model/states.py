"""States of sources, deliveries and digests; one vocabulary each, shared by every package."""

from __future__ import annotations

from enum import StrEnum


class SourceState(StrEnum):
    """Result of reading one source; "nothing expected" differs from "nothing received"."""

    OK = "ok"
    QUIET = "quiet"
    """It replied without papers, and none were expected (weekend, holiday)."""
    STALE = "stale"
    """It replied with the previous batch although a new one is due."""
    FAILED = "failed"


class PartState(StrEnum):
    """Result of reading one part of a source, such as one arXiv category."""

    OK = "ok"
    QUIET = "quiet"
    """Read completely; it had nothing new."""
    STALE = "stale"
    """It showed no batch of today although one was due."""
    CUT = "cut"
    """Its end was missing, and some papers with it."""
    FAILED = "failed"
    UNKNOWN = "unknown"
    """The source has no such part: the config must change."""


class DeliveryState(StrEnum):
    """State of one message for one recipient in the outbox."""

    READY = "ready"
    SENDING = "sending"
    """Claimed by a run; a crash leaves it here, and it may have been accepted."""
    SENT = "sent"
    DEAD = "dead"
    """Given up for good."""


class DigestState(StrEnum):
    """State of one reader's digest for one day; the value is `state` in JSON."""

    SENT = "sent"
    QUEUED = "queued"
    """Composed and in the outbox, to be tried again."""
    EMPTY = "empty"
    """Composed without papers; nothing was sent."""
    ALREADY = "already"
    """Made earlier; this run had nothing to do."""
    WAITING = "waiting"
    """In the outbox, or put off until its sources are up to date."""
    PAUSED = "paused"
    FAILED = "failed"
