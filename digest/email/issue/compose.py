"""Composition of one reader's issue: its papers in sections, or the reason for none.

`compose` is pure: no clock, no store, no network. The rules:

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
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

from digest.email.i18n import Language
from digest.email.issue import selection
from digest.email.issue.empty import empty_reason, explain, troubles
from digest.email.latex.normalize import readable
from digest.email.summary.summarize import summarize
from digest.model.issue import (
    MAX_PAPERS,
    Entry,
    History,
    Issue,
    IssueLimits,
    Section,
    SectionKind,
    SourceReport,
)
from digest.model.text import cut
from digest.ranking import band

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from digest.model.paper import Paper
    from digest.model.ranked import Ranked

MAX_TITLE_CHARS = 300
"""Characters of a title; longer ones are cut at a word."""
QUIET_DAYS = 3
"""Scheduled days without a mail after which a short note says that all is well."""

OFFERED = 3
"""Popular papers that a note about a day without a match offers."""

WORDS_A_MINUTE = 230
"""How fast people read (M. Brysbaert, Journal of Memory and Language 109, 2019: 238)."""

SECONDS_A_PAPER = 10
"""Time to decide about one paper, beside reading it."""


def compose(
    ranked: Sequence[Ranked],
    *,
    reader: str,
    day: date,
    now: datetime,
    limits: IssueLimits,
    history: History,
    sources: Sequence[SourceReport] = (),
    idf: Callable[[str], float] | None = None,
) -> Issue:
    """Choose from `ranked` what `reader` gets on `day`, arrange it, or say why it is nothing.

    `ranked` holds one of each paper, in any order; `idf` gives the summaries a word's weight.
    """
    fresh, passed = selection.split_seen(ranked, history)
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
        no_room=sum(
            not r.muted and selection.points(r) >= limits.min_score and r.paper.id not in shown
            for r in fresh
        ),
        covers=_covers(day, history),
        sources=tuple(sources),
        best=max((selection.points(r) for r in fresh if not r.muted), default=0),
        min_score=limits.min_score,
        minutes=_minutes(sections),
        no_interests=limits.no_interests,
    )
    if sections:
        return issue
    popular = selection.popular(fresh, (), limits)[:OFFERED]
    (offered,) = list(_numbered([(SectionKind.TRENDING, "", popular)], limits, idf)) or (None,)
    issue = replace(issue, popular=offered.entries if offered else ())
    return _explained(issue, ranked, fresh, limits, history)


def _piles(
    ranked: Sequence[Ranked],
    fresh: Sequence[Ranked],
    passed: Sequence[Ranked],
    limits: IssueLimits,
    history: History,
) -> Iterator[tuple[SectionKind, str, Sequence[Ranked]]]:
    matching = selection.matching(fresh, limits)
    others = [r for r in matching if not r.followed]
    authors = selection.by_followed_authors(fresh)[: MAX_PAPERS - len(others)]
    shown = [*authors, *others]
    if not shown and not limits.no_interests:
        return
    yield SectionKind.AUTHORS, "", authors
    yield from _by_interest(others) if limits.weekly else _by_fit(others)
    wanted = limits.papers if limits.no_interests else limits.trending
    room = min(wanted, MAX_PAPERS - len(shown))
    risen = selection.newly_popular(ranked, passed, history)[: max(room // 2, min(room, 1))]
    yield SectionKind.TRENDING, "", selection.popular(fresh, shown, limits)[: room - len(risen)]
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
    return band(selection.points(ranked)) == "strong"


def display_title(paper: Paper) -> str:
    """Return the paper's title as plain text: mathematics in Unicode, at most 300 characters."""
    return cut(readable(paper.title), MAX_TITLE_CHARS)


def _numbered(
    piles: Iterable[tuple[SectionKind, str, Sequence[Ranked]]],
    limits: IssueLimits,
    idf: Callable[[str], float] | None,
) -> Iterator[Section]:
    numbers = count(1)
    for kind, interest, pile in piles:
        entries = tuple(_entry(kind, next(numbers), ranked, limits, idf) for ranked in pile)
        if entries:
            yield Section(kind=kind, entries=entries, interest=interest)


def _entry(
    kind: SectionKind,
    number: int,
    ranked: Ranked,
    limits: IssueLimits,
    idf: Callable[[str], float] | None,
) -> Entry:
    leads = number == 1 and kind in (SectionKind.BEST, SectionKind.AUTHORS)
    length = 1 if selection.compact(kind, number) else 2 + leads
    return Entry(
        number=number,
        ranked=ranked,
        title=display_title(ranked.paper),
        summary=summarize(ranked.paper, limits.summary, sentences=length, idf=idf),
    )


def _covers(day: date, history: History) -> tuple[date, date] | None:
    """Return the days since the last digest, at most a week of them, where it is more than one."""
    first = day
    if history.last and history.last < day:
        first = max(history.last + timedelta(days=1), day - timedelta(days=7))
    return (first, day) if first < day else None


def _minutes(sections: Iterable[Section]) -> int:
    """Return the time to read all that is shown, in whole minutes, at least one."""
    entries = [entry for section in sections for entry in section.entries]
    words = sum(len(f"{e.ranked.paper.title} {e.summary}".split()) for e in entries)
    return max(math.ceil(words / WORDS_A_MINUTE + len(entries) * SECONDS_A_PAPER / 60), 1)


def _explained(
    issue: Issue,
    ranked: Sequence[Ranked],
    fresh: Sequence[Ranked],
    limits: IssueLimits,
    history: History,
) -> Issue:
    """Return the empty `issue` with the reason, and whether a note of it is sent."""
    empty = replace(issue, empty=empty_reason(ranked, fresh, issue.sources))
    english = Language("en")
    sentences = (explain(empty, english, weekly=limits.weekly), *troubles(empty, english))
    return replace(
        empty,
        empty_reason=" ".join(sentences),
        short_note=limits.empty == "send" or history.quiet_days >= QUIET_DAYS,
        minutes=0,
    )
