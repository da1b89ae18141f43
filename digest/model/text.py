"""Text from outside, cleaned once at the border: after this it is plain, single-line, harmless."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Literal
from urllib.parse import urlsplit

from digest.model.sentences import ends

Unit = Literal["character", "word", "sentence"]
"""Smallest part of a text that a cut keeps whole."""

_SPACE = re.compile(r"\s+")
_KEPT_FORMATS = frozenset("\u200c\u200d")
"""Zero-width (non-)joiners: Persian, Indic scripts and emoji need them, and none reorders text."""

MAX_TITLE = 500
MAX_ABSTRACT = 20_000
MAX_NAME = 200


def clean(text: object, limit: int = MAX_ABSTRACT) -> str:
    """Return `text` as one NFC line of at most `limit` characters.

    Control characters, bidirectional overrides, lone surrogates, private-use and unassigned
    characters go; line separators become spaces; what is not a string becomes "".
    """
    if not isinstance(text, str):
        return ""
    rough = text[: limit * 8]
    if rough.isascii() and rough.isprintable():  # nearly all there is, and ten times as fast
        return cut(_SPACE.sub(" ", rough).strip(), limit)
    folded = _SPACE.sub(" ", rough.replace("\x00", ""))
    kept = "".join(
        c
        for c in folded
        if c in _KEPT_FORMATS or (unicodedata.category(c)[0] != "C" and c != "\ufffd")
    )
    return cut(_SPACE.sub(" ", unicodedata.normalize("NFC", kept)).strip(), limit)


def cut(text: str, limit: int, at: Unit = "character") -> str:
    """Return at most `limit` characters of `text`, with "…" where it ends within a sentence.

    A word or sentence is kept whole where that leaves at least half of `limit`.
    """
    if len(text) <= limit or limit < 1:
        return text[: max(limit, 0)]
    whole = max((end for end in ends(text) if end <= limit), default=0) if at == "sentence" else 0
    if whole and whole >= limit // 2:
        return text[:whole]
    head = text[: limit - 1]
    if at == "character":
        return head.rstrip() + "…"
    words = head if text[len(head)].isspace() else head.rpartition(" ")[0]
    head = words if len(words) >= limit // 2 else head
    return head.rstrip(" ,;:–—-([") + "…"


def unescape(text: str) -> str:
    """Return `text` with HTML character references replaced."""
    return html.unescape(text)


def http_url(url: object) -> str:
    """Return `url` if it is a clean absolute http(s) address (≤ 2,000 characters), else ""."""
    if not isinstance(url, str):
        return ""
    url = url.strip()
    try:
        _ = urlsplit(url).port  # raises for a port that is none, and for half an IPv6 address
    except ValueError:
        return ""
    sound = re.fullmatch(r"https?://[^\s\"<>\\^`{|}\x00-\x20\x7f]{1,1990}", url, re.IGNORECASE)
    return url if sound and url.isascii() and "@" not in url.split("/", 3)[2] else ""
