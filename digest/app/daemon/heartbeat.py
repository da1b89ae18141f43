"""Heartbeat: reports to a monitoring service that a run began, succeeded or failed.

A service such as healthchecks.io alerts when a run is missed. The address with `/start` is
called when a run begins, the address itself when it succeeds, `/fail` when not. The calls are
made in a thread, one after the other, with limits on time and size: the service cannot delay a
digest.
"""

from __future__ import annotations

import logging
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from digest.model.errors import SourceError
from digest.sources.http import Http, Limits

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

LIMITS = Limits(request=8.0, source=8.0, body=100_000, redirects=2, attempts=2)


class Heartbeat:
    """The calls to one address; an empty one is never called."""

    def __init__(self, http: Callable[[], Http] = lambda: Http(limits=LIMITS)) -> None:
        """Take what makes the client, which is made when it is first needed."""
        self._make = http
        self._http: Http | None = None
        self._last: Thread | None = None

    def start(self, url: str) -> None:
        """Report that a run begins."""
        self._call(url, "/start")

    def end(self, url: str, *, well: bool) -> None:
        """Report the end of a run."""
        self._call(url, "" if well else "/fail")

    def wait(self, seconds: float = LIMITS.request) -> None:
        """Wait until the calls are through, at most that long."""
        if self._last:
            self._last.join(seconds)

    def _call(self, url: str, tail: str) -> None:
        if not url:
            return
        parts = urlsplit(url)
        address = urlunsplit(parts._replace(path=parts.path.rstrip("/") + tail))
        before = self._last
        # A daemon: a service that stalls must not keep a process that was told to end.
        self._last = Thread(target=self._get, args=(address, before, tail), daemon=True)
        self._last.start()

    def _get(self, url: str, before: Thread | None, tail: str) -> None:
        if before:
            before.join()
        self._http = self._http or self._make()
        try:
            self._http.get(url, source="heartbeat", private=True)
        except SourceError as error:  # the address is a secret: it stays out of the log
            log.warning("event=heartbeat-failed call=%s error=%r", tail or "/", str(error))
