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
"""However much a reader asks for: more do not fit into what mail programs show unclipped."""


class EmptyReason(StrEnum):
    """Why an issue has no papers."""

    NO_SOURCE = "no-source"
    """No source could be read."""
    NO_PAPERS = "no-papers"
    """Sources answered, but none had a paper."""
    SEEN = "seen"
    """Every paper was in an earlier digest, or passed over in one."""
    MUTED = "muted"
    """The reader never wants to see any of the new papers."""
    LOW = "low"
    """There are new papers, but none reached `min_score`."""


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
    title: str
    """The paper's title as plain text: mathematics in Unicode, length limited."""
    summary: str
    """What the paper does, in the sentences that carry most; readable, plain text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Entries that belong together."""

    kind: SectionKind
    entries: tuple[Entry, ...]
    interest: str = ""
    """In a weekly issue, the interest that its papers serve; else "" (or none fits best)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """How one source fared today, for the footer and for status."""

    name: str
    state: SourceState
    papers: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one reader set for the email; the keys of [email] that decide what is in it."""

    papers: int = 12
    min_score: float = 25.0
    trending: int = 3
    empty: str = "skip"
    summary: str = "auto"
    weekly: bool = False
    unguided: bool = False
    """The reader said nothing of what they want: what is popular makes the issue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What is remembered of one reader, handed to `compose`."""

    sent: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """From each key of each paper that the reader has seen to all keys of that paper."""
    passed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The same for papers that were candidates of an earlier digest and not chosen."""
    upvotes: Mapping[str, int] = field(default_factory=dict)
    """From each key of a paper passed over to its upvotes then; absent where it had none."""
    last: date | None = None
    """The day of the last digest that went out (or was composed empty)."""
    read_until: datetime | None = None
    """When that digest was composed: papers first seen later are new."""
    quiet_days: int = 0
    """Scheduled days without a mail since the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """All that one day's email says."""

    reader: str
    day: date
    now: datetime
    """In the reader's own zone."""
    sections: tuple[Section, ...] = ()
    read: int = 0
    """How many new papers were read."""
    left_out: int = 0
    """How many of them are not in the email."""
    crowded: int = 0
    """How many of them reached `min_score`, and found no room."""
    too_old: int = 0
    """Papers listed more than a week ago, dropped after a long pause."""
    covers: tuple[date, date] | None = None
    """First and last day, where the issue covers more than its own day."""
    sources: tuple[SourceReport, ...] = ()
    empty: EmptyReason | None = None
    """Why there is nothing to send, for texts in any language; None where there is."""
    empty_reason: str = ""
    """The same as an honest English sentence; "" where there is something to send."""
    best: int = 0
    """The points of the best new paper, sent or not."""
    min_score: float = 0.0
    """The points that a paper had to reach."""
    short_note: bool = False
    """Empty, but the reader wants to hear so: always, or after some quiet days."""
    minutes: int = 0
    """Time to read it."""
    unguided: bool = False
    """Its reader said nothing of what they want: what is popular is all there is."""
    note: str = ""
    """One honest sentence about something unusual, such as a template that fell back."""

    @property
    def worth_sending(self) -> bool:
        """Tell whether there is anything to mail: papers, or a short note that there are none."""
        return bool(self.sections) or self.short_note

    @property
    def past(self) -> bool:
        """Tell whether its day is over: somebody asked for it by name, or it comes late."""
        return self.day < self.now.date()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return all entries in their order."""
        return tuple(entry for section in self.sections for entry in section.entries)

    @property
    def papers(self) -> tuple[Paper, ...]:
        """Return the papers in their order."""
        return tuple(entry.ranked.paper for entry in self.entries)
