"""Plain text as format=flowed (RFC 3676): short lines that narrow screens can rejoin."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

WIDTH = 70
LONGEST = 77
"""Columns beyond which an address stands below its label; with its line end it has 78."""
_ADDRESS_LINE = re.compile(r"([^:\n]{1,40}: )?((?:https?://|mailto:)\S+)")


def flow(text: str, width: int = WIDTH) -> str:
    """Return `text`, which has one paragraph a line, wrapped at `width` columns.

    A wrapped line ends in a space, so programs join it with the next (RFC 3676). A line that is an
    address stays whole; its label stands before it, or above it where the line would be long.
    """
    return (
        "\n".join(_paragraph(line.rstrip(), width) for line in text.strip("\n").split("\n")) + "\n"
    )


def underline(heading: str) -> str:
    """Return a line of hyphens as wide as `heading` will be."""
    return "-" * min(max(columns(heading), 3), WIDTH - 1)


def columns(text: str) -> int:
    """Return how many columns of a terminal `text` takes."""
    return len(text) if text.isascii() else sum(map(_columns, text))


@lru_cache(maxsize=4096)
def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


@lru_cache(maxsize=2_000)
def _paragraph(line: str, width: int) -> str:
    """Return one line, wrapped; remembered, for many readers get the same papers."""
    if found := _ADDRESS_LINE.fullmatch(line):
        label, address = found.groups(default="")
        return _stuffed(f"{label}\n{address}" if label and columns(line) > LONGEST else line)
    if columns(line) < width:
        return _stuffed(line)
    lines: list[str] = []
    current, used = "", 0
    for piece in _pieces(line, width - 1):
        if current and used + columns(piece.rstrip()) > width - 1:
            lines.append(current)
            current, used = "", 0
        current += piece
        used += columns(piece)
    return "\n".join(_stuffed(each) for each in (*lines, current.rstrip()))


def _pieces(line: str, width: int) -> list[str]:
    """Split into words with the spaces after them; words wider than a line into parts without."""
    pieces: list[str] = []
    for word in re.findall(r"\S+\s*|^\s+", line):
        rest = word
        while columns(rest.rstrip()) > width and "://" not in rest:
            size = _fitting(rest, width)
            pieces.append(rest[:size])
            rest = rest[size:]
        pieces.append(rest)
    return pieces


def _fitting(word: str, width: int) -> int:
    """Return how many characters of `word` fill `width` columns, marks kept with their letters."""
    used = size = 0
    while size < len(word) and (used + _columns(word[size]) <= width or not size):
        used += _columns(word[size])
        size += 1
    return size


def _stuffed(line: str) -> str:
    """Put a space before what would be taken for a quotation, an mbox line or a signature."""
    return f" {line}" if line.startswith((" ", ">", "From ", "-- ")) else line
