"""A paper as JSON text and back; readable by people, and by later versions with more fields."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from datetime import UTC, date, datetime

from digest.model.paper import Links, Paper

_PAPER = frozenset(f.name for f in fields(Paper))
_LINKS = frozenset(f.name for f in fields(Links))
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
            "published": time_of(stored.get("published")),
            "listed": day_of(stored.get("listed")),
        }
    )


def str_of_time(moment: date) -> str:
    """Return a day as ISO text, a moment as ISO text of one width in UTC (so that texts sort)."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).isoformat(timespec="microseconds")
    return moment.isoformat()


def time_of(text: str | None) -> datetime | None:
    """Return the moment that `str_of_time` wrote, None for None."""
    return datetime.fromisoformat(text) if text else None


def day_of(text: str | None) -> date | None:
    """Return the day that `str_of_time` wrote, None for None."""
    return date.fromisoformat(text) if text else None
