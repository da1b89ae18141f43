"""RSS and Atom as entries, read by feedparser in a child process with limits."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from digest.model.errors import Unreadable
from digest.sources import _feedparser_worker
from digest.sources._json import items, moment, table, text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

_PATIENCE = 25.0
"""Seconds on the clock; the limit on processor time ends a bad feed long before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link of an entry."""

    href: str
    rel: str = ""
    type: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One entry as the feed has it, before cleaning."""

    id: str = ""
    link: str = ""
    title: str = ""
    title_html: bool = False
    text: str = ""
    text_html: bool = False
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    issued: datetime | None = None
    """The date of the issue (PRISM), where the feed has no other."""
    tags: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    doi: str = ""
    announce: str = ""
    comment: str = ""
    primary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A feed's entries, in its order."""

    entries: tuple[FeedEntry, ...]
    title: str = ""
    subtitle: str = ""
    cut: bool = False
    """True where its end is missing: the last entry was half-filled and is left out."""


def read(
    body: bytes,
    *,
    content_type: str = "",
    location: str = "",
    command: Sequence[str] = (sys.executable, "-P", str(Path(_feedparser_worker.__file__))),
) -> ParsedFeed:
    """Return the feed in `body`; raise Unreadable where it is none or too much to read.

    `location` is the address it came from, `command` what runs the child.
    """
    facts = json.dumps({"content_type": content_type, "location": location})
    try:
        done = subprocess.run(  # noqa: S603  # our own file by our own interpreter
            command,
            input=facts.encode("ascii") + b"\n" + body,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unreadable("the feed takes too long to read") from None
    except OSError as error:
        raise Unreadable(f"the feed reader cannot be started: {error.strerror or error}") from None
    if done.returncode:
        raise Unreadable("the feed takes too long or too much memory to read")
    return feed(table(json.loads(done.stdout)), body)


def feed(found: Mapping[str, object], body: bytes) -> ParsedFeed:
    """Return what the child found in `body`; raise Unreadable where it is no feed."""
    if error := text(found.get("error")):
        raise Unreadable(f"the feed cannot be read ({error})")
    if not text(found.get("version")):
        raise Unreadable(f"not a feed: {_looks(body)}", hint="is this the feed's own address?")
    entries = tuple(_entry(table(entry)) for entry in items(found.get("entries")))
    cut = found.get("cut") is True
    return ParsedFeed(
        entries=entries[:-1] if cut else entries,
        title=text(found.get("title")),
        subtitle=text(found.get("subtitle")),
        cut=cut,
    )


def _entry(raw: Mapping[str, object]) -> FeedEntry:
    return FeedEntry(
        **{name: text(raw.get(name)) for name in ("id", "link", "title", "text", "doi")},
        **{name: text(raw.get(name)) for name in ("announce", "comment", "primary")},
        title_html=raw.get("title_html") is True,
        text_html=raw.get("text_html") is True,
        authors=tuple(text(name) for name in items(raw.get("authors"))),
        published=moment(raw.get("published")),
        updated=moment(raw.get("updated")),
        issued=moment(raw.get("issued")),
        tags=tuple(text(tag) for tag in items(raw.get("tags"))),
        links=tuple(_link(table(link)) for link in items(raw.get("links"))),
    )


def _link(raw: Mapping[str, object]) -> Link:
    return Link(**{name: text(raw.get(name)) for name in ("href", "rel", "type", "title")})


def _looks(body: bytes) -> str:
    """Return what a body that is no feed seems to be."""
    start = body[:1000].lstrip().lower()
    if not start:
        return "the answer is empty"
    if b"<html" in start or b"<!doctype html" in start:
        return "a web page"
    return "JSON" if start[:1] in b"{[" else "some other text"


def cut_short(source: str) -> Unreadable:
    """Return the error that goes beside the papers of a feed whose end is missing."""
    return Unreadable("the feed's end is missing: some papers may be, too", source=source)
