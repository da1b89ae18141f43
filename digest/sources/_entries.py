"""Reading of entries: unreadable ones are skipped, counted and logged."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, urlsplit, urlunsplit

import idna

from digest.model.errors import Unreachable, Unreadable
from digest.model.text import MAX_NAME, MAX_TITLE, clean, http_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from digest.model.errors import SourceError
    from digest.model.paper import Paper
    from digest.sources.http import Answer

_log = logging.getLogger(__name__)
_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
MAX_SUMMARY = 1000
_GONE = 410
_MOST_AUTHORS = 1000
_LOGGED = 5
"""Entries whose fault is logged one by one; after that only the count is."""

_SAFE = "/%?:@!$&'()*+,;=[]~"
"""Characters of an address that stay; `%` begins an escape that is there already."""

T = TypeVar("T")


class Unusable(Exception):
    """An entry lacks what a paper needs; the message says what."""


@dataclass(slots=True)
class Skipped:
    """Counter of skipped entries of one source."""

    source: str
    count: int = 0

    def __call__(self, entry: str, why: str) -> None:
        """Count an entry and log why it is left out."""
        self.count += 1
        if self.count <= _LOGGED:
            _log.warning("source=%s left_out=%s why=%s", self.source, clean(entry, 100), why)


@dataclass(slots=True)
class Notes:
    """Notices about one source, each shown to the reader once."""

    all: tuple[str, ...] = ()

    def of(self, answer: Answer) -> Answer:
        """Return `answer`, having noted where its address has moved to for good."""
        note = f"its address is {answer.moved} now: put it into config.toml"
        if answer.moved and note not in self.all:
            self.all = (*self.all, note)
        return answer

    def with_end(self, error: SourceError | None) -> tuple[str, ...]:
        """Return all notes, one more where `error` says that the address is gone for good."""
        gone = isinstance(error, Unreachable) and error.status == _GONE
        return (*self.all, "it is gone for good: take it out of config.toml") if gone else self.all


def papers(
    entries: Sequence[T], read: Callable[[T], Paper | None], skip: Skipped
) -> tuple[Paper, ...]:
    """Return the papers that `read` makes of `entries`, in their order.

    `read` returns None for an entry that is not wanted and raises Unusable for a broken one.
    Raises Unreadable where there are entries but every one is broken: that is another format.
    """
    found, broken = [], 0
    for number, entry in enumerate(entries, 1):
        try:
            paper = read(entry)
        except Unusable as error:
            broken += 1
            skip(f"entry {number}", str(error))
        except ValueError as error:  # urllib's, of an address that looks like one and is none
            broken += 1
            skip(f"entry {number}", f"it has a strange address: {error}")
        else:
            found.append(paper)
    if entries and broken == len(entries):
        raise Unreadable(
            f"nothing recognisable in {len(entries)} entries", hint="the format may have changed"
        )
    return tuple(paper for paper in found if paper is not None)


def title_of(raw: object) -> str:
    """Return a clean title; raise Unusable where there is none."""
    title = clean(raw, MAX_TITLE)
    if not title:
        raise Unusable("it has no title")
    return title


def names(raw: Iterable[object]) -> tuple[str, ...]:
    """Return clean names, each once, the empty ones left out."""
    whole = (clean(name, MAX_NAME).strip(" ,;") for name in raw)
    return tuple(dict.fromkeys(name for name in whole if name))[:_MOST_AUTHORS]


def web(address: object) -> str:
    """Return a clean http(s) address, encoded as a browser does, "" for anything else."""
    url = http_url(address)
    try:
        url = url or http_url(_encoded(address) if isinstance(address, str) else "")
        return url if urlsplit(url).port != 0 else ""
    except (ValueError, idna.IDNAError):
        return ""


def _encoded(address: str) -> str:
    """Return `address` with its host in IDNA and the rest in percent escapes (WHATWG URL)."""
    parts = urlsplit(address.strip())
    host = parts.netloc
    if not host:
        return ""
    if not host.isascii():
        name, colon, port = host.partition(":")
        host = idna.encode(name, uts46=True).decode() + colon + port
    path = parts.path.replace("\\", "/")
    rest = (quote(part, safe=_SAFE) for part in (path, parts.query, parts.fragment))
    return urlunsplit((parts.scheme, host, *rest))


def plausible(when: datetime | None, now: datetime | None = None) -> datetime | None:
    """Return `when`, capped at `now`; None where it lies before 1900."""
    if when is None or when < _EARLIEST:
        return None
    return now if now and when > now + timedelta(days=1) else when


def held_on(paper: Paper, day: date, *, undated: bool) -> bool:
    """Return whether `paper` was listed on `day`; its publication date counts if no list has it.

    A paper without any date counts as `undated` says.
    """
    when = paper.listed or (paper.published and paper.published.date())
    return when == day if when else undated
