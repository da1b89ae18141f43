"""The client: the runtime of its requests, the visits of sources, what is kept between runs."""

from __future__ import annotations

import random
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache as once
from typing import TYPE_CHECKING, Self
from urllib.request import getproxies

import httpx

from digest import __version__
from digest.model.errors import SourceError
from digest.sources.http import transport
from digest.sources.http.redact import redact_url
from digest.sources.http.request import Request
from digest.sources.http.types import HttpRuntime, Limits

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from digest.model.http_cache import Cache, Cached
    from digest.sources.http.types import Answer


class Http:
    """One polite HTTP client for all sources; safe to share between threads."""

    def __init__(  # noqa: PLR0913  # the whole runtime of a client, all optional, all by keyword
        self,
        *,
        cache: Cache | None = None,
        contact: str = "",
        tokens: Mapping[str, str] | None = None,
        proxies: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
        stopped: Callable[[], bool] = bool,  # that is: False
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        jitter: Callable[[], float] = random.random,
        resolve: transport.Resolve = transport.resolve,
    ) -> None:
        """Take the runtime.

        `contact` (an address) goes into the User-Agent. `tokens` are bearer tokens by origin, such
        as `{"https://huggingface.co": "…"}`. `proxies` are the environment's where None, in the
        form of urllib's getproxies(). `sleep` and `stopped` may be `wait` and `is_set` of an event
        that stops everything: a request then ends within seconds.
        """
        self._cache = cache
        self._staged: dict[str, Cached] = {}
        self._world = HttpRuntime(
            limits=limits or Limits(),
            clock=clock,
            sleep=sleep,
            stopped=stopped,
            now=now,
            jitter=jitter,
            resolve=resolve,
            tls=(lambda: tls) if tls else once(httpx.create_ssl_context),
            proxies=getproxies() if proxies is None else proxies,
            tokens={k: v for k, v in (tokens or {}).items() if _is_plain(v)},
            agent=_agent(contact),
        )

    def visit(self, source: str) -> FetchSession:
        """Open the visit of a source: all its requests share one budget of time.

        Use it in a `with`: at its end the answers are staged for `commit`, but for one that could
        not be read (a SourceError ends the block): that is asked for anew the next time.
        """
        until = self._world.clock() + self._world.limits.source
        return FetchSession(http=self, runtime=self._world, source=source, until=until)

    def get(self, url: str, *, source: str, private: bool = False) -> Answer:
        """Return the answer of `url` as a visit of its own; raise Unreachable or Unreadable."""
        with self.visit(source) as visit:
            return visit.get(url, private=private)

    def commit(self) -> None:
        """Put what was staged into the cache; to be called once the papers are stored."""
        staged, self._staged = self._staged, {}
        if self._cache:
            for url, cached in staged.items():
                self._cache.put(url, cached)

    def kept(self, url: str) -> Cached | None:
        """Return what was kept of `url`."""
        return self._cache.get(url) if self._cache else None

    def stage(self, answers: Mapping[str, Cached]) -> None:
        """Hold answers back until `commit`."""
        self._staged.update(answers)


@dataclass(slots=True, kw_only=True)
class FetchSession:
    """The requests of one source in one run, within one budget of time."""

    http: Http
    runtime: HttpRuntime
    source: str
    until: float
    staged: dict[str, Cached] = field(default_factory=dict)
    last: str = ""
    """The address asked for last: an answer that cannot be read came from there."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, SourceError):
            self.blame(error)
        if error is None or isinstance(error, SourceError):
            self.http.stage(self.staged)

    def blame(self, error: SourceError) -> SourceError:
        """Return `error` with the source and the address asked for last, whose answer is not kept.

        For an answer that cannot be read although the visit goes on.
        """
        self.staged.pop(self.last, None)
        error.source = error.source or self.source
        error.url = error.url or redact_url(self.last)
        return error

    def get(self, url: str, *, private: bool = False, untrusted: bool = False) -> Answer:
        """Return the answer of `url`.

        A private address is reached only where `url` itself names one (an address or a local
        name), or where `private` says that it may; never where `url` is `foreign`, that is, came
        out of a feed and not out of the config. Raises Unreachable, with `retry_after` where
        the server wants to be left alone for longer than there is time, or Unreadable.
        """
        self.last = url
        until = min(self.runtime.clock() + self.runtime.limits.request, self.until)
        request = Request(
            runtime=self.runtime,
            source=self.source,
            url=url,
            deadline=transport.Deadline(self.runtime.clock, until, self.runtime.stopped),
            private=private,
            untrusted=untrusted,
            kept=self.http.kept(url),
        )
        answer, fresh = request.answer()
        if fresh:
            self.staged[url] = fresh
        return answer


def _agent(contact: str) -> str:
    """Return a User-Agent that says who asks; a contact that no header can hold is left out."""
    name = f"daily-paper-digest/{__version__}"
    return f"{name} (+{contact})" if re.fullmatch(r"[!-'*-~]{1,200}", contact) else name


def _is_plain(token: str) -> bool:
    return token.isascii() and token.isprintable() and bool(token)
