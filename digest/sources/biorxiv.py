"""bioRxiv and medRxiv through their JSON API: whole abstracts, which their feeds cut short."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Literal

from digest.model.doi import doi_of
from digest.model.errors import SourceError, Unreadable
from digest.model.identity import identity
from digest.model.paper import Links, Paper
from digest.model.states import SourceState
from digest.model.text import clean, unescape
from digest.sources import FetchResult, source
from digest.sources._arxiv_calendar import is_weekday
from digest.sources._author_lists import split
from digest.sources._entries import Notes, Skipped, Unusable, names, papers, title_of
from digest.sources._json import day, items, load, moment, table, text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from digest.sources import FetchWindow
    from digest.sources.http import FetchSession, Http

_LOOK_BACK = timedelta(days=2)
"""Papers appear in the list up to two days after the date they bear."""
_LONGEST_GAP = timedelta(days=7)
_MOST_PAGES = 30


@source("biorxiv")
@dataclass(frozen=True, slots=True, kw_only=True)
class Biorxiv:
    """The preprints of biology or medicine, all or those of some categories."""

    kind: ClassVar[str]
    name: str = "biorxiv"
    server: Literal["biorxiv", "medrxiv"] = "biorxiv"
    categories: tuple[str, ...] = ()
    """Such as "genomics"; all of them where there is none."""
    url: str = "https://api.biorxiv.org"

    def fetch(self, http: Http, when: FetchWindow) -> FetchResult:
        """Read the preprints of the last days, first versions only."""
        skip, notes = Skipped(self.name), Notes()
        found: dict[str, Paper] = {}
        error: SourceError | None = None
        first, last = _span(when)
        try:
            with http.visit(self.name) as visit:
                self._read(visit, f"{first}/{last}", found, skip, notes)
        except SourceError as failed:
            error = failed
        return FetchResult(
            source=self.name,
            papers=tuple(found.values()),
            state=_state(error, last, empty=not found),
            error=error,
            skipped=skip.count,
            due=is_weekday(last),
            notes=notes.with_end(error),
        )

    def _read(
        self, visit: FetchSession, span: str, found: dict[str, Paper], skip: Skipped, notes: Notes
    ) -> None:
        """Read page after page: the next begins where this one's count ends."""
        cursor = 0
        for _ in range(_MOST_PAGES):
            url = f"{self.url.rstrip('/')}/details/{self.server}/{span}/{cursor}"
            answer = notes.of(visit.get(url))
            batch = parse(
                answer.body,
                source=self.name,
                server=self.server,
                categories=self.categories,
                skip=skip,
            )
            found.update((paper.id, paper) for paper in batch if paper.id not in found)
            count, total = _progress(answer.body)
            cursor += count
            if not count or cursor >= total:
                return


def _span(when: FetchWindow) -> tuple[date, date]:
    if when.asked:
        return when.day, when.day
    today = when.now.date()
    since = min(when.since or today, today - _LOOK_BACK)
    return max(since, today - _LONGEST_GAP), today


def _state(error: SourceError | None, day: date, *, empty: bool) -> SourceState:
    if not empty:
        return SourceState.OK
    if error:
        return SourceState.FAILED
    return SourceState.STALE if is_weekday(day) else SourceState.QUIET


def _progress(body: bytes) -> tuple[int, int]:
    """Return how many entries this page has and how many there are in all."""
    message = table(next(iter(items(table(load(body)).get("messages"))), None))
    return _number(message.get("count")), _number(message.get("total"))


def _number(value: object) -> int:
    """Return a number that comes as one or as digits; 0 for anything else."""
    digits = str(value)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 0  # noqa: PLR2004  # more than any archive holds


def parse(
    body: bytes,
    *,
    source: str = "biorxiv",
    server: str = "biorxiv",
    categories: tuple[str, ...] = (),
    skip: Skipped | None = None,
) -> tuple[Paper, ...]:
    """Return the new papers of one page, those of `categories` where any is named.

    Raises Unreadable where it is no such page; later versions of old papers are not new.
    """
    page = table(load(body))
    if not isinstance(page.get("collection"), list):
        status = text(table(next(iter(items(page.get("messages"))), None)).get("status"))
        if "no posts found" in status.lower():
            return ()
        raise Unreadable("the answer is JSON, but no list of preprints")
    wanted = {_category(name) for name in categories}

    def read(item: object) -> Paper | None:
        facts = table(item)
        if str(facts.get("version", "1")) != "1":
            return None
        if wanted and _category(text(facts.get("category"))) not in wanted:
            return None
        return _paper(facts, source, server)

    return papers(items(page.get("collection")), read, skip or Skipped(source))


def _category(name: str) -> str:
    return " ".join(name.replace("_", " ").replace("-", " ").casefold().split())


def _paper(facts: Mapping[str, object], source: str, server: str) -> Paper:
    number = doi_of(text(facts.get("doi")))
    if not number:
        raise Unusable("it has no DOI")
    title = title_of(unescape(text(facts.get("title"))))
    page = f"https://www.{server}.org/content/{number}v1"
    first, *others = identity(doi=number, title=title)
    return Paper(
        id=first,
        aliases=tuple(others),
        title=title,
        abstract=clean(unescape(text(facts.get("abstract")))),
        authors=names(split(unescape(text(facts.get("authors"))))),
        published=moment(facts.get("date")),
        listed=day(facts.get("date")),
        categories=names([facts.get("category")]),
        links=Links(abstract=page, pdf=f"{page}.full.pdf"),
        sources=(source,),
        authority=2,
    )
