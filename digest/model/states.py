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
