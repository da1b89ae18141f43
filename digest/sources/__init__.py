"""The joint between the line and the places where papers come from.

A new source is one file in this folder: a frozen dataclass whose fields are its keys in
config.toml, decorated with `@source("kind")`, with a `fetch(http, when)` and a pure
`parse(bytes, …) -> tuple[Paper, ...]` in its module. Outsiders register theirs in the entry-point
group `digest.sources`. Modules whose names begin with `_` are what the sources share.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar

from digest.model.plugins import plugins
from digest.model.states import SourceState
from digest.sources._arxiv_calendar import is_holiday, is_weekday

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import date, datetime

    from digest.model.errors import SourceError
    from digest.model.paper import Paper
    from digest.model.states import PartState
    from digest.sources.http import Http


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchWindow:
    """The time for which papers are wanted."""

    now: datetime
    """Aware UTC."""
    day: date
    """The digest's day in the reader's zone."""
    since: date | None = None
    """The last day this source was read successfully; None where it never was."""
    read_until: Mapping[str, date] = field(default_factory=dict)
    """The last batch read of each part of this source, by the source's own calendar."""
    asked: bool = False
    """True where somebody asked for this very day (`--day`), not for what is new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePart:
    """Result of reading one part of a source, such as one arXiv category."""

    name: str
    state: PartState
    read_until: date | None = None
    """Its last batch up to which nothing was missed; later ones are asked for again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchResult:
    """Result of reading one source: papers, or the reason for none."""

    source: str
    papers: tuple[Paper, ...] = ()
    state: SourceState = SourceState.OK
    error: SourceError | None = None
    """Set where the state is failed; also beside papers, where only a part of it failed."""
    skipped: int = 0
    """Entries left out because they could not be read."""
    due: bool = False
    """True where by its own calendar the source should have had something new."""
    parts: tuple[SourcePart, ...] = ()
    """State of each part, for sources that have several."""
    notes: tuple[str, ...] = ()
    """What the reader should be told once, such as that the address has moved for good."""


class Source(Protocol):
    """A place where papers come from."""

    kind: ClassVar[str]

    @property
    def name(self) -> str:
        """Return what config.toml and the digest call this source."""
        ...

    def fetch(self, http: Http, when: FetchWindow) -> FetchResult:
        """Read what is new; a failure is part of the result, never raised."""
        ...


def stale(papers: Iterable[Paper], known: Collection[str], day: date) -> bool:
    """Return whether a source repeated known papers although new ones were due on `day`.

    Requires at least one paper, a known key in each, and a working day. Such a source may have new
    papers an hour later.
    """
    found = list(papers)
    due = is_weekday(day) and not is_holiday(day)
    return (
        due
        and bool(found)
        and all(any(key in known for key in (paper.id, *paper.aliases)) for paper in found)
    )


_kinds: dict[str, type[Source]] = {}
SourceType = TypeVar("SourceType", bound=type[Source])


def source(kind: str) -> Callable[[SourceType], SourceType]:
    """Register the decorated class as the source that config.toml calls `type = kind`."""

    def register(cls: SourceType) -> SourceType:
        cls.kind = kind
        _kinds[kind] = cls
        return cls

    return register


def kinds() -> Mapping[str, type[Source]]:
    """Return every kind of source by its name in config.toml, the plugins' included."""
    for module in iter_modules(__path__):
        if not module.name.startswith("_"):
            import_module(f"{__name__}.{module.name}")
    found = dict(_kinds)
    for entry in plugins("digest.sources"):
        found.setdefault(entry.name, entry.load())
    return found
