"""One day's issue for one reader: which papers, in which sections, or why there are none."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from digest.paper import Paper
    from digest.ranking import Ranked


class SectionKind(StrEnum):
    """The sections of an issue, in their order; the value is `section` in JSON."""

    BEST = "best"
    CLOSE = "close"
    AUTHORS = "authors"
    TRENDING = "trending"
    NOW_TRENDING = "now-trending"
    """Passed over before, popular since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One paper as it stands in the email."""

    number: int
    """From 1, through all sections: it joins HTML, text and replies."""
    ranked: Ranked
    gist: str
    """What the paper does, in the sentences that carry most; readable, plain text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Entries that belong together."""

    kind: SectionKind
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """How one source fared today, for the footer and for status."""

    name: str
    state: str
    """ok · quiet · stale · failed, as in digest.sources.State."""
    papers: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one reader set for the email; the keys of [email] that decide what is in it."""

    papers: int = 12
    min_score: float = 25.0
    trending: int = 3
    empty: str = "skip"
    gist: str = "auto"
    weekly: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What is remembered of one reader, handed to `compose`."""

    sent: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """From each key of each paper sent to all keys of that paper."""
    passed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The same for papers that were candidates of an earlier digest and not chosen."""
    last: date | None = None
    """The day of the last digest that went out (or was composed empty)."""
    quiet_days: int = 0
    """Scheduled days without a mail since the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """All that one day's email says."""

    reader: str
    day: date
    now: datetime
    sections: tuple[Section, ...] = ()
    read: int = 0
    """How many new papers were read."""
    left_out: int = 0
    """How many of them are not in the email."""
    too_old: int = 0
    """Papers listed more than a week ago, dropped after a long pause."""
    covers: tuple[date, date] | None = None
    """First and last day, where the issue covers more than its own day."""
    sources: tuple[SourceReport, ...] = ()
    empty_reason: str = ""
    """Why there is nothing to send; "" where there is."""
    minutes: int = 0
    """Time to read it."""
    note: str = ""
    """One honest sentence about something unusual, such as a template that fell back."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return all entries in their order."""
        return tuple(entry for section in self.sections for entry in section.entries)

    @property
    def papers(self) -> tuple[Paper, ...]:
        """Return the papers in their order."""
        return tuple(entry.ranked.paper for entry in self.entries)
