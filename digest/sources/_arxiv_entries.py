"""arXiv's entries as papers: those of the feeds of the day and those of the query API."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.model.doi import doi_of
from digest.model.errors import Unreachable, Unreadable
from digest.model.identity import arxiv_id, identity
from digest.model.markup import html_text
from digest.model.paper import Links, Paper
from digest.model.tex_accents import tex_name
from digest.model.text import clean
from digest.sources import _feed_reader
from digest.sources._arxiv_calendar import announced
from digest.sources._author_lists import split
from digest.sources._entries import Skipped, Unusable, names, papers, title_of
from digest.sources._withdrawals import is_withdrawn

if TYPE_CHECKING:
    from datetime import date, datetime

    from digest.model.errors import SourceError
    from digest.sources._feed_reader import FeedEntry

HINT = "are the categories written as on arxiv.org, such as cs.LG?"
_HEAD = re.compile(r"\s*arXiv:\S+\s+Announce Type:\s*([a-z-]+)\s+(?:Abstract:\s*)?", re.IGNORECASE)
_CATEGORY = re.compile(r"[a-z-]+(?:\.[A-Za-z-]+)?")
_ERRORS = "/api/errors"
_BAD_REQUEST = 400


class UnknownCategory(Unreadable):
    """Feed that is an error in disguise; `words` are arXiv's own."""

    words: str = ""

    @classmethod
    def of(cls, words: str, source: str) -> UnknownCategory:
        """Return the error for arXiv's words about a category it does not have."""
        error = cls(f"arXiv does not know what was asked: {words}", source=source, hint=HINT)
        error.words = words
        return error


def wanted(*, cross_lists: bool, replacements: bool) -> frozenset[str]:
    """Return the announce types that are wanted."""
    cross = {"cross"} if cross_lists else set()
    old = {"replace"} | ({"replace-cross"} if cross_lists else set()) if replacements else set()
    return frozenset({"new"} | cross | old)


def papers_of(
    feed: _feed_reader.ParsedFeed, source: str, kinds: frozenset[str], skip: Skipped
) -> tuple[Paper, ...]:
    """Return the papers of a batch with these announce types; raise Unreadable for an error."""
    if fault := refusal(feed):
        raise UnknownCategory.of(fault, source)

    def read(entry: FeedEntry) -> Paper | None:
        whole = html_text(entry.text) if entry.text_html else entry.text
        head = _HEAD.match(whole)
        announce = (entry.announce or (head[1] if head else "new")).lower()
        abstract = whole[head.end() :] if head else whole
        if announce not in kinds or _withdrawn(entry, abstract, skip):
            return None
        return _paper(
            entry,
            source,
            abstract=abstract,
            published=entry.published if announce == "new" else None,
            listed=entry.published.date() if entry.published else None,
        )

    return papers(feed.entries, read, skip)


def refusal(feed: _feed_reader.ParsedFeed) -> str:
    """Return arXiv's own words where a feed is an error in disguise, "" for a real one."""
    if "error for query" not in feed.title:
        return ""
    return clean(feed.subtitle, 200).rstrip(".") or "no such category"


def refusal_of(error: SourceError) -> str:
    """Return arXiv's words where `error` refuses the categories that were asked for, else ""."""
    if isinstance(error, UnknownCategory):
        return error.words
    if not isinstance(error, Unreachable) or error.status != _BAD_REQUEST:
        return ""
    error.hint = HINT
    try:
        return refusal(_feed_reader.read(error.body)) or str(error)
    except Unreadable:  # a proxy's page, or nothing: the status says enough
        return str(error)


def papers_of_query(feed: _feed_reader.ParsedFeed, source: str, skip: Skipped) -> tuple[Paper, ...]:
    """Return the papers of an answer of the query API; raise Unreadable where it is an error."""
    for entry in feed.entries:
        if _ERRORS in entry.id:
            raise Unreadable(f"arXiv says: {clean(entry.text, 200)}", source=source, hint=HINT)

    def read(entry: FeedEntry) -> Paper | None:
        day = announced(entry.published) if entry.published else None
        if _withdrawn(entry, entry.text, skip):
            return None
        return _paper(entry, source, abstract=entry.text, published=entry.published, listed=day)

    return papers(feed.entries, read, skip)


def _withdrawn(entry: FeedEntry, abstract: str, skip: Skipped) -> bool:
    """Return whether a paper is withdrawn; it counts among the entries left out."""
    if not is_withdrawn(entry.title, abstract, entry.comment):
        return False
    skip(entry.id, "withdrawn by its authors")
    return True


def _paper(
    entry: FeedEntry, source: str, *, abstract: str, published: datetime | None, listed: date | None
) -> Paper:
    number = arxiv_id(entry.id) or arxiv_id(entry.link)
    if not number:
        raise Unusable("it has no arXiv id")
    title = title_of(entry.title)
    first, *others = identity(arxiv=number, title=title)
    doi = doi_of(entry.doi)
    return Paper(
        id=first,
        aliases=(*(f"doi:{doi}" for _ in range(bool(doi))), *others),
        title=title,
        abstract=clean(abstract),
        authors=names(_authors(entry)),
        published=published,
        listed=listed,
        categories=_categories(entry),
        links=Links(
            abstract=f"https://arxiv.org/abs/{number}", pdf=f"https://arxiv.org/pdf/{number}"
        ),
        sources=(source,),
        authority=2,
    )


def _authors(entry: FeedEntry) -> list[str]:
    """Return the names; the feeds write all of them, with affiliations, into one."""
    return [tex_name(name) for one in entry.authors for name in split(one)]


def _categories(entry: FeedEntry) -> tuple[str, ...]:
    """Return arXiv's categories, the paper's own first; ACM and MSC classes are left out."""
    own = [entry.primary] if entry.primary else []
    return names(tag for tag in (*own, *entry.tags) if _CATEGORY.fullmatch(tag))
