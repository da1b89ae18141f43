"""arXiv: the batch of the day from its Atom feeds, and missed days from its query API.

The Atom feed, not RSS: there the abstracts are plain text, while feedparser reads RSS
descriptions as HTML and eats `$p<q$`. One category a request, so that the feed's cap of 2,000
entries, which cuts new papers first, is out of reach.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote, urlencode

from digest.model.errors import SourceError
from digest.model.identity import arxiv_id
from digest.model.states import PartState, SourceState
from digest.sources import FetchResult, _feed_reader, source
from digest.sources._arxiv_calendar import announces, batch_day
from digest.sources._arxiv_categories import CATEGORIES, suggested
from digest.sources._arxiv_entries import HINT, papers_of, papers_of_query, refusal_of, wanted
from digest.sources._arxiv_progress import account, progress, renamed, shared
from digest.sources._arxiv_query import read_announced
from digest.sources._entries import Notes, Skipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from digest.model.paper import Paper
    from digest.sources import FetchWindow
    from digest.sources._arxiv_progress import Category
    from digest.sources.http import FetchSession, Http

FEEDS = "https://rss.arxiv.org/atom"
API = "https://export.arxiv.org/api/query"
_MOST_FEEDS = 8
"""More categories share requests: at three seconds each there is time for so many."""


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
        batch = batch_day(when.now)
        run = _Run(self, when, batch, progress(self.categories, when, batch))
        try:
            with http.visit(self.name) as visit:
                run.read(visit)
        except SourceError as error:
            run.errors.append(error)
        return run.fetched()


@dataclass(slots=True)
class _Run:
    """One fetch: the papers found so far, the state of each category, the errors."""

    source: Arxiv
    when: FetchWindow
    batch: date
    categories: tuple[Category, ...]
    skip: Skipped = field(init=False)
    notes: Notes = field(default_factory=Notes)
    found: dict[str, Paper] = field(default_factory=dict)
    errors: list[SourceError] = field(default_factory=list)
    newest: date = date.min
    """The latest batch seen anywhere: proof that it was announced."""

    def __post_init__(self) -> None:
        self.skip = Skipped(self.source.name)

    def read(self, visit: FetchSession) -> None:
        """Read the feeds where they hold what is wanted, the rest from the API."""
        day = self.when.day
        if not self.when.asked:
            self._read_feeds(visit)
            if self.source.backfills:
                self._fill(visit)
        elif day == self.batch or not self.source.backfills:
            self._read_feeds(visit)
        elif announces(day):
            names = [one.name for one in self.categories]
            read_announced(visit, self.source.api_url, names, (day, day), self._add, self.skip)

    def _read_feeds(self, visit: FetchSession) -> None:
        """Read each feed; one that fails does not take the others with it."""
        groups = shared(self.categories, _MOST_FEEDS)
        while groups:
            group = groups.pop(0)
            try:
                self._read_feed(visit, group)
            except SourceError as error:
                words = refusal_of(visit.blame(error))
                if words and len(group) > 1:  # one wrong name refuses them all: which one?
                    groups[:0] = [(one,) for one in group]
                    continue
                self.errors.append(_failed(group, error, words))

    def _read_feed(self, visit: FetchSession, group: Sequence[Category]) -> None:
        names = "+".join(one.name for one in group)
        url = f"{self.source.url.rstrip('/')}/{quote(names, safe='+.')}"
        feed = _feed_reader.read(self.notes.of(visit.get(url)).body)
        choice = wanted(cross_lists=self.source.cross_lists, replacements=self.source.replacements)
        self._add(papers_of(feed, self.source.name, choice, self.skip))
        if feed.cut:
            error = visit.blame(_feed_reader.cut_short(self.source.name))
            self.errors.append(error)
            for one in group:
                one.failed(error, PartState.CUT)
            return
        newest = max((e.published.date() for e in feed.entries if e.published), default=None)
        self.newest = max(self.newest, newest or date.min)
        for one in group:
            one.showed(newest, self.batch)

    def _fill(self, visit: FetchSession) -> None:
        """Read what the feeds did not show, today's batch too, from the API."""
        lacking = [one for one in self.categories if one.unread and one.known]
        if not lacking:
            return
        first = min(one.unread[0] for one in lacking)
        last = max(one.unread[-1] for one in lacking)
        names = [one.name for one in lacking]
        try:
            until = read_announced(
                visit, self.source.api_url, names, (first, last), self._add, self.skip
            )
        except SourceError as error:
            self.errors.append(visit.blame(error))
            for one in lacking:
                one.trouble = one.trouble or str(error)
            return
        if self.newest < self.batch:  # perhaps not announced yet: an empty answer proves nothing
            until = min(until, self.batch - timedelta(days=1))
        given = {category for paper in self.found.values() for category in paper.categories}
        for one in lacking:
            one.filled(until, papers=one.name in given)

    def _add(self, batch: Sequence[Paper]) -> None:
        """Keep new papers; of guests, those that are wanted."""
        mine = set(self.source.categories)
        for paper in batch:
            if self.source.cross_lists or not paper.categories or paper.categories[0] in mine:
                self.found.setdefault(paper.id, paper)
            if paper.listed:
                self.newest = max(self.newest, paper.listed)

    def fetched(self) -> FetchResult:
        """Return what came of it."""
        day = self.when.day if self.when.asked else self.batch
        found = tuple(self.found.values())
        if self.when.asked:
            found = tuple(paper for paper in found if paper.listed == day)
        state = self._state(day, empty=not found)
        error = self._error(state)
        return FetchResult(
            source=self.source.name,
            papers=found,
            state=state,
            error=error,
            skipped=self.skip.count,
            due=announces(day),
            parts=() if self.when.asked else tuple(c.part(self.batch) for c in self.categories),
            notes=self.notes.with_end(error),
        )

    def _state(self, day: date, *, empty: bool) -> SourceState:
        if not empty:
            return SourceState.OK
        if self.errors:
            return SourceState.FAILED
        return SourceState.STALE if announces(day) else SourceState.QUIET

    def _error(self, state: SourceState) -> SourceError | None:
        """Return the first error, with the categories at fault in its message."""
        text = account(self.categories)
        first = self.errors[0] if self.errors else None
        if self.when.asked or not text or (state is SourceState.STALE and first is None):
            return first
        return renamed(first, text, self.source.name)


def _failed(group: Sequence[Category], error: SourceError, words: str) -> SourceError:
    """Return the error of a feed, having recorded it: a refused name that is none is unknown."""
    for one in group:
        if words and one.name not in CATEGORIES:
            near = suggested(one.name)
            error.hint = f'did you mean "{near}"?' if near else HINT
            one.failed(error, PartState.UNKNOWN)
            one.trouble = f"arXiv has no such category ({words})"
        else:
            one.failed(error, PartState.FAILED)
    return error


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
