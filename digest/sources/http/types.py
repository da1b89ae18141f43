"""Inputs and results of the HTTP client."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from digest.sources.http.rate_limit import RateLimiter

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from digest.sources.http.transport import Resolve


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of one request and of one source."""

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
class HttpRuntime:
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
    turns: RateLimiter = field(default_factory=RateLimiter)
