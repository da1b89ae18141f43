"""arXiv: the batch of the day from its Atom feeds, and missed days from its query API.

The Atom feed, not RSS: there the abstracts are plain text, while feedparser reads RSS
descriptions as HTML and eats `$p<q$`. One category a request, so that the feed's cap of 2,000
entries, which cuts new papers first, is out of reach.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote, urlencode

from digest.model.errors import SourceError, Unreachable
from digest.model.identity import arxiv_id
from digest.model.states import SourceState
from digest.sources import FetchResult, _feed_reader, source
from digest.sources._arxiv_calendar import announces, batch_day, batches_between, submitted
from digest.sources._arxiv_entries import HINT, papers_of, papers_of_query, wanted
from digest.sources._entries import Notes, Skipped

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from digest.model.paper import Paper
    from digest.sources import FetchWindow
    from digest.sources.http import FetchSession, Http

FEEDS = "https://rss.arxiv.org/atom"
API = "https://export.arxiv.org/api/query"
_MOST_FEEDS = 8
"""More categories share requests: at three seconds each there is time for so many."""
_PAGE = 500
_MOST_PAGES = 4
_LONGEST_GAP = timedelta(days=7)


@source("arxiv")
@dataclass(frozen=True, slots=True, kw_only=True)
class Arxiv:
    """The new papers of some of arXiv's categories."""

    kind: ClassVar[str]
    categories: tuple[str, ...]
    """Such as "cs.LG"."""
    name: str = "arxiv"
    cross_lists: bool = True
    """Also papers whose first category is another."""
    replacements: bool = False
    """Also new versions of old papers."""
    url: str = FEEDS
    api_url: str = API

    @property
    def backfills(self) -> bool:
        """Return whether the API is asked for missed days; not if `url` alone was changed."""
        return self.url == FEEDS or self.api_url != API

    def fetch(self, http: Http, when: FetchWindow) -> FetchResult:
        """Read the batch of today and those missed since the last time, or of an asked day."""
        run = _Run(self, when, Skipped(self.name), Notes())
        try:
            with http.visit(self.name) as visit:
                run.read(visit)
        except SourceError as error:
            run.errors.append(error)
        return run.fetched()


@dataclass(slots=True)
class _Run:
    """One fetch: what was found so far and what went wrong."""

    source: Arxiv
    when: FetchWindow
    skip: Skipped
    notes: Notes
    found: dict[str, Paper] = field(default_factory=dict)
    errors: list[SourceError] = field(default_factory=list)

    def read(self, visit: FetchSession) -> None:
        """Read the feeds where they hold what is wanted, the rest from the API."""
        batch = batch_day(self.when.now)
        if not self.when.asked:
            self._read_feeds(visit)
            ahead = batch - self.when.day  # arXiv's date may not yet or no more be the reader's
            since = max((self.when.since or self.when.day) + ahead, batch - _LONGEST_GAP)
            missed = batches_between(since, batch)
            if missed and self.source.backfills:
                self._read_api(visit, missed[0], missed[-1])
        elif self.when.day == batch or not self.source.backfills:
            self._read_feeds(visit)
        elif announces(self.when.day):
            self._read_api(visit, self.when.day, self.when.day)

    def _read_feeds(self, visit: FetchSession) -> None:
        """Read each feed; one that fails does not take the others with it."""
        for categories in _shared(self.source.categories, _MOST_FEEDS):
            url = f"{self.source.url.rstrip('/')}/{quote('+'.join(categories), safe='+.')}"
            try:
                feed = _feed_reader.read(self.notes.of(visit.get(url)).body)
                self._add(papers_of(feed, self.source.name, self._kinds(), self.skip))
                if feed.cut:
                    raise _feed_reader.cut_short(self.source.name)
            except SourceError as error:
                self.errors.append(_explained(visit.blame(error)))

    def _read_api(self, visit: FetchSession, first: date, last: date) -> None:
        """Add the papers that were announced from `first` to `last`."""
        query = _query(self.source.categories, submitted(first)[0], submitted(last)[1])
        for page in range(_MOST_PAGES):
            answer = visit.get(_asked(self.source.api_url, query, page * _PAGE))
            batch = parse_query(answer.body, source=self.source.name, skip=self.skip)
            mine = set(self.source.categories)
            self._add(
                paper
                for paper in batch
                if self.source.cross_lists or (paper.categories[:1] and paper.categories[0] in mine)
            )
            if len(batch) < _PAGE:
                return

    def _kinds(self) -> frozenset[str]:
        return wanted(cross_lists=self.source.cross_lists, replacements=self.source.replacements)

    def _add(self, batch: Iterable[Paper]) -> None:
        for paper in batch:
            self.found.setdefault(paper.id, paper)

    def fetched(self) -> FetchResult:
        """Return what came of it."""
        day = self.when.day if self.when.asked else batch_day(self.when.now)
        found = tuple(self.found.values())
        error = self.errors[0] if self.errors else None
        if self.when.asked:
            found = tuple(paper for paper in found if paper.listed == day)
        return FetchResult(
            source=self.source.name,
            papers=found,
            state=self._state(day, empty=not found),
            error=error,
            skipped=self.skip.count,
            due=announces(day),
            notes=self.notes.with_end(error),
        )

    def _state(self, day: date, *, empty: bool) -> SourceState:
        if not empty:
            return SourceState.OK
        if self.errors:
            return SourceState.FAILED
        return SourceState.STALE if announces(day) else SourceState.QUIET


def _shared(categories: tuple[str, ...], most: int) -> list[tuple[str, ...]]:
    """Return the categories of each request, at most `most` requests."""
    each = -(-len(categories) // most) or 1
    return [categories[i : i + each] for i in range(0, len(categories), each)]


def _explained(error: SourceError) -> SourceError:
    """Return `error` with what a refused category means."""
    if isinstance(error, Unreachable) and error.status == 400:  # noqa: PLR2004  # Bad Request
        error.hint = HINT
    return error


def _query(categories: Iterable[str], start: datetime, end: datetime) -> str:
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


def by_id(
    http: Http, ids: Iterable[str], *, source: str = "arxiv", api_url: str = API
) -> tuple[Paper, ...]:
    """Return the papers with these arXiv ids, as far as the archive knows them.

    Raises Unreachable or Unreadable.
    """
    wanted = list(dict.fromkeys(number for text in ids if (number := arxiv_id(text))))
    if not wanted:
        return ()
    facts = {"id_list": ",".join(wanted), "max_results": str(len(wanted))}
    with http.visit(source) as visit:
        answer = visit.get(f"{api_url}?{urlencode(facts)}")
        return parse_query(answer.body, source=source)


def parse(
    body: bytes,
    *,
    source: str = "arxiv",
    cross_lists: bool = True,
    replacements: bool = False,
    skip: Skipped | None = None,
) -> tuple[Paper, ...]:
    """Return the papers of a feed of the day (Atom, or RSS); raise Unreadable where it is none."""
    feed = _feed_reader.read(body)
    choice = wanted(cross_lists=cross_lists, replacements=replacements)
    return papers_of(feed, source, choice, skip or Skipped(source))


def parse_query(
    body: bytes, *, source: str = "arxiv", skip: Skipped | None = None
) -> tuple[Paper, ...]:
    """Return the papers of an answer of the query API; raise Unreadable where it is an error."""
    return papers_of_query(_feed_reader.read(body), source, skip or Skipped(source))
