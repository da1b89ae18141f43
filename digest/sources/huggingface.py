"""Hugging Face Daily Papers: the papers that people submit and vote for, by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlencode

from digest.model.errors import SourceError, Unreachable, Unreadable
from digest.model.identity import arxiv_id, identity
from digest.model.paper import Links, Paper
from digest.model.states import SourceState
from digest.model.text import clean, unescape
from digest.sources import FetchResult, source
from digest.sources._arxiv_calendar import is_holiday, is_weekday, weekdays_before
from digest.sources._entries import (
    MAX_SUMMARY,
    Notes,
    Skipped,
    Unusable,
    names,
    papers,
    plausible,
    title_of,
    web,
)
from digest.sources._json import count, items, load, moment, table, text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from digest.sources import FetchWindow
    from digest.sources.http import FetchSession, Http

_SITE = "https://huggingface.co"
_PAGE = 100
_SHORT_PAGE = 50
"""The server's own page size: with fewer there is no further page, whatever it made of ours."""
_MOST_PAGES = 10
_LOOK_BACK = 3
"""Listed days before today that are read again: a list is complete only at about 10:00 UTC, and
votes come in for days."""
_LONGEST_GAP = timedelta(days=7)
_MOST_KEYWORDS = 20


@source("huggingface")
@dataclass(frozen=True, slots=True, kw_only=True)
class HuggingFace:
    """The Daily Papers list of huggingface.co."""

    kind: ClassVar[str]
    name: str = "huggingface"
    url: str = f"{_SITE}/api/daily_papers"
    min_upvotes: int = 0
    """Papers with fewer votes are left out."""

    def fetch(self, http: Http, when: FetchWindow) -> FetchResult:
        """Read today's list and those of the days before it that may have changed."""
        skip, notes = Skipped(self.name), Notes()
        found: dict[str, Paper] = {}
        error: SourceError | None = None
        with http.visit(self.name) as visit:
            for day in days(when):
                try:
                    if not self._read(visit, day, found, skip, notes):
                        break
                except SourceError as failed:
                    error = error or visit.blame(failed)
                    if not _is_of_one_day(failed):
                        break
        return FetchResult(
            source=self.name,
            papers=tuple(p for p in found.values() if (p.upvotes or 0) >= self.min_upvotes),
            state=_state(when, error, empty=not found),
            error=error,
            skipped=skip.count,
            due=_is_due(when),
            notes=notes.with_end(error),
        )

    def _read(
        self, visit: FetchSession, day: date, found: dict[str, Paper], skip: Skipped, notes: Notes
    ) -> bool:
        """Add the papers of one day; return False if the server ignores the day.

        Such a list is today's, which was asked for first. A page that brings nothing new ends the
        day: the server does not know pages.
        """
        for page in range(_MOST_PAGES):
            answer = notes.of(visit.get(self._address(day, page)))
            before = skip.count
            batch = parse(answer.body, source=self.name, listed=day, skip=skip)
            fresh = {paper.id: paper for paper in batch if paper.id not in found}
            found.update(fresh)
            if page == 0 and batch and not fresh:
                return False
            if not fresh or len(batch) + skip.count - before < _SHORT_PAGE:
                break
        return True

    def _address(self, day: date, page: int) -> str:
        query = {"date": day.isoformat(), "limit": str(_PAGE)} | ({"p": str(page)} if page else {})
        return f"{self.url}{'&' if '?' in self.url else '?'}{urlencode(query)}"


def days(when: FetchWindow) -> tuple[date, ...]:
    """Return the days whose lists are asked for, the one that counts most first."""
    if when.asked:
        return (when.day,)
    today = when.now.date()
    since = max(when.since or today, today - _LONGEST_GAP)
    missed = (day for day in weekdays_before(today, _LONGEST_GAP.days) if day >= since)
    return (today, *dict.fromkeys((*weekdays_before(today, _LOOK_BACK), *missed)))


def _is_of_one_day(error: SourceError) -> bool:
    """Return whether a server refused one day, such as a day that has not begun in its zone."""
    return isinstance(error, Unreachable) and error.status in (400, 404)


def _is_due(when: FetchWindow) -> bool:
    day = when.day if when.asked else when.now.date()
    return is_weekday(day) and not is_holiday(day)


def _state(when: FetchWindow, error: SourceError | None, *, empty: bool) -> SourceState:
    if not empty:
        return SourceState.OK
    if error:
        return SourceState.FAILED
    return SourceState.STALE if _is_due(when) else SourceState.QUIET


def parse(
    body: bytes,
    *,
    source: str = "huggingface",
    listed: date | None = None,
    skip: Skipped | None = None,
) -> tuple[Paper, ...]:
    """Return the papers of one page of the list, those it lists on `listed` (or as they say).

    Raises Unreadable where it is no list or nothing in it can be recognised.
    """
    entries = load(body)
    if not isinstance(entries, list):
        raise Unreadable("the answer is JSON, but no list of papers")
    return papers(
        entries, lambda item: _paper(table(item), source, listed), skip or Skipped(source)
    )


def _paper(item: Mapping[str, object], source: str, listed: date | None) -> Paper | None:
    paper = table(item.get("paper"))
    number = arxiv_id(text(paper.get("id")))
    if not number:
        raise Unusable("it has no arXiv id")
    if paper.get("withdrawnAt"):
        return None
    title = title_of(unescape(text(item.get("title")) or text(paper.get("title"))))
    submitted = moment(paper.get("submittedOnDailyAt"))
    first, *others = identity(arxiv=number, title=title)
    return Paper(
        id=first,
        aliases=tuple(others),
        title=title,
        abstract=clean(unescape(text(paper.get("summary")) or text(item.get("summary")))),
        authors=names(table(author).get("name") for author in items(paper.get("authors"))),
        published=plausible(moment(paper.get("publishedAt"))),
        listed=submitted.date() if submitted else listed,
        summary=clean(unescape(text(paper.get("ai_summary"))), MAX_SUMMARY),
        keywords=names(items(paper.get("ai_keywords")))[:_MOST_KEYWORDS],
        upvotes=count(paper.get("upvotes")),
        comments=count(item.get("numComments")),
        links=_links(number, paper),
        code_stars=count(paper.get("githubStars")),
        thumbnail=web(item.get("thumbnail")),
        sources=(source,),
        authority=1,
    )


def _links(number: str, paper: Mapping[str, object]) -> Links:
    return Links(
        abstract=f"https://arxiv.org/abs/{number}",
        pdf=f"https://arxiv.org/pdf/{number}",
        discussion=f"{_SITE}/papers/{number}",
        code=web(paper.get("githubRepo")),
        project=web(paper.get("projectPage")),
    )
