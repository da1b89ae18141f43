"""Daemon: sends due digests and retries the outbox, tick by tick."""

from __future__ import annotations

import logging
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from digest.app.alerts import SUSPENDED, WORK, raise_alert, suspended
from digest.app.daemon.heartbeat import Heartbeat
from digest.app.daemon.maintenance import upkeep
from digest.app.pipeline.attempts import AGAIN_AFTER
from digest.app.pipeline.pipeline import send
from digest.app.pipeline.request import DigestRequest
from digest.delivery.retry_policy import is_due
from digest.email.mime.headers import address
from digest.model.errors import AlreadyRunning, DigestError, StateError
from digest.model.schedule import due
from digest.model.states import DigestState
from digest.store import lock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from digest.app.pipeline.request import DigestResult
    from digest.app.runtime import Runtime
    from digest.config import Config, Reader

log = logging.getLogger(__name__)

REST = timedelta(minutes=5)
"""After a round that broke: a full disk is not asked for the papers every 20 seconds."""
LOOKED_BACK = timedelta(days=12)
"""What is due is at most nine days old."""
LOCK_WAIT = 60.0
"""Seconds to wait for a `digest send` by hand."""
TIDY_EVERY = timedelta(days=1)
REFUSED_OFTEN = 5
"""Digests refused in a row after which a reader's schedule is suspended."""
DIED_OFTEN = 3
"""Deaths in a row, each while a digest was made, after which the daemon pauses."""
LONGEST_REST = timedelta(hours=2)
_AT_WORK = "daemon-at-work"
"""Key of the number of runs in a row that did not end, and when the last one began."""


class Died(DigestError):
    """Error: the worker process ended without a result, as when it is killed."""


def here(
    requests: Sequence[DigestRequest], config: Config, runtime: Runtime, _held: int
) -> tuple[DigestResult, ...]:
    """Send in this very process what was ordered, and what waits."""
    return send(requests, config, runtime)


@dataclass(slots=True, kw_only=True)
class Daemon:
    """State kept between two ticks of the daemon."""

    runtime: Runtime
    config: Callable[[], Config]
    """Returns the config as it is now, or the last good one."""
    tell: Callable[[Sequence[DigestResult]], None] = lambda _: None
    """Called with the results of each run."""
    line: Callable[[Sequence[DigestRequest], Config, Runtime, int], tuple[DigestResult, ...]] = here
    """Makes the requested digests; takes the descriptor of the folder lock that it works under."""
    heartbeat: Heartbeat = field(default_factory=Heartbeat)
    lock_wait: float = LOCK_WAIT
    not_before: dict[tuple[str, date], datetime] = field(default_factory=dict)
    rested: datetime | None = None
    """Until when nothing is tried, after a round that broke."""
    tidied: datetime | None = None

    def beat(self) -> None:
        """Do what is due now; raise StateError where nothing can be remembered."""
        config = self.config()
        now = self.runtime.now()
        if _within(now, self.rested, REST):
            return
        requests = self.requests(config, now)
        work = requests or any(is_due(row, now) for row in self.runtime.store.outbox.waiting())
        if work and not self._convalescent(now):
            self._round(requests, config)
        self._tidy(config, now)

    def requests(self, config: Config, now: datetime) -> list[DigestRequest]:
        """Return the digests that are due and not put off."""
        return [
            request
            for reader in config.readers
            if (request := self._order(reader, now)) and not self._put_off(request, now)
        ]

    def _order(self, reader: Reader, now: datetime) -> DigestRequest | None:
        done = self.runtime.store.digests.days(reader.name, now.date() - LOOKED_BACK)
        since = None if done else self._known_since(reader, now)
        wanted = due(reader.name, reader.schedule, now, done, since=since)
        if wanted is None or self._suspended(reader):
            return None
        return DigestRequest(reader=reader, day=wanted.day, due_at=wanted.since)

    def _known_since(self, reader: Reader, now: datetime) -> datetime:
        """Return when the daemon first saw a reader: what became due later is caught up."""
        key, keyvalue = f"reader-since:{reader.name}", self.runtime.store.keyvalue
        kept = keyvalue.get(key)
        if not kept or datetime.fromisoformat(kept) > now:
            keyvalue.put(key, now.isoformat())
        return datetime.fromisoformat(kept) if kept else now

    def _suspended(self, reader: Reader) -> bool:
        """Return whether mail to a reader is always refused; one that is accepted ends it."""
        to, store = [address(to)[1] for to in reader.email.to], self.runtime.store
        refusals = store.digests.refusals(reader.name, to)
        if refusals >= REFUSED_OFTEN:
            suspended(store.alerts, reader.name, to, refusals)
            return True
        store.alerts.resolve(f"{SUSPENDED}:{reader.name}")
        return False

    def _put_off(self, request: DigestRequest, now: datetime) -> bool:
        until = self.not_before.get((request.reader.name, request.day))
        return _within(now, until, max(AGAIN_AFTER.values()))

    def _round(self, requests: Sequence[DigestRequest], config: Config) -> None:
        """Make the digests under the folder's lock; a failure raises an alert too."""
        try:
            with lock(config.storage, wait=self.lock_wait) as held, self._remembered():
                # A digest sent by hand while we waited for the lock is seen by `send`.
                self._work(requests, config, held)
        except AlreadyRunning:
            raise
        except BaseException as error:
            self.rested = self.runtime.now() + REST
            self.heartbeat.end(config.heartbeat, well=False)
            text = f"a digest could not be made: {type(error).__name__}: {error}"
            raise_alert(self.runtime.store.alerts, WORK, text)
            raise

    @contextmanager
    def _remembered(self) -> Iterator[None]:
        """Keep that a round began until it ends, however it ends; only a death leaves it."""
        keyvalue = self.runtime.store.keyvalue
        keyvalue.put(_AT_WORK, f"{self._deaths()[0] + 1} {self.runtime.now().isoformat()}")
        try:
            yield
        except Died:
            raise
        except BaseException:
            self._forget()
            raise
        self._forget()

    def _forget(self) -> None:
        with suppress(StateError):
            self.runtime.store.keyvalue.drop(_AT_WORK)

    def _deaths(self) -> tuple[int, datetime | None]:
        """Return how many rounds in a row ended with the process, and when the last one began."""
        count, _, began = self.runtime.store.keyvalue.get(_AT_WORK).partition(" ")
        return (int(count), datetime.fromisoformat(began)) if count else (0, None)

    def _convalescent(self, now: datetime) -> bool:
        """Return whether to pause because the work killed the process several times in a row."""
        deaths, began = self._deaths()
        if began is None or deaths < DIED_OFTEN:
            return False
        until = began + min(REST * 2 ** min(deaths - DIED_OFTEN, 9), LONGEST_REST)
        if not _within(now, until, LONGEST_REST):
            return False
        text = f"digest died {deaths} times in a row while it worked; next try {until:%H:%M} UTC"
        raise_alert(self.runtime.store.alerts, WORK, text)
        return True

    def _work(self, requests: Sequence[DigestRequest], config: Config, held: int) -> None:
        if requests:
            self.heartbeat.start(config.heartbeat)
        results = (self.line if requests else here)(requests, config, self.runtime, held)
        now = self.runtime.now()
        for result in results:
            key = (result.reader, result.day)
            self.not_before.pop(key, None)
            if result.state in AGAIN_AFTER:
                self.not_before[key] = now + AGAIN_AFTER[result.state]
            log.info(
                "event=%s reader=%r day=%s papers=%d of=%d to=%s text=%r",
                *(result.state, result.reader, result.day, result.papers, result.read),
                *(",".join(result.recipients) or "-", result.text),
            )
        if requests:
            well = not any(
                result.state in (DigestState.FAILED, DigestState.QUEUED) for result in results
            )
            self.heartbeat.end(config.heartbeat, well=well)
        self.runtime.store.alerts.resolve(WORK)
        self.tell(results)

    def _tidy(self, config: Config, now: datetime) -> None:
        """Prune and back up once a day; a clock that was set back does not put it off."""
        if self.tidied is None or abs(now - self.tidied) >= TIDY_EVERY:
            upkeep(config, self.runtime)
            self.runtime.ranker.refresh()
            self.tidied = now


def _within(now: datetime, until: datetime | None, longest: timedelta) -> bool:
    """Return whether `until` is still to come; one too far ahead was set by a wrong clock."""
    return until is not None and now < until <= now + longest
