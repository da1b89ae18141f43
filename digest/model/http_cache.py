"""Cached HTTP responses and the cache interface that the store implements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


_LONGEST_VALIDATOR = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Cached:
    """An answer kept for the next time, with the server's own words for asking "still this?"."""

    body: bytes
    etag: str = ""
    last_modified: str = ""
    content_type: str = ""

    @classmethod
    def of(cls, headers: Mapping[str, str], body: bytes) -> Cached | None:
        """Return an answer with its validators verbatim, None where it has none to send back."""
        etag, modified = (_validator(headers.get(key, "")) for key in ("etag", "last-modified"))
        if not etag and not modified:
            return None
        kind = headers.get("content-type", "")
        return cls(body=body, etag=etag, last_modified=modified, content_type=kind)


def _validator(word: str) -> str:
    sound = word.isascii() and word.isprintable() and len(word) <= _LONGEST_VALIDATOR
    return word if sound else ""


class Cache(Protocol):
    """Where answers are kept between runs: only those whose papers were stored."""

    def get(self, url: str) -> Cached | None:
        """Return what was kept for `url`."""
        ...

    def put(self, url: str, cached: Cached) -> None:
        """Keep the answer of `url`."""
        ...
