"""Candidates: the fetched papers that may be new to a reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from digest.app.pipeline.fetch import new_sources
from digest.model.merging import merge

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from digest.app.pipeline.history import Past
    from digest.app.pipeline.request import DigestRequest
    from digest.app.runtime import Runtime
    from digest.model.paper import Paper
    from digest.sources import FetchResult

OLDEST = timedelta(days=7)
"""After a longer pause, papers listed before this are dropped, with a word about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """The papers a digest may choose from."""

    papers: tuple[Paper, ...] = ()
    too_old: int = 0
    """Papers dropped because they were listed more than a week ago, after a long pause."""
    archive: tuple[Paper, ...] = ()
    """Papers of earlier days than the last listed one: recorded as passed over."""


def candidates_for(
    request: DigestRequest, fetched: Sequence[FetchResult], past: Past, runtime: Runtime
) -> Candidates:
    """Return one of each paper that may be new to a request's reader, fetched now or since."""
    history = past.history
    first_day = request.first_day or request.day
    day_before = datetime.combine(first_day, time(), tzinfo=UTC) - timedelta(days=1)
    seen_after = day_before if request.explicit_day else history.read_until
    return candidates(
        fetched,
        runtime.store.papers.since(seen_after) if seen_after else (),
        day=request.day,
        last=history.last,
        new_sources=new_sources(fetched, history.read_until, runtime),
        asked=request.explicit_day,
        since=request.first_day,
        returned=past.returned.papers,
    )


def candidates(
    fetched: Sequence[FetchResult],
    remembered: Iterable[Paper] = (),
    *,
    day: date,
    last: date | None,
    new_sources: Collection[str] = frozenset(),
    asked: bool = False,
    since: date | None = None,
    returned: Sequence[Paper] = (),
) -> Candidates:
    """Return one of each paper that may be new to a reader whose last digest was on `last`.

    Where the reader had none yet, and for a source that was never read before, only the last day
    it listed counts: a first digest must not hold a feed's whole archive, nor repeat everything
    after the state was lost. `asked` keeps the papers listed on `day` itself. In both cases the
    days from `since` on count too: a week of them for a weekly digest. `remembered` are papers
    fetched since the last digest that their source may no longer list, `returned` those of
    undelivered digests: they are new whatever their age.
    """
    if asked:
        seen = [paper for one in fetched for paper in one.papers] + list(remembered)
        first_day = since or day
        return Candidates(
            papers=merge(p for p in seen if p.listed is None or first_day <= p.listed <= day)
        )
    papers: list[Paper] = []
    archive: list[Paper] = []
    for one in fetched:
        first = last is None or one.source in new_sources
        fresh = _last_listed(one.papers, since) if first else one.papers
        papers += fresh
        kept = set(map(id, fresh))
        archive += [paper for paper in one.papers if id(paper) not in kept]
    if last is not None:
        papers += remembered
    whole = merge(papers)
    if last is not None and day - last > OLDEST:
        recent = tuple(p for p in whole if p.listed is None or day - p.listed <= OLDEST)
        papers, archive, too_old = list(recent), [], len(whole) - len(recent)
    else:
        papers, too_old = list(whole), 0
    return Candidates(papers=merge((*papers, *returned)), too_old=too_old, archive=tuple(archive))


def _last_listed(papers: Sequence[Paper], since: date | None) -> Sequence[Paper]:
    newest = max((paper.listed for paper in papers if paper.listed), default=date.min)
    first_day = min(newest, since or newest)
    return [paper for paper in papers if paper.listed is None or paper.listed >= first_day]
