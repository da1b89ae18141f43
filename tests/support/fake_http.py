"""Clients for tests of HTTP: time that passes only when slept, and no proxies from outside."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from http_server import trusting

from digest.sources.http import Cached, Http, Limits, transport

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.sources.http.transport import Resolve

NOW = datetime(2026, 6, 16, 10, 0, tzinfo=UTC)
"""A Tuesday."""


@dataclass(slots=True)
class Clock:
    """A clock that only sleeping moves."""

    seconds: float = 1000.0
    naps: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.seconds += seconds

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds - 1000.0)


@dataclass(slots=True)
class MemoryCache:
    """A cache that forgets with the test."""

    kept: dict[str, Cached] = field(default_factory=dict)

    def get(self, url: str) -> Cached | None:
        return self.kept.get(url)

    def put(self, url: str, cached: Cached) -> None:
        self.kept[url] = cached


def client(  # each test names the one thing it needs
    *,
    clock: Clock | None = None,
    cache: MemoryCache | None = None,
    limits: Limits | None = None,
    proxies: Mapping[str, str] | None = None,
    tokens: Mapping[str, str] | None = None,
    resolve: Resolve = transport.resolve,
    contact: str = "",
) -> Http:
    """Return a client that never sleeps, trusts one test certificate and knows no proxy."""
    clock = clock or Clock()
    return Http(
        cache=cache,
        contact=contact,
        tokens=tokens,
        limits=limits,
        proxies=proxies or {},
        tls=trusting(),
        clock=clock,
        sleep=clock.sleep,
        now=clock.now,
        jitter=lambda: 0.5,
        resolve=resolve,
    )


def hasty(
    seconds: float = 0.15, *, attempts: int = 1, resolve: Resolve = transport.resolve
) -> Http:
    """Return a client for servers that stall: its time is real, and short."""
    limits = Limits(request=seconds, source=2 * seconds, attempts=attempts, pause=0.0)
    return Http(limits=limits, proxies={}, tls=trusting(), resolve=resolve)
