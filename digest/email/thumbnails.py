"""Thumbnails: checked by their bytes, scaled down, limited in number and size."""

from __future__ import annotations

import hashlib
import logging
from io import BytesIO
from typing import TYPE_CHECKING

from digest.model.message import Picture

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.model.issue import Issue

log = logging.getLogger(__name__)

SHOWN = 260
"""Width of a picture in the email, in CSS pixels; high-density screens have two for each."""
EACH_BYTES = 200_000
"""Maximum bytes of one picture; twelve of that size would be a burden."""
ALL_BYTES = 1_000_000
MOST = 12
_NARROWEST = 60
"""Pixels across below which a picture shows nothing: a dot that counts readers, a rule, a badge."""
_STEEPEST = 4
"""So many times as long as wide, or as wide as long, a picture is a strip that shows nothing."""
_PIXELS = 30_000_000
"""A small file can claim to be a huge picture; none of that size is unpacked."""
_QUALITY = 82
_FIRST_SOF, _LAST_SOF, _NO_SOF = 0xC0, 0xCF, frozenset({0xC4, 0xC8, 0xCC})
_PNG, _GIF, _JPEG = b"\x89PNG\r\n\x1a\n", b"GIF8", b"\xff\xd8\xff"


def kind(data: bytes) -> str:
    """Return "png", "gif" or "jpeg" by what `data` begins with, "" where it is none of them."""
    names = {_PNG: "png", _GIF: "gif", _JPEG: "jpeg"}
    return next((name for magic, name in names.items() if data.startswith(magic)), "")


def size(data: bytes) -> tuple[int, int]:
    """Return width and height in pixels by a picture's own header; (0, 0) if it has none."""
    match kind(data):
        case "png":
            return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
        case "gif":
            return int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
        case _:
            return _jpeg_size(data)


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """Return what the frame header says (ITU T.81, B.2.2): the first SOF among the segments."""
    at = 2
    while data[at : at + 1] == b"\xff" and at + 9 <= len(data):
        marker = data[at + 1]
        if _FIRST_SOF <= marker <= _LAST_SOF and marker not in _NO_SOF:
            return int.from_bytes(data[at + 7 : at + 9]), int.from_bytes(data[at + 5 : at + 7])
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return 0, 0


def usable(data: bytes) -> bool:
    """Return whether `data` is a picture that can travel: of a known kind, of a sane size."""
    across, down = size(data)
    return (
        across >= _NARROWEST
        and across <= _STEEPEST * down
        and down <= _STEEPEST * across
        and across * down <= _PIXELS
        and len(data) <= EACH_BYTES
    )


def shown_width(data: bytes, *, large: bool = False) -> int:
    """Return the pixels that a picture takes in the email: never more than it has."""
    return min(size(data)[0], SHOWN if large else SHOWN // 2)


def scaled(data: bytes) -> bytes:
    """Return a picture no wider than it is shown on a sharp screen, at rest (WCAG 2.2.2), or b"".

    It becomes a JPEG unless it has that size already, does not move and is shorter as it is. What
    Pillow cannot read to its end is dropped; without the extra `pictures` (Pillow) all stays.
    """
    across, down = size(data)
    if not 0 < across * down <= _PIXELS:
        return data
    try:
        from PIL import Image
    except ImportError:
        return data
    try:
        with Image.open(BytesIO(data), formats=("PNG", "GIF", "JPEG")) as image:
            moves = getattr(image, "is_animated", False)
            image.thumbnail((2 * SHOWN, 2 * SHOWN * _STEEPEST))
            sheet = Image.new("RGB", image.size, "white")  # JPEG knows no transparency
            whole = image.convert("RGBA")
            sheet.paste(whole, mask=whole)
            small = BytesIO()
            sheet.save(small, "JPEG", quality=_QUALITY, optimize=True)
    except Exception as error:  # noqa: BLE001 # hostile bytes raise IndexError, bomb errors, …
        log.info("event=picture-not-read error=%r", f"{type(error).__name__}: {error}")
        return b""
    fits = sheet.size == (across, down) and not moves
    return min(small.getvalue(), data, key=len) if fits else small.getvalue()


def chosen(issue: Issue, held: Mapping[str, bytes]) -> dict[str, Picture]:
    """Return the usable pictures by paper id: JPEG, PNG or GIF, small, and not too many."""
    found: dict[str, Picture] = {}
    room = ALL_BYTES
    for paper in issue.papers:
        data = held.get(paper.id, b"")
        if usable(data) and len(data) <= room and len(found) < MOST:
            found[paper.id] = Picture(cid=cid(paper.id), subtype=kind(data), data=data)
            room -= len(data)
    return found


def cid(paper: str) -> str:
    """Return the content id of a paper's picture (RFC 2392)."""
    return f"{hashlib.sha256(paper.encode()).hexdigest()[:16]}@digest"
