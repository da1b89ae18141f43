"""The content of one digest before rendering: sections of entries, or the reason for none."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from digest.model.paper import Paper
    from digest.model.ranked import Ranked
    from digest.model.states import SourceState

MAX_PAPERS = 25
"""Maximum papers in one digest: more would be clipped by mail programs."""


class EmptyReason(StrEnum):
    """Reason for an issue without papers."""

    NO_SOURCE = "no-source"
    """No source could be read."""
    NO_PAPERS = "no-papers"
    """Sources answered, but none had a paper."""
    SEEN = "seen"
    """Every paper was in an earlier digest, or skipped in one."""
    MUTED = "muted"
    """The reader muted all new papers."""
    LOW = "low"
    """There are new papers, but none reached `min_score`."""


class SectionKind(StrEnum):
    """The sections of an issue, in their order; the value is `section` in JSON."""

    BEST = "best"
    CLOSE = "close"
    AUTHORS = "authors"
    TRENDING = "trending"
    NOW_TRENDING = "now-trending"
    """Skipped before, popular since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Paper as shown in the email."""

    number: int
    """Number from 1 through all sections, the same in HTML, text and replies."""
    ranked: Ranked
    title: str
    """The paper's title as plain text: mathematics in Unicode, length limited."""
    summary: str
    """Key sentences as plain text, mathematics in Unicode."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Entries under one heading."""

    kind: SectionKind
    entries: tuple[Entry, ...]
    interest: str = ""
    """In a weekly issue, the interest that its papers serve; else "" (or none fits best)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """State of one source today, for the footer and for status."""

    name: str
    state: SourceState
    papers: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueLimits:
    """Keys of [email] that decide which papers a digest has."""

    papers: int = 12
    min_score: float = 25.0
    trending: int = 3
    empty: str = "skip"
    summary: str = "auto"
    weekly: bool = False
    no_interests: bool = False
    """True for a profile without interests: popular papers make the issue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Papers and dates stored for one reader, as input of `compose`."""

    sent: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Each key of each paper sent to the reader, with all keys of that paper."""
    passed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The same for papers that were candidates of an earlier digest and not chosen."""
    upvotes: Mapping[str, int] = field(default_factory=dict)
    """Upvotes of skipped papers then, by each key; absent without any."""
    last: date | None = None
    """Day of the last digest that was sent (or was empty)."""
    read_until: datetime | None = None
    """Time of its composition; papers first seen later are new."""
    quiet_days: int = 0
    """Scheduled days without a mail since the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """Content of one day's digest."""

    reader: str
    day: date
    now: datetime
    """In the reader's own zone."""
    sections: tuple[Section, ...] = ()
    read: int = 0
    """Number of new papers read."""
    left_out: int = 0
    """Number of them that are not in the email."""
    no_room: int = 0
    """Number of them that reached `min_score` but exceeded the limit of papers."""
    too_old: int = 0
    """Papers listed more than a week ago, dropped after a long pause."""
    covers: tuple[date, date] | None = None
    """First and last day, where the issue covers more than its own day."""
    sources: tuple[SourceReport, ...] = ()
    empty: EmptyReason | None = None
    """Reason for an empty digest, for texts in any language; None with papers."""
    empty_reason: str = ""
    """The same as an English sentence; "" with papers."""
    best: int = 0
    """Score of the best new paper, sent or not."""
    min_score: float = 0.0
    """Score that a paper had to reach."""
    popular: tuple[Entry, ...] = ()
    """The most popular new papers of an empty digest: offered, not counted as sent."""
    short_note: bool = False
    """True for an empty digest that is sent all the same, by `empty` or after quiet days."""
    minutes: int = 0
    """Minutes to read it."""
    no_interests: bool = False
    """True for a profile without interests: all papers are popular ones."""
    note: str = ""
    """Sentence about something unusual, such as the default template in use."""

    @property
    def worth_sending(self) -> bool:
        """Return whether there is anything to send: papers, or a note that there are none."""
        return bool(self.sections) or self.short_note

    @property
    def past(self) -> bool:
        """Return whether its day is over: it was requested by date, or is late."""
        return self.day < self.now.date()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return all entries in their order."""
        return tuple(entry for section in self.sections for entry in section.entries)

    @property
    def papers(self) -> tuple[Paper, ...]:
        """Return the papers in their order."""
        return tuple(entry.ranked.paper for entry in self.entries)
