"""Any RSS or Atom feed: a journal's, a blog's, a search's."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from digest.model.doi import doi_of, is_doi_link
from digest.model.errors import SourceError
from digest.model.identity import arxiv_id, identity
from digest.model.markup import has_markup, html_text
from digest.model.paper import Links, Paper
from digest.model.states import SourceState
from digest.model.tex_accents import tex_name
from digest.model.text import clean, cut
from digest.sources import FetchResult, _feed_reader, source
from digest.sources._author_lists import split
from digest.sources._entries import (
    Notes,
    Skipped,
    held_on,
    names,
    papers,
    plausible,
    title_of,
    web,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from digest.sources import FetchWindow
    from digest.sources._feed_reader import FeedEntry
    from digest.sources.http import Http

_PREAMBLE = re.compile(r"[^.;,]{1,80}, Published online: [^;]{4,40}; ?doi:\S+\s*")
"""What Nature's feeds put before the text."""
_TITLE_FROM_TEXT = 120
"""Characters of the text that name an entry without a title."""
_MOST_TAGS = 20


@source("feed")
@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed at an address of its own."""

    kind: ClassVar[str]
    url: str
    name: str = "feed"
    private: bool = False
    """Its name may lead to an address of the own network."""

    def fetch(self, http: Http, when: FetchWindow) -> FetchResult:
        """Read the feed; of an asked day, the entries of that day."""
        skip, notes = Skipped(self.name), Notes()
        try:
            with http.visit(self.name) as visit:
                answer = notes.of(visit.get(self.url, private=self.private))
                feed = _feed_reader.read(
                    answer.body, content_type=answer.content_type, location=answer.url
                )
                found = papers_of(feed, self.name, when.now, skip)
        except SourceError as error:
            return FetchResult(
                source=self.name,
                state=SourceState.FAILED,
                error=error,
                skipped=skip.count,
                notes=notes.with_end(error),
            )
        if when.asked:
            found = tuple(p for p in found if held_on(p, when.day, undated=False))
        return FetchResult(
            source=self.name,
            papers=found,
            state=SourceState.OK if found else SourceState.QUIET,
            error=_feed_reader.cut_short(self.name) if feed.cut else None,
            skipped=skip.count + feed.cut,
            notes=notes.all,
        )


def parse(  # what an answer tells beside its bytes, all by keyword
    body: bytes,
    *,
    source: str = "feed",
    content_type: str = "",
    location: str = "",
    now: datetime | None = None,
    skip: Skipped | None = None,
) -> tuple[Paper, ...]:
    """Return the papers of a feed; raise Unreadable where it is none.

    `location` is its address: relative links are resolved against it. A date after `now` becomes
    `now`.
    """
    feed = _feed_reader.read(body, content_type=content_type, location=location)
    return papers_of(feed, source, now, skip or Skipped(source))


def papers_of(
    feed: _feed_reader.ParsedFeed, source: str, now: datetime | None, skip: Skipped
) -> tuple[Paper, ...]:
    """Return the papers of a parsed feed."""
    shared = _shared(feed.entries)
    return papers(feed.entries, lambda entry: _paper(entry, source, now, shared), skip)


def _shared(entries: Iterable[FeedEntry]) -> frozenset[str]:
    """Return the keys of entries with different titles: they identify none of them.

    A feed may give each paper the link of the table of contents, or one guid.
    """
    titles: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        for key in _identity(entry, web(entry.link) or web(entry.id), "", frozenset()):
            titles[key].add(entry.title.casefold())
    return frozenset(
        key for key, several in titles.items() if len(several) > 1 and not key.startswith("arxiv:")
    )


def _paper(
    entry: FeedEntry, source: str, now: datetime | None, shared: frozenset[str] = frozenset()
) -> Paper:
    text = _plain(entry.text, html=entry.text_html)
    title = title_of(_plain(entry.title, html=entry.title_html) or cut(text, _TITLE_FROM_TEXT))
    link = web(entry.link) or web(entry.id)
    first, *others = _identity(entry, link, title, shared)
    abstract = clean(text)
    dates = (plausible(each, now) for each in (entry.published, entry.updated, entry.issued))
    when = next(filter(None, dates), None)
    return Paper(
        id=first,
        aliases=tuple(others),
        title=title,
        abstract=_PREAMBLE.sub("", abstract, count=1) if abstract != title else "",
        authors=names(_authors(entry)),
        published=when,
        listed=when.date() if when else None,
        categories=names(entry.tags)[:_MOST_TAGS],
        links=Links(abstract=link or _page(first, *others)),
        sources=(source,),
    )


def _plain(text: str, *, html: bool) -> str:
    """Return text without markup; tags that the parser does not know make it say "plain"."""
    return html_text(text) if html or has_markup(text) else text


def _identity(entry: FeedEntry, link: str, title: str, shared: frozenset[str]) -> tuple[str, ...]:
    guid = entry.id if "arxiv" in entry.id.lower() else ""
    is_page = entry.id.lower().startswith("http") and not is_doi_link(entry.id)
    keys = identity(
        arxiv=arxiv_id(guid) or entry.doi,
        doi=doi_of(entry.doi) or ("" if is_page else doi_of(entry.id)),
        link=link or entry.id,
        title=title,
        guid=entry.id,
    )
    own = tuple(key for key in keys if key not in shared)
    return own or identity(title=f"{title} {entry.link} {entry.text}")[:1]


def _page(*keys: str) -> str:
    """Return the page that the first DOI or arXiv id leads to, "" where there is none."""
    pages = {"doi": "https://doi.org/", "arxiv": "https://arxiv.org/abs/"}
    known = (key.partition(":") for key in keys)
    return next((web(pages[kind] + number) for kind, _, number in known if kind in pages), "")


def _authors(entry: FeedEntry) -> list[str]:
    """Return the names, also where a feed puts them all into one."""
    match entry.authors:
        case [one]:
            return [tex_name(name) for name in split(one)]
        case several:
            return [tex_name(name) for name in several]
