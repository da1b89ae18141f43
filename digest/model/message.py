"""Rendered message: the parts of one digest, ready for the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.model.errors import Problem
    from digest.model.paper import Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Picture embedded in the message."""

    cid: str
    subtype: str
    """jpeg, png or gif."""
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedMessage:
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
    """Line for the log about rendering, such as a template that fell back."""
    problem: Problem | None = None
    """Fault in the reader's own template, where the default one was used."""
