"""A paper as JSON text and back; readable by people, and by later versions with more fields."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, TypeVar

from digest.model.errors import StateError
from digest.model.paper import Links, Paper

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
_PAPER = frozenset(f.name for f in fields(Paper))
_LINKS = frozenset(f.name for f in fields(Links))
_NO_YEARS = (1, 9999)
"""Years from which no days can be subtracted, or to which none added."""
_ALWAYS = frozenset({"id", "title"})
_EMPTY: tuple[object, ...] = ("", (), None, {})
_LISTS = frozenset({"authors", "categories", "keywords", "sources", "aliases"})


def to_json(paper: Paper) -> str:
    """Return a paper as one line of ASCII JSON, without the fields that are empty."""
    plain = asdict(paper)
    plain["links"] = {name: link for name, link in plain["links"].items() if link}
    return json.dumps(
        {name: value for name, value in plain.items() if name in _ALWAYS or value not in _EMPTY},
        default=str_of_time,
        separators=(",", ":"),
    )


def from_json(text: str) -> Paper:
    """Return the paper that `to_json` wrote; fields it does not know are left out."""
    stored = json.loads(text)
    values = {name: stored[name] for name in _PAPER & stored.keys()}
    values |= {name: tuple(values[name]) for name in _LISTS & stored.keys()}
    links = stored.get("links", {})
    return Paper(
        **values
        | {
            "links": Links(**{name: links[name] for name in _LINKS & links.keys()}),
            "published": _known(time_of, stored.get("published")),
            "listed": _known(day_of, stored.get("listed")),
        }
    )


def str_of_time(moment: date) -> str:
    """Return a day as ISO text, a moment as ISO text of one width in UTC (so that texts sort)."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).isoformat(timespec="microseconds")
    return moment.isoformat()


def time_of(text: str | None) -> datetime | None:
    """Return the moment that `str_of_time` wrote, None for None; raise StateError."""
    return moment_of(text) if text else None


def day_of(text: str | None) -> date | None:
    """Return the day that `str_of_time` wrote, None for None; raise StateError."""
    return date_of(text) if text else None


def moment_of(text: str) -> datetime:
    """Return a stored moment, aware UTC; raise StateError where the text was tampered with."""
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise _tampered(text) from error
    if moment.year in _NO_YEARS:
        raise _tampered(text)
    return moment


def date_of(text: str) -> date:
    """Return a stored day; raise StateError where the text was tampered with."""
    try:
        day = date.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise _tampered(text) from error
    if day.year in _NO_YEARS:
        raise _tampered(text)
    return day


def _known(read: Callable[[str | None], T | None], text: str | None) -> T | None:
    """Return a paper's date, None where it is none: a source's mistake loses no paper."""
    try:
        return read(text)
    except StateError:
        return None


def _tampered(text: object) -> StateError:
    return StateError(
        f"the database holds {str(text)[:60]!r} where a date belongs",
        hint="another program changed it: put the newest of backups/ in place of digest.db",
    )
