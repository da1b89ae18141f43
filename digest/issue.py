"""One day's issue for one reader: which papers, in which sections, or why there are none.

`compose` decides, it does nothing: no clock, no store, no network. The rules in short:

- What was sent never comes back, and what the reader judged before today does not come: not as
  v2, not from another source (`paper.same`).
- What was passed over comes back once at most, as *now trending*: when its upvotes have risen
  into the top tenth of all papers at hand (they were below it when it was passed over). Upvotes
  of the first day are immature, so this is where late success shows.
- Papers that reach `min_score` fill the issue, best first; followed authors are always shown.
- A few popular papers below `min_score` cure the bubble. They never make an issue on their own,
  but for a reader who named no interest: where nothing matches there is none, and `empty_reason`
  says why.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import count
from typing import TYPE_CHECKING

from digest import choice, quiet
from digest.gist import gist
from digest.mathtext import readable
from digest.ranking import band
from digest.text import cut

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from digest.paper import Paper
    from digest.ranking import Ranked

QUIET_DAYS = 3
"""Scheduled days without a mail after which a short note says that all is well."""

WORDS_A_MINUTE = 230
"""How fast people read (M. Brysbaert, Journal of Memory and Language 109, 2019: 238)."""

SECONDS_A_PAPER = 10
"""Time to decide about one paper, beside reading it."""


LONGEST_TITLE = 300


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

    @property
    def title(self) -> str:
        """Return the paper's title as one reads it: its mathematics in Unicode, of some length."""
        return cut(readable(self.ranked.paper.title), LONGEST_TITLE)


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
    empty: quiet.Emptiness | None = None
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


def compose(
    ranked: Sequence[Ranked],
    *,
    reader: str,
    day: date,
    now: datetime,
    limits: Limits,
    history: History,
    sources: Sequence[SourceReport] = (),
    idf: Callable[[str], float] | None = None,
) -> Issue:
    """Choose from `ranked` what `reader` gets on `day`, arrange it, or say why it is nothing.

    `ranked` holds one of each paper, in any order; `idf` gives the gists a word's weight.
    """
    fresh, passed = choice.sift(ranked, history)
    piles = _piles(ranked, fresh, passed, limits, history)
    sections = tuple(_numbered(piles, limits, idf))
    shown = {entry.ranked.paper.id for section in sections for entry in section.entries}
    returned = sum(len(s.entries) for s in sections if s.kind is SectionKind.NOW_TRENDING)
    issue = Issue(
        reader=reader,
        day=day,
        now=now,
        sections=sections,
        read=len(fresh),
        left_out=len(fresh) - sum(len(s.entries) for s in sections) + returned,
        crowded=sum(
            not r.muted and choice.points(r) >= limits.min_score and r.paper.id not in shown
            for r in fresh
        ),
        covers=_covers(day, history),
        sources=tuple(sources),
        best=max((choice.points(r) for r in fresh if not r.muted), default=0),
        min_score=limits.min_score,
        minutes=_minutes(sections),
        unguided=limits.unguided,
    )
    return issue if sections else _explained(issue, ranked, fresh, limits, history)


def _piles(
    ranked: Sequence[Ranked],
    fresh: Sequence[Ranked],
    passed: Sequence[Ranked],
    limits: Limits,
    history: History,
) -> Iterator[tuple[SectionKind, str, Sequence[Ranked]]]:
    matching = choice.matching(fresh, limits)
    authors = [r for r in choice.followed(fresh) if r not in matching]
    authors = authors[: choice.MAX_PAPERS - len(matching)]
    shown = [*matching, *authors]
    if not shown and not limits.unguided:
        return
    yield from _by_interest(matching) if limits.weekly else _by_fit(matching)
    yield SectionKind.AUTHORS, "", authors
    wanted = limits.papers if limits.unguided else limits.trending
    room = min(wanted, choice.MAX_PAPERS - len(shown))
    risen = choice.risen(ranked, passed, history)[: max(room // 2, min(room, 1))]
    yield SectionKind.TRENDING, "", choice.popular(fresh, shown, limits)[: room - len(risen)]
    yield SectionKind.NOW_TRENDING, "", risen


def _by_fit(matching: Sequence[Ranked]) -> Iterator[tuple[SectionKind, str, Sequence[Ranked]]]:
    strong = [r for r in matching if _is_strong(r)]
    yield SectionKind.BEST, "", strong
    yield SectionKind.CLOSE, "", matching[len(strong) :]


def _by_interest(matching: Sequence[Ranked]) -> Iterator[tuple[SectionKind, str, Sequence[Ranked]]]:
    groups: dict[str, list[Ranked]] = defaultdict(list)
    for ranked in matching:
        groups[ranked.interest].append(ranked)
    for interest, group in groups.items():
        yield SectionKind.BEST if _is_strong(group[0]) else SectionKind.CLOSE, interest, group


def _is_strong(ranked: Ranked) -> bool:
    return band(choice.points(ranked)) == "strong"


def _numbered(
    piles: Iterable[tuple[SectionKind, str, Sequence[Ranked]]],
    limits: Limits,
    idf: Callable[[str], float] | None,
) -> Iterator[Section]:
    numbers = count(1)
    for kind, interest, pile in piles:
        length = 2 if kind is SectionKind.BEST else 1
        entries = tuple(
            Entry(
                number=next(numbers),
                ranked=ranked,
                gist=gist(ranked.paper, limits.gist, sentences=length, idf=idf),
            )
            for ranked in pile
        )
        if entries:
            yield Section(kind=kind, entries=entries, interest=interest)


def _covers(day: date, history: History) -> tuple[date, date] | None:
    """Return the days since the last digest, at most a week of them, where it is more than one."""
    first = day
    if history.last and history.last < day:
        first = max(history.last + timedelta(days=1), day - timedelta(days=7))
    return (first, day) if first < day else None


def _minutes(sections: Iterable[Section]) -> int:
    """Return the time to read all that is shown, in whole minutes, at least one."""
    entries = [entry for section in sections for entry in section.entries]
    words = sum(len(f"{e.ranked.paper.title} {e.gist}".split()) for e in entries)
    return max(math.ceil(words / WORDS_A_MINUTE + len(entries) * SECONDS_A_PAPER / 60), 1)


def _explained(
    issue: Issue,
    ranked: Sequence[Ranked],
    fresh: Sequence[Ranked],
    limits: Limits,
    history: History,
) -> Issue:
    """Return the empty `issue` with the reason, and whether its reader wants to hear it."""
    empty = quiet.emptiness(ranked, fresh, issue.sources)
    return replace(
        issue,
        empty=empty,
        empty_reason=quiet.reason(empty, issue, len(ranked)),
        short_note=limits.empty == "send" or history.quiet_days >= QUIET_DAYS,
        minutes=0,
    )
