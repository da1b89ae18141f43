"""A reader's own library of papers: BibTeX, RIS, CSL-JSON or Zotero's JSON → papers with ids."""

from __future__ import annotations

import json
import logging
import re
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from digest.email.latex.normalize import readable
from digest.model.doi import doi_of
from digest.model.errors import DigestError
from digest.model.identity import arxiv_id, identity
from digest.model.paper import Links, Paper
from digest.model.text import MAX_NAME, MAX_TITLE, clean, http_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

log = logging.getLogger(__name__)

KINDS = (".bib", ".ris", ".json")
LARGEST = 100_000_000
MOST_LINES = 5
"""Lines that are named."""

_YEAR = re.compile(r"\b(1[6-9]\d\d|20\d\d)\b(?:[-/](\d\d?)\b)?")
_ARXIV = re.compile(
    r"arxiv(?:\.org/abs/|[:\s]+)\s*([a-z.-]*/?\d{4}[.\d]\d{2,5}(?:v\d+)?)", re.IGNORECASE
)
_SEPARATOR = re.compile(r"\s*[;,]\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One entry of a library, in the words of its format but one shape."""

    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    doi: str = ""
    url: str = ""
    arxiv: str = ""
    date: str = ""
    keywords: tuple[str, ...] = ()
    line: int = 0
    """Where it begins, if that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """What could be read of a file, and what could not."""

    papers: tuple[Paper, ...]
    left_out: int = 0
    """Entries without a title, or that cannot be read."""
    lines: tuple[int, ...] = ()
    """Where some of them begin."""

    @property
    def told(self) -> str:
        """Return how many papers were read, and where the entries stand that were left out."""
        read = f"read {len(self.papers)} paper{'' if len(self.papers) == 1 else 's'}"
        if not self.left_out:
            return read
        places = [str(line) for line in self.lines[:MOST_LINES]]
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
        warnings.simplefilter("ignore")  # the parsers' own old habits are no news to a reader
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
"""What parsers of other people's files raise."""


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise DigestError(f"{path}: too large for a library of papers")
        data = path.read_bytes()
    except OSError as error:
        raise DigestError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _paper(entry: _Entry) -> Paper | None:
    title = clean(readable(entry.title), MAX_TITLE)
    if not title:
        return None
    url = http_url(entry.url)
    keys = identity(arxiv=entry.arxiv, doi=entry.doi, link=url, title=title)
    return Paper(
        id=keys[0],
        aliases=keys[1:],
        title=title,
        abstract=clean(readable(entry.abstract)),
        authors=tuple(name for a in entry.authors if (name := clean(_natural(a), MAX_NAME))),
        published=_date(entry.date),
        keywords=tuple(word for k in entry.keywords if (word := clean(k, MAX_NAME))),
        links=Links(abstract=url or _link(keys[0])),
    )


def _natural(name: str) -> str:
    """Return `Family, Given` the other way round."""
    family, comma, given = name.partition(",")
    return f"{given.strip()} {family.strip()}" if comma else name


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


def _hidden_arxiv(*texts: str) -> str:
    """Return the arXiv id that hides in a journal's name, a note or a link."""
    for text in texts:
        if found := _ARXIV.search(text):
            return arxiv_id(found[1])
    return ""


def _bibtex(text: str) -> Iterator[_Entry]:
    import bibtexparser
    from bibtexparser.bparser import BibTexParser
    from bibtexparser.customization import convert_to_unicode

    parser = BibTexParser(common_strings=True, ignore_nonstandard_types=False)
    parser.customization = convert_to_unicode
    database = bibtexparser.loads(text, parser=parser)
    entries: list[dict[str, str]] = database.entries
    if not entries and text.strip():
        raise ValueError("it has no entry")
    yield from _broken(text, database.comments)
    for entry in entries:
        field = _of(entry)
        kind = (field("archiveprefix") or field("eprinttype")).lower()
        eprint = field("eprint") if kind in {"", "arxiv"} else ""
        yield _Entry(
            title=field("title"),
            abstract=field("abstract"),
            authors=tuple(re.split(r"\s+and\s+", field("author"))),
            doi=field("doi"),
            url=field("url") or field("link"),
            arxiv=arxiv_id(eprint) or _hidden_arxiv(field("journal"), field("note"), field("url")),
            date=field("date") or field("year"),
            keywords=tuple(_SEPARATOR.split(field("keywords"))),
        )


_ENTRY = re.compile(r"@(?!comment|preamble|string)\w+\s*[{(]", re.IGNORECASE)


def _broken(text: str, comments: Iterable[str]) -> Iterator[_Entry]:
    """Yield the entries that the parser could not read and took for remarks, in their order."""
    at = 0
    for comment in filter(_ENTRY.match, comments):
        at = max(text.find(comment, at), at)
        yield _Entry(title="", line=text.count("\n", 0, at) + 1)
        at += 1


def _ris(text: str) -> Iterator[_Entry]:
    import rispy

    entries: list[dict[str, Any]] = rispy.loads(text)
    if not entries and text.strip():
        raise ValueError("it has no entry")
    for entry in entries:
        field = _of(entry)
        urls = entry.get("urls") or [""]
        yield _Entry(
            title=field("title") or field("primary_title"),
            abstract=field("abstract") or field("notes_abstract"),
            authors=tuple(entry.get("authors") or entry.get("first_authors") or ()),
            doi=field("doi"),
            url=str(urls[0]),
            arxiv=_hidden_arxiv(field("journal_name"), field("secondary_title"), *map(str, urls)),
            date=field("date") or field("year") or field("publication_year"),
            keywords=tuple(entry.get("keywords") or ()),
        )


def _json(text: str) -> Iterator[_Entry]:
    for item in _items(json.loads(text)):
        if item.get("itemType") not in _BESIDE:
            yield _zotero(item) if "itemType" in item else _csl(item)


_BESIDE = ("attachment", "note", "annotation")
"""Zotero's items that stand beside a paper and are none."""


def _items(loaded: object) -> Iterable[Mapping[str, Any]]:
    """Return the items of a CSL-JSON list, of Zotero's API or of Better BibTeX's JSON."""
    listed = loaded.get("items") if isinstance(loaded, dict) else loaded
    if not isinstance(listed, list):
        raise TypeError("expected a list of items")
    inner = [item.get("data", item) for item in listed if isinstance(item, dict)]
    return [item for item in inner if isinstance(item, dict)]


def _csl(item: Mapping[str, Any]) -> _Entry:
    field = _of(item)
    issued = item.get("issued")
    parts = issued.get("date-parts") if isinstance(issued, dict) else None
    first = parts[0] if isinstance(parts, list) and parts and isinstance(parts[0], list) else []
    return _Entry(
        title=field("title"),
        abstract=field("abstract"),
        authors=_people(item.get("author"), "given", "family", "literal"),
        doi=field("DOI"),
        url=field("URL"),
        arxiv=_hidden_arxiv(field("number"), field("container-title"), field("note"), field("URL")),
        date="-".join(str(part) for part in first),
        keywords=tuple(_SEPARATOR.split(field("keyword"))),
    )


def _zotero(item: Mapping[str, Any]) -> _Entry:
    field = _of(item)
    tags = item.get("tags")
    return _Entry(
        title=field("title"),
        abstract=field("abstractNote"),
        authors=_people(item.get("creators"), "firstName", "lastName", "name"),
        doi=field("DOI"),
        url=field("url"),
        arxiv=_hidden_arxiv(field("archiveID"), field("extra"), field("publicationTitle"))
        or _hidden_arxiv(field("url")),
        date=field("date"),
        keywords=tuple(_of(tag)("tag") for tag in tags or () if isinstance(tag, dict)),
    )


def _people(people: object, given: str, family: str, whole: str) -> tuple[str, ...]:
    """Return the names of people who have one in parts or as a whole."""
    listed = people if isinstance(people, list) else []
    names = (_of(person) for person in listed if isinstance(person, dict))
    return tuple(f"{of(given)} {of(family)}".strip() or of(whole) for of in names)


def _of(entry: Mapping[str, Any]) -> Callable[[str], str]:
    """Return what looks up a text in `entry`: "" where there is none."""

    def field(name: str) -> str:
        value = entry.get(name)
        return str(value) if isinstance(value, str | int) else ""

    return field


_READERS: dict[str, Callable[[str], Iterator[_Entry]]] = {
    ".bib": _bibtex,
    ".ris": _ris,
    ".json": _json,
}


def has_identity(paper: Paper) -> bool:
    """Tell whether `paper` can be named in a config: by an arXiv id or a DOI."""
    return bool(arxiv_id(paper.id.removeprefix("arxiv:")) or doi_of(paper.id))
