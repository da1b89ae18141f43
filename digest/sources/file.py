"""Papers in a file of JSON Lines: one paper a line, for scripts, other programs and tests."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from digest.model.doi import doi_of
from digest.model.errors import Unreachable, Unreadable
from digest.model.identity import arxiv_id, identity
from digest.model.paper import Links, Paper
from digest.model.states import SourceState
from digest.model.text import clean
from digest.sources import FetchResult, source
from digest.sources._author_lists import split
from digest.sources._entries import (
    MAX_SUMMARY,
    Skipped,
    Unusable,
    held_on,
    names,
    papers,
    plausible,
    title_of,
    web,
)
from digest.sources._json import count, day, items, load, moment, table, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.sources import FetchWindow
    from digest.sources.http import Http

_LARGEST = 200_000_000
"""Bytes of a file that is read."""


@source("file")
@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of JSON Lines on this computer."""

    kind: ClassVar[str]
    path: Path
    """As config.toml says it, made absolute from the place of that file."""
    name: str = "file"

    def fetch(self, http: Http, when: FetchWindow) -> FetchResult:  # noqa: ARG002  # a file needs no network
        """Read the file; of an asked day, the papers of that day and those without a date."""
        skip = Skipped(self.name)
        try:
            found = parse(self._content(), source=self.name, skip=skip)
        except (Unreachable, Unreadable) as error:
            return FetchResult(
                source=self.name, state=SourceState.FAILED, error=error, skipped=skip.count
            )
        if when.asked:
            found = tuple(p for p in found if held_on(p, when.day, undated=True))
        state = SourceState.OK if found else SourceState.QUIET
        return FetchResult(source=self.name, papers=found, state=state, skipped=skip.count)

    def _content(self) -> bytes:
        try:
            with Path(self.path).expanduser().open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                # Asked for more than there is, read() would take the memory for all of it.
                content = file.read(size or _LARGEST) if size <= _LARGEST else b""
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise Unreachable(
                f"{self.path} cannot be read: {why}",
                source=self.name,
                url=str(self.path),
                hint="a path is relative to the folder of config.toml",
            ) from error
        if size > _LARGEST:
            raise Unreadable(f"{self.path} is larger than {_LARGEST // 1_000_000} MB")
        return content


def read_lines(body: bytes) -> tuple[tuple[Paper, ...], int]:
    """Return the papers in JSON Lines, and how many lines were left out.

    Raises Unreadable where there are lines but none of them is a paper.
    """
    skip = Skipped("file")
    return parse(body, skip=skip), skip.count


def given_ids(body: bytes) -> dict[str, str]:
    """Return the id that each paper bears in JSON Lines, by the id it has here.

    For programs that look for what they wrote (`2406.11838`), not for ours (`arxiv:2406.11838`).
    """
    written: dict[str, str] = {}
    for line in _lines(body):
        with suppress(Unusable, Unreadable, ValueError):
            facts = table(load(line))
            given, first = text(facts.get("id")), _identity(facts)[0]
            written.setdefault(first, given or first)
    return written


def _lines(body: bytes) -> list[bytes]:
    return [line for line in body.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.strip()]


def parse(body: bytes, *, source: str = "file", skip: Skipped | None = None) -> tuple[Paper, ...]:
    """Return the papers in JSON Lines; a line that is none is left out.

    Each line is an object with `title` and any of `id` (an arXiv id, a DOI or a link),
    `abstract`, `authors`, `published`, `listed`, `categories`, `summary`, `keywords`, `upvotes`,
    `comments`, `links`, `code_stars`, `thumbnail`. Raises Unreadable as `read_lines` does.
    """
    return papers(_lines(body), lambda line: _paper(line, source), skip or Skipped(source))


def _paper(line: bytes, source: str) -> Paper:
    try:
        facts = table(load(line))
    except Unreadable as error:
        raise Unusable(str(error)) from None
    title = title_of(facts.get("title"))
    links = _links(table(facts.get("links")))
    first, *others = _identity(facts)
    return Paper(
        id=first,
        aliases=tuple(others),
        title=title,
        abstract=clean(facts.get("abstract")),
        authors=names(_list(facts.get("authors"))),
        published=plausible(moment(facts.get("published"))),
        listed=day(facts.get("listed")),
        categories=names(_list(facts.get("categories"))),
        summary=clean(facts.get("summary"), MAX_SUMMARY),
        keywords=names(_list(facts.get("keywords"))),
        upvotes=count(facts.get("upvotes")),
        comments=count(facts.get("comments")),
        links=_with_abstract(links, first, text(facts.get("id"))),
        code_stars=count(facts.get("code_stars")),
        thumbnail=web(facts.get("thumbnail")),
        sources=(source,),
        authority=1,
    )


def _identity(facts: Mapping[str, object]) -> tuple[str, ...]:
    """Return the identities of a paper whose id may be of any kind, also one of our own."""
    title, given = title_of(facts.get("title")), text(facts.get("id")).strip()
    link = web(table(facts.get("links")).get("abstract"))
    if given.startswith(("url:", "title:")):
        return (clean(given, 100), *identity(link=link, title=title))
    if arxiv_id(given):
        return identity(arxiv=given, title=title)
    if doi_of(given):
        return identity(doi=given, link=link, title=title)
    return identity(link=web(given) or link or given, title=title)


def _links(facts: Mapping[str, object]) -> Links:
    return Links(
        abstract=web(facts.get("abstract")),
        pdf=web(facts.get("pdf")),
        discussion=web(facts.get("discussion")),
        code=web(facts.get("code")),
        project=web(facts.get("project")),
    )


def _with_abstract(links: Links, first: str, given: str) -> Links:
    """Return `links` with the page that the paper's id leads to."""
    if links.abstract:
        return links
    scheme, _, number = first.partition(":")
    places = {"arxiv": f"https://arxiv.org/abs/{number}", "doi": f"https://doi.org/{number}"}
    return replace(links, abstract=web(places.get(scheme, given)))


def _list(value: object) -> list[object]:
    """Return a list, also of the names in a string such as `A. Lee, B. Roy`."""
    return list(split(value)) if isinstance(value, str) else items(value)
