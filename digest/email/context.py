"""Rendering context: the reader's settings that a message needs beyond its issue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.email.feedback import Verb


Token = Callable[["Verb", str], str]
"""From a verb and a paper's id ("" where none) to the subject line of the mail that says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageContext:
    """Settings of one reader that a message needs beyond its issue."""

    to: tuple[str, ...]
    """Addresses, each bare or as `Name <address>`."""
    sender: str
    """An address, bare or as `Name <address>`."""
    reply_to: str = ""
    subject: str = ""
    """A template such as `{papers}: {names} ({date})`; "" means the language's own."""
    language: str = "en"
    zone: tzinfo = UTC
    next: datetime | None = None
    """Time of the next digest, aware."""
    interests: tuple[str, ...] = ()
    """Names of all interests; with more than one, each paper names its own."""
    lists: tuple[tuple[str, str], ...] = ()
    """Names and addresses of the sources' own lists, shown on a day without papers."""
    weekly: bool = False
    """Group the papers by interest, not by fit."""
    config: str = "config.toml"
    """Name of the config file that the reader edits."""
    own_file: bool = False
    """Whether `config` is a file of this reader alone, who does not run digest."""
    contact: str = ""
    """Person or address to ask, set by the person who runs digest; "" where none is set."""
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    """Thumbnails by paper id."""
    feedback: str = ""
    """Address that `more`, `less`, `pause` and `stop` are sent to; "" if there is none."""
    token: Token | None = None
    test: bool = False
    secret: bytes = b""
    """Secret of the installation; keys the Message-ID."""
    edition: str = ""
    """Mark of a second digest of the same day; part of the Message-ID."""
