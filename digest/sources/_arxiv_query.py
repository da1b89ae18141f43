"""Papers of arXiv's query API, by the days on which they were announced."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from digest.sources import _feed_reader
from digest.sources._arxiv_calendar import submitted
from digest.sources._arxiv_entries import papers_of_query

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from digest.model.paper import Paper
    from digest.sources._entries import Skipped
    from digest.sources.http import FetchSession

_PAGE = 500
_MOST_PAGES = 4
_DAY = timedelta(days=1)


def read_announced(
    visit: FetchSession,
    api_url: str,
    categories: Sequence[str],
    days: tuple[date, date],
    take: Callable[[Sequence[Paper]], None],
    skip: Skipped,
) -> date:
    """Pass the papers announced on `days` (first, last) to `take`, page by page.

    Return the last day that was read completely: pages are in order of submission, and only so
    many are asked for. What was taken before an error (SourceError) was read all the same.
    """
    first, last = days
    query = _query(categories, submitted(first)[0], submitted(last)[1])
    reached = first - _DAY
    for page in range(_MOST_PAGES):
        answer = visit.get(_asked(api_url, query, page * _PAGE))
        feed = _feed_reader.read(answer.body)
        batch = papers_of_query(feed, skip.source, skip)
        take(batch)
        if feed.cut:
            raise _feed_reader.cut_short(skip.source)
        if len(feed.entries) < _PAGE:
            return last
        reached = max((p.listed - _DAY for p in batch if p.listed), default=reached)
    return min(reached, last)


def _query(categories: Sequence[str], start: datetime, end: datetime) -> str:
    among = " OR ".join(f"cat:{category}" for category in categories)
    span = " TO ".join(f"{when.astimezone(UTC):%Y%m%d%H%M}" for when in (start, end))
    return f"({among}) AND submittedDate:[{span}]"


def _asked(url: str, query: str, start: int) -> str:
    facts = {
        "search_query": query,
        "start": str(start),
        "max_results": str(_PAGE),
        "sortBy": "submittedDate",
        "sortOrder": "ascending",
    }
    return f"{url}{'&' if '?' in url else '?'}{urlencode(facts)}"
