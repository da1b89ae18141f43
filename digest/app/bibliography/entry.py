"""Entry of a library: the fields of every format in one shape."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.model.identity import arxiv_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_ARXIV = re.compile(
    r"(?:\barxiv(?:\.org/(?:abs|pdf|html)/|[:.\s]{0,5}(?:e-?prints?[:\s]{0,3}|preprint[:\s]{0,3})?)"
    r"(?:arxiv:)?|\babs/)((?:[a-z][a-z.-]{1,20}/)?\d{4}[.\d]\d{2,5}(?:v\d{1,3})?)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryEntry:
    """One entry, in the words of its format but one shape."""

    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    doi: str = ""
    url: str = ""
    arxiv: str = ""
    date: str = ""
    keywords: tuple[str, ...] = ()
    line: int = 0
    """Line of its beginning, 0 where unknown."""


def hidden_arxiv(*texts: str) -> str:
    """Return the first arXiv id in a journal's name, a volume, a note or a link."""
    for text in texts:
        if found := _ARXIV.search(text[:2000]):
            return arxiv_id(found[1])
    return ""


def fields_of(entry: Mapping[str, object]) -> Callable[[str], str]:
    """Return a function that looks up a text in `entry`: "" without one."""

    def field(name: str) -> str:
        value = entry.get(name)
        return str(value) if isinstance(value, str | int) else ""

    return field
