"""RIS, CSL-JSON and Zotero's JSON, as reference managers export them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from digest.app.bibliography.entry import LibraryEntry, fields_of, hidden_arxiv

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_SEPARATOR = re.compile(r"[;,]")


def read_ris(text: str) -> Iterator[LibraryEntry]:
    """Yield the entries of a RIS file."""
    import rispy

    entries: list[dict[str, Any]] = rispy.loads(text)
    if not entries and text.strip():
        raise ValueError("it has no entry")
    for entry in entries:
        field = fields_of(entry)
        urls = entry.get("urls") or [""]
        yield LibraryEntry(
            title=field("title") or field("primary_title"),
            abstract=field("abstract") or field("notes_abstract"),
            authors=tuple(
                _natural(a) for a in entry.get("authors") or entry.get("first_authors") or ()
            ),
            doi=field("doi"),
            url=str(urls[0]),
            arxiv=hidden_arxiv(field("journal_name"), field("secondary_title"), *map(str, urls)),
            date=field("date") or field("year") or field("publication_year"),
            keywords=tuple(entry.get("keywords") or ()),
        )


def _natural(name: str) -> str:
    """Return `Family, Given, Suffix` with the given names first."""
    family, *rest = (part.strip() for part in name.split(","))
    given, suffix = (rest[0] if rest else ""), ", ".join(rest[1:])
    shown = f"{given} {family}".strip()
    return f"{shown}, {suffix}" if suffix else shown


def read_json(text: str) -> Iterator[LibraryEntry]:
    """Yield the entries of CSL-JSON or of Zotero's JSON."""
    for item in _items(json.loads(text)):
        if item.get("itemType") not in _BESIDE:
            yield _zotero(item) if "itemType" in item else _csl(item)


_BESIDE = ("attachment", "note", "annotation")
"""Items of Zotero that belong to a paper and are none."""


def _items(loaded: object) -> Iterable[Mapping[str, Any]]:
    """Return the items of a CSL-JSON list, of Zotero's API or of Better BibTeX's JSON."""
    listed = loaded.get("items") if isinstance(loaded, dict) else loaded
    if not isinstance(listed, list):
        raise TypeError("expected a list of items")
    inner = [item.get("data", item) for item in listed if isinstance(item, dict)]
    return [item for item in inner if isinstance(item, dict)]


def _csl(item: Mapping[str, Any]) -> LibraryEntry:
    field = fields_of(item)
    issued = item.get("issued")
    parts = issued.get("date-parts") if isinstance(issued, dict) else None
    first = parts[0] if isinstance(parts, list) and parts and isinstance(parts[0], list) else []
    return LibraryEntry(
        title=field("title"),
        abstract=field("abstract"),
        authors=_people(item.get("author"), "given", "family", "literal"),
        doi=field("DOI"),
        url=field("URL"),
        arxiv=hidden_arxiv(field("number"), field("container-title"), field("note"), field("URL")),
        date="-".join(str(part) for part in first),
        keywords=tuple(_SEPARATOR.split(field("keyword"))),
    )


def _zotero(item: Mapping[str, Any]) -> LibraryEntry:
    field = fields_of(item)
    tags = item.get("tags")
    return LibraryEntry(
        title=field("title"),
        abstract=field("abstractNote"),
        authors=_people(item.get("creators"), "firstName", "lastName", "name"),
        doi=field("DOI"),
        url=field("url"),
        arxiv=hidden_arxiv(field("archiveID"), field("extra"), field("publicationTitle"))
        or hidden_arxiv(field("url")),
        date=field("date"),
        keywords=tuple(fields_of(tag)("tag") for tag in tags or () if isinstance(tag, dict)),
    )


def _people(people: object, given: str, family: str, whole: str) -> tuple[str, ...]:
    """Return the names of people who have one in parts or as a whole."""
    listed = people if isinstance(people, list) else []
    names = (fields_of(person) for person in listed if isinstance(person, dict))
    return tuple(f"{of(given)} {of(family)}".strip() or of(whole) for of in names)
