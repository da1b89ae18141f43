"""What goes into the HTTP client and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from digest.http.manners import Turns

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from digest.http.wire import Resolve

_LONGEST_VALIDATOR = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one request and one source may cost."""

    request: float = 30.0
    """Seconds for one address, redirects, retries and waits included."""
    source: float = 60.0
    """Seconds for all that one source asks for in one visit."""
    body: int = 10_000_000
    """Bytes of one answer, decompressed."""
    redirects: int = 5
    attempts: int = 3
    pause: float = 1.0
    """Seconds before the second attempt, doubled before each further one, with jitter."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A complete, decompressed answer with status 200, or a kept one that still holds."""

    body: bytes
    url: str
    """Where it came from in the end."""
    content_type: str = ""
    moved: str = ""
    """The new address, where the one asked for has moved there permanently."""
    unchanged: bool = False
    """True where the server said that the kept answer still holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """All that a request touches: the clock, the network, the limits."""

    limits: Limits
    clock: Callable[[], float]
    sleep: Callable[[float], object]
    stopped: Callable[[], bool]
    now: Callable[[], datetime]
    jitter: Callable[[], float]
    resolve: Resolve
    tls: Callable[[], ssl.SSLContext]
    """Asked where TLS is spoken alone: to read the authorities takes 20 ms."""
    proxies: Mapping[str, str]
    tokens: Mapping[str, str]
    """Bearer tokens by origin."""
    agent: str
    turns: Turns = field(default_factory=Turns)
