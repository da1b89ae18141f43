"""Selection of papers: new, matching, popular and newly popular ones.

All functions are pure. They take and return ranked papers, best first; equal points are decided
by popularity, then by id, so that the same papers always give the same issue.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from digest.model.identity import same
from digest.model.issue import MAX_PAPERS, SectionKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from digest.model.issue import History, IssueLimits
    from digest.model.paper import Paper
    from digest.model.ranked import Ranked


POPULAR = 5
"""Upvotes below which nothing is called popular; the median of a first day is 6."""

ALIKE = 0.6
"""Overlap from which two papers say the same; of 33,245 pairs of one day none was above 0.4."""

TOP_TENTH_OF = 10
"""Papers with upvotes below which a top tenth means nothing."""

_WORD = re.compile(r"[^\W\d_]{4,}")


FULL = 5
"""Papers shown in full; those after them are compact (title, one sentence, links)."""

_COMPACT = frozenset({SectionKind.CLOSE, SectionKind.TRENDING, SectionKind.NOW_TRENDING})


def compact(kind: SectionKind, number: int) -> bool:
    """Return whether paper `number` of a digest is shown in its compact form."""
    return kind in _COMPACT or number > FULL


def points(ranked: Ranked) -> int:
    """Return the score as a reader sees it: whole points of 100."""
    return round(ranked.score) if math.isfinite(ranked.score) else 0


def upvotes(ranked: Ranked) -> int:
    """Return the paper's upvotes, 0 where its source has none."""
    return ranked.paper.upvotes or 0


def in_order(papers: Iterable[Ranked]) -> list[Ranked]:
    """Return `papers` by points, then popularity, then id."""
    return sorted(papers, key=lambda r: (-points(r), -upvotes(r), r.paper.id))


def split_seen(papers: Iterable[Ranked], history: History) -> tuple[list[Ranked], list[Ranked]]:
    """Return the papers that are new and those passed over before; what was sent is dropped."""
    fresh: list[Ranked] = []
    passed: list[Ranked] = []
    for ranked in in_order(papers):
        if known(ranked.paper, history.sent):
            continue
        (passed if known(ranked.paper, history.passed) else fresh).append(ranked)
    return fresh, passed


def known(paper: Paper, remembered: Mapping[str, Sequence[str]]) -> bool:
    """Return whether `paper`, in any version and from any source, is among those remembered."""
    keys = paper.keys
    return any(key in remembered and same(keys, remembered[key]) for key in keys)


def matching(fresh: Iterable[Ranked], limits: IssueLimits) -> list[Ranked]:
    """Return the new papers that reach `min_score`, at most as many as the reader wants.

    Room is kept for the papers of followed authors; of papers that say the same the best stays.
    """
    fitting = [r for r in fresh if not r.muted and points(r) >= limits.min_score]
    others = MAX_PAPERS - len(by_followed_authors(fresh))
    chosen: list[Ranked] = []
    for ranked in fitting:
        if len(chosen) >= min(limits.papers, MAX_PAPERS):
            break
        if ranked.followed:
            chosen.append(ranked)
        elif others > 0 and not _repeats(ranked, chosen):
            chosen.append(ranked)
            others -= 1
    return chosen


def by_followed_authors(fresh: Iterable[Ranked]) -> list[Ranked]:
    """Return the new papers by authors whom the reader follows: shown whatever their score."""
    return [r for r in fresh if r.followed and not r.muted]


def popular(fresh: Iterable[Ranked], shown: Sequence[Ranked], limits: IssueLimits) -> list[Ranked]:
    """Return the most upvoted new papers below `min_score` that say nothing already `shown`."""
    outside = [
        r
        for r in fresh
        if not r.muted
        and not r.followed
        and points(r) < limits.min_score
        and upvotes(r) >= POPULAR
        and not _repeats(r, shown)
    ]
    return sorted(outside, key=upvotes, reverse=True)


def newly_popular(
    papers: Iterable[Ranked], passed: Iterable[Ranked], history: History
) -> list[Ranked]:
    """Return the papers passed over that rose since into the top tenth of all `papers`.

    Those that fit the reader come first, then the most upvoted. The top tenth is that of all papers
    at hand that have upvotes; of fewer than ten there is none.
    """
    counted = sorted((upvotes(r) for r in papers if r.paper.upvotes is not None), reverse=True)
    if len(counted) < TOP_TENTH_OF:
        return []
    bar = max(counted[len(counted) // 10 - 1], POPULAR)
    rose = [r for r in passed if not r.muted and _before(r.paper, history) < bar <= upvotes(r)]
    return in_order(rose)


def alike(one: Paper, other: Paper) -> bool:
    """Return whether two papers say nearly the same, by the words of their titles and abstracts.

    The measure is the cosine of the two sets of words (Ochiai's coefficient).
    """
    left, right = (_words(p.title, p.abstract) for p in (one, other))
    if not left or not right:
        return False
    return len(left & right) / math.sqrt(len(left) * len(right)) >= ALIKE


def _repeats(ranked: Ranked, shown: Iterable[Ranked]) -> bool:
    return any(alike(ranked.paper, other.paper) for other in shown)


@lru_cache(maxsize=5_000)
def _words(title: str, abstract: str) -> frozenset[str]:
    return frozenset(_WORD.findall(f"{title} {abstract}".casefold()))


def _before(paper: Paper, history: History) -> int:
    return max((history.upvotes.get(key, 0) for key in paper.keys), default=0)
