"""Paper and its links, as every source describes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from digest.model.identity import (
    title_key,
)

if TYPE_CHECKING:
    from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Web addresses of a paper; empty where unknown, else http(s)."""

    abstract: str = ""
    pdf: str = ""
    discussion: str = ""
    code: str = ""
    project: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """Paper as the sources describe it; all text is plain (see digest.model.text)."""

    id: str
    """`arxiv:2406.11838`, `doi:10.1101/…`, `url:<sha256 prefix>` or `title:<sha256 prefix>`."""
    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    """Time of its first version, aware UTC."""
    listed: date | None = None
    """The day on which a source listed it (the Daily Papers' date, arXiv's announcement)."""
    categories: tuple[str, ...] = ()
    summary: str = ""
    """One sentence that the source's own model wrote about it."""
    keywords: tuple[str, ...] = ()
    upvotes: int | None = None
    comments: int | None = None
    links: Links = field(default_factory=Links)
    code_stars: int | None = None
    thumbnail: str = ""
    sources: tuple[str, ...] = ()
    """The names of the sources it was seen in."""
    aliases: tuple[str, ...] = ()
    """Its other identities, such as a DOI beside an arXiv id."""
    authority: int = 0
    """Rank of its text: 2 the archive's own, 1 a list that copies it, 0 a feed."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Return every identity of this paper, its id first, its title's last."""
        title = title_key(self.title)
        return tuple(dict.fromkeys((self.id, *self.aliases, *((title,) if title else ()))))
