"""Cached HTTP responses and the cache interface that the store implements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


_MAX_VALIDATOR_CHARS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Cached:
    """Cached reply with its validators, ETag and Last-Modified, for a conditional request."""

    body: bytes
    etag: str = ""
    last_modified: str = ""
    content_type: str = ""

    @classmethod
    def of(cls, headers: Mapping[str, str], body: bytes) -> Cached | None:
        """Return a reply with its validators verbatim, None without any to send back."""
        etag, modified = (_validator(headers.get(key, "")) for key in ("etag", "last-modified"))
        if not etag and not modified:
            return None
        kind = headers.get("content-type", "")
        return cls(body=body, etag=etag, last_modified=modified, content_type=kind)


def _validator(word: str) -> str:
    sound = word.isascii() and word.isprintable() and len(word) <= _MAX_VALIDATOR_CHARS
    return word if sound else ""


class Cache(Protocol):
    """HTTP cache between runs; it keeps only replies whose papers were stored."""

    def get(self, url: str) -> Cached | None:
        """Return the cached reply for `url`, None without one."""
        ...

    def put(self, url: str, cached: Cached) -> None:
        """Store the reply of `url`."""
        ...
