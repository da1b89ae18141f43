"""Status: digests sent, unsent email with its reason, source health, next digests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from digest.app.pipeline.attempts import last
from digest.model.schedule import due, next_due, overdue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.app.json_output import JsonValue
    from digest.app.pipeline.attempts import Attempt
    from digest.config import Config, Reader
    from digest.store import QueuedMessage, Sent, SourceHealth, Store

A_DAY = timedelta(days=1)
LOOKED_AT = 5
"""Digests of a reader that decide whether one is missing, however many are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderStatus:
    """One reader's digests."""

    name: str
    next: datetime | None
    """In the reader's own zone; None where they stopped their digest."""
    until: date | None
    """They paused: the first day on which they want mail again. None also where they stopped."""
    overdue: bool
    """A scheduled digest is missing for more than 26 hours."""
    digests: tuple[Sent, ...]
    """The newest first."""
    attempt: Attempt | None = None
    """The last try of a digest that is still due and could not be made."""

    @property
    def paused(self) -> bool:
        """Return whether they want no mail now: for a time, or for good."""
        return self.until is not None or self.next is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Content of `digest status`."""

    readers: tuple[ReaderStatus, ...]
    waiting: tuple[QueuedMessage, ...]
    failed: tuple[QueuedMessage, ...]
    sources: tuple[SourceHealth, ...]
    alerts: Mapping[str, str]
    background: str
    """The make-up and date of the table that ranks."""
    running: bool
    """`digest run` is at work: what is due next will be sent."""

    @property
    def healthy(self) -> bool:
        """Return whether nothing needs attention."""
        return not (self.failed or self.alerts or any(r.overdue for r in self.readers))


def status(
    config: Config, store: Store, *, background: str, count: int = 3, running: bool = False
) -> Status:
    """Return the state of things, with the last `count` digests of each reader."""
    names = {source.name for source in config.sources}
    return Status(
        readers=tuple(_reader(reader, store, count) for reader in config.readers),
        waiting=store.outbox.waiting(),
        failed=store.outbox.dead(),
        sources=tuple(h for name, h in store.sources.all().items() if name in names),
        alerts=store.alerts.active(),
        background=background,
        running=running,
    )


def status_json(state: Status) -> dict[str, JsonValue]:
    """Return the fixed shape that scripts read."""
    return {
        "readers": [_reader_json(reader) for reader in state.readers],
        "outbox": {"waiting": len(state.waiting), "failed": len(state.failed)},
        "sources": [
            {
                "name": health.name,
                "state": health.state,
                "last_ok": health.last_ok.isoformat() if health.last_ok else None,
                "failing_since": health.failing_since.isoformat() if health.failing_since else None,
                "error": health.error,
            }
            for health in state.sources
        ],
        "alerts": list(state.alerts.values()),
        "background": state.background,
        "running": state.running,
    }


def _reader(reader: Reader, store: Store, count: int) -> ReaderStatus:
    now = store.now()
    digests = store.digests.latest(reader.name, max(count, LOOKED_AT))
    today = now.astimezone(reader.schedule.zone).date()
    until = store.votes.paused_until(reader.name)
    paused, stopped = today < until, until == date.max
    after = now if stopped or not paused else _just_before(until, reader)
    done = {sent.day for sent in digests}
    attempt = last(store.keyvalue, reader.name)
    wanted = None if paused else due(reader.name, reader.schedule, now, done)
    tried = attempt if attempt and wanted and attempt.day == wanted.day else None
    coming = next_due(reader.schedule, after, done)
    if tried:
        coming = max(tried.again, now).astimezone(reader.schedule.zone)
    return ReaderStatus(
        name=reader.name,
        next=None if stopped else coming,
        attempt=tried,
        until=until if paused and not stopped else None,
        overdue=not paused and _overdue(reader, digests, now),
        digests=digests[:count],
    )


def _just_before(day: date, reader: Reader) -> datetime:
    """Return the last instant before `day` begins where the reader is."""
    return datetime.combine(day, time(), tzinfo=reader.schedule.zone) - timedelta(microseconds=1)


def _overdue(reader: Reader, digests: tuple[Sent, ...], now: datetime) -> bool:
    """Return whether a digest due more than 26 hours ago is missing.

    A digest dated in the future was made under a wrong clock and is ignored.
    """
    made = [sent for sent in digests if sent.composed <= now + A_DAY]
    return bool(made) and overdue(reader.schedule, made[0].day, made[0].composed, now)


def _reader_json(reader: ReaderStatus) -> dict[str, JsonValue]:
    last = next(iter(reader.digests), None)
    return {
        "name": reader.name,
        "next": reader.next.isoformat() if reader.next else None,
        "paused": reader.paused,
        "until": reader.until.isoformat() if reader.until else None,
        "overdue": reader.overdue,
        "attempt": {
            "day": reader.attempt.day.isoformat(),
            "at": reader.attempt.at.isoformat(),
            "state": reader.attempt.state,
            "reason": reader.attempt.text,
        }
        if reader.attempt
        else None,
        "last": {
            "day": last.day.isoformat(),
            "state": last.state,
            "message_id": last.message_id,
            "papers": last.papers,
            "reason": last.reason,
        }
        if last
        else None,
    }
