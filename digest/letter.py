"""A letter: one issue in words, ready for the outbox; and the letterhead, what its reader set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.errors import Problem
    from digest.feedback import Verb
    from digest.paper import Paper

Token = Callable[["Verb", str], str]
"""From a verb and a paper's id ("" where none) to the subject line of the mail that says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """What one reader's config says about the letter, beyond what is in the issue."""

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
    """When the next issue is due, aware."""
    interests: tuple[str, ...] = ()
    """The names of all interests; where there is more than one, each paper names its own."""
    lists: tuple[tuple[str, str], ...] = ()
    """Names and addresses of the sources' own lists, for who wants to look on a quiet day."""
    weekly: bool = False
    """Group the papers by interest, not by fit."""
    config: str = "config.toml"
    """The name of the file in which the reader changes things."""
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    """Thumbnails by paper id."""
    feedback: str = ""
    """The address that reads `more`, `less`, `pause` and `stop`; "" where nobody reads them."""
    token: Token | None = None
    test: bool = False
    edition: str = ""
    """Tells a second letter of the same day from the first; part of the Message-ID."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture that travels inside the letter."""

    cid: str
    subtype: str
    """jpeg, png or gif."""
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One issue in words; `message.to_bytes` makes the wire form of it."""

    message_id: str
    """With its angle brackets; the same for the same reader, day and edition."""
    sender: str
    """The bare address for MAIL FROM."""
    recipients: tuple[str, ...]
    """The bare addresses for RCPT TO."""
    headers: tuple[tuple[str, str], ...]
    """All but the MIME ones, in their order, decoded."""
    subject: str
    html: str
    text: str
    """Already format=flowed, line ends LF."""
    language: str
    papers: tuple[Paper, ...] = ()
    """Those that are really in it, in their order."""
    pictures: tuple[Picture, ...] = ()
    note: str = ""
    """What the log should say about the making of it, such as a template that fell back."""
    problem: Problem | None = None
    """What is wrong with what is the reader's own, where ours took its place."""
