"""Libraries of papers: BibTeX, RIS, CSL-JSON or Zotero's JSON as papers with ids."""

from __future__ import annotations

import logging
import re
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from digest.app.bibliography.bibtex import read_bibtex
from digest.app.bibliography.exports import read_json, read_ris
from digest.email.latex.normalize import readable
from digest.model.errors import DigestError
from digest.model.identity import identity
from digest.model.markup import has_markup, html_text
from digest.model.paper import Links, Paper
from digest.model.text import MAX_NAME, MAX_TITLE, clean, http_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from digest.app.bibliography.entry import LibraryEntry

log = logging.getLogger(__name__)

KINDS = (".bib", ".ris", ".json")
MAX_BYTES = 100_000_000
MAX_LINES_SHOWN = 5
"""Maximum number of lines in the message."""

_YEAR = re.compile(r"\b(1[6-9]\d\d|20\d\d)\b(?:[-/](\d\d?)\b)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """Papers of a file, and the number and lines of unreadable entries."""

    papers: tuple[Paper, ...]
    left_out: int = 0
    """Entries without a title, or that cannot be read."""
    lines: tuple[int, ...] = ()
    """Lines at which some of them begin."""

    @property
    def message(self) -> str:
        """Return how many papers were read, and where the entries stand that were left out."""
        read = f"read {len(self.papers)} paper{'' if len(self.papers) == 1 else 's'}"
        if not self.left_out:
            return read
        places = [str(line) for line in self.lines[:MAX_LINES_SHOWN]]
        more = ["…"] if self.left_out > len(places) else []
        where = f" (line {', '.join([*places, *more])})" if places else ", without a title"
        entries = "entry" if self.left_out == 1 else "entries"
        return f"{read}, {self.left_out} {entries} left out{where}"


def read_library(path: Path) -> Library:
    """Return the papers in `path` (.bib, .ris or .json), each once, in their order.

    Entries without a title, or that cannot be read, are left out and counted. Raises DigestError
    where the file is none of these.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        hint = f"export it as one of {', '.join(KINDS)}"
        raise DigestError(f"{path}: not a library that digest can read", hint=hint)
    text = _text(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the parsers' own deprecations
        try:
            entries = list(reader(text))
        except ImportError as error:
            hint = "in digest's source folder: pip install '.[library]'"
            raise DigestError(f"{path}: {error.name} is missing", hint=hint) from error
        except _UNREADABLE as error:
            name = path.suffix[1:].lower()
            message = f"{path}: this is no {name} file: {clean(str(error), 120)}"
            raise DigestError(message, hint="export it once more") from error
    made = [(entry, _paper(entry)) for entry in entries]
    papers = {paper.id: paper for _, paper in made if paper}
    left_out = [entry for entry, paper in made if not paper]
    log.info("event=library-read papers=%d of=%d", len(papers), len(entries))
    return Library(
        papers=tuple(papers.values()),
        left_out=len(left_out),
        lines=tuple(entry.line for entry in left_out if entry.line),
    )


_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError)
"""Errors that parsers raise on damaged files."""


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DigestError(f"{path}: too large for a library of papers")
        data = path.read_bytes()
    except OSError as error:
        raise DigestError(f"{path}: cannot be read: {error.strerror}") from error
    for encoding in (*_wide(data), "utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _wide(data: bytes) -> tuple[str, ...]:
    """Return UTF-16 for data with its mark, or with a zero in each of the first characters."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    evens, odds = set(data[0:8:2]), set(data[1:8:2])
    return ("utf-16-le",) if odds == {0} else ("utf-16-be",) if evens == {0} else ()


def _paper(entry: LibraryEntry) -> Paper | None:
    title = clean(_plain(entry.title), MAX_TITLE)
    if not title:
        return None
    url = http_url(entry.url)
    keys = identity(arxiv=entry.arxiv, doi=entry.doi, link=url, title=title)
    return Paper(
        id=keys[0],
        aliases=keys[1:],
        title=title,
        abstract=clean(_plain(entry.abstract)),
        authors=tuple(shown for name in entry.authors if (shown := clean(name, MAX_NAME))),
        published=_date(entry.date),
        keywords=tuple(word for k in entry.keywords if (word := clean(k, MAX_NAME))),
        links=Links(abstract=url or _link(keys[0])),
    )


def _plain(text: str) -> str:
    """Return text without LaTeX, HTML and the braces that keep capitals."""
    shown = readable(html_text(text) if has_markup(text) else text)
    return shown.replace("{", "").replace("}", "")


def _link(key: str) -> str:
    kind, _, value = key.partition(":")
    return (
        {"arxiv": "https://arxiv.org/abs/", "doi": "https://doi.org/"}[kind] + value
        if (kind in {"arxiv", "doi"})
        else ""
    )


def _date(text: str) -> datetime | None:
    found = _YEAR.search(text)
    if not found:
        return None
    month = int(found[2] or 1)
    return datetime(int(found[1]), month if month in range(1, 13) else 1, 1, tzinfo=UTC)


_READERS: dict[str, Callable[[str], Iterator[LibraryEntry]]] = {
    ".bib": read_bibtex,
    ".ris": read_ris,
    ".json": read_json,
}
