"""Runs the line on time for ever: what is due is derived from the store, never from a timer.

APScheduler 3 is only the heartbeat. Its own triggers skip or double days around changes of the
clock, so each beat asks `due`, a pure function of the readers' schedules, of the digests that
the store has, and of the time.
"""

from __future__ import annotations

import logging
import signal
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from types import FrameType
    from zoneinfo import ZoneInfo

log = logging.getLogger(__name__)

BEAT = 20.0
"""Seconds between two looks at the clock; after a suspend a digest is at most this late."""

PATIENCE = 25.0
"""Seconds that the message in hand may take after SIGTERM."""

LONGEST = 3600.0
"""Seconds after which a beat is taken to hang: every stage has a shorter deadline of its own."""

SILENT_AFTER = timedelta(hours=26)
"""A digest that is this late is a fault that somebody must hear of."""

BUILT = date(2026, 1, 1)
"""A clock that shows an earlier date is wrong (a board without one, before NTP): nothing is due."""


class Schedule(Protocol):
    """When a reader wants the digest."""

    @property
    def at(self) -> time:
        """Return the wall-clock time."""
        ...

    @property
    def days(self) -> Collection[int]:
        """Return the weekdays, Monday is 0."""
        ...

    @property
    def zone(self) -> ZoneInfo:
        """Return the reader's own zone."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A digest that a reader should have by now."""

    reader: str
    day: date
    since: datetime
    """The instant at which it became due, aware UTC."""


def due_at(day: date, at: time, zone: ZoneInfo) -> datetime | None:
    """Return the instant of that wall-clock time on that local date, aware UTC.

    A time that the clock skips lands at the first instant after the gap's length has passed; of
    a time that comes twice the first counts. None where the zone has no such date (Apia skipped
    30 December 2011).
    """
    moment = datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
    noon = datetime.combine(day, time(12), tzinfo=zone).astimezone(UTC)
    return moment if noon.astimezone(zone).date() == day else None


def latest_due(schedule: Schedule, now: datetime) -> tuple[date, datetime] | None:
    """Return the last scheduled date whose time has come, and the instant, or None in 8 days."""
    today = now.astimezone(schedule.zone).date()
    for back in range(-1, 9):
        day = today - timedelta(days=back)
        moment = due_at(day, schedule.at, schedule.zone)
        if day.weekday() in schedule.days and moment is not None and moment <= now:
            return day, moment
    return None


def next_due(schedule: Schedule, now: datetime, done: Collection[date] = ()) -> datetime:
    """Return the next scheduled instant after `now`, as aware time in the reader's zone."""
    today = now.astimezone(schedule.zone).date()
    for ahead in range(-1, 9):
        day = today + timedelta(days=ahead)
        moment = due_at(day, schedule.at, schedule.zone)
        if day in done or day.weekday() not in schedule.days:
            continue
        if moment is not None and moment > now:
            return moment.astimezone(schedule.zone)
    return now.astimezone(schedule.zone) + timedelta(days=9)


def due(reader: str, schedule: Schedule, now: datetime, done: Collection[date]) -> Due | None:
    """Return the digest that is due and not among the `done` dates, or None.

    Missed dates are not made up one by one: the newest covers them. A reader without any digest
    gets the first one today at the earliest, never yesterday's.
    """
    if now.astimezone(schedule.zone).date() < BUILT:
        return None
    latest = latest_due(schedule, now)
    if latest is None or latest[0] in done:
        return None
    day, moment = latest
    today = now.astimezone(schedule.zone).date()
    if not any(before <= day for before in done) and day < today:
        return None
    return Due(reader=reader, day=day, since=moment)


def overdue(schedule: Schedule, day: date, made: datetime, now: datetime) -> bool:
    """Tell whether the digest after that of `day`, which was `made` then, is 26 hours late."""
    return now - next_due(schedule, made, (day,)) > SILENT_AFTER


def run_forever(
    beat: Callable[[], None],
    stop: threading.Event,
    *,
    every: float = BEAT,
    patience: float = PATIENCE,
    longest: float = LONGEST,
    clock: Callable[[], float] = monotonic,
) -> bool:
    """Call `beat` every `every` seconds until `stop` is set, whatever the wall clock does.

    The beats are jobs of an APScheduler; each pulse re-arms the one job by hand, because an
    interval trigger lists every run it missed (56 years of them on a board without a clock) and
    a date trigger sleeps for ever when the clock is set back. A beat that raises is logged and
    the next one comes; a beat at work is never joined by a second.

    Returns False where a beat was still at work `patience` seconds after the stop, or hung for
    `longest` seconds: then its thread cannot be ended but with the process.
    """
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.schedulers.background import BackgroundScheduler

    idle = threading.Event()
    idle.set()

    def once() -> None:
        try:
            beat()
        except BaseException:  # APScheduler would swallow SystemExit without a word
            log.exception("event=beat-failed")
        finally:
            idle.set()

    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    scheduler.start()
    since = clock()
    for _ in _pulses(stop, every):
        if idle.is_set():
            idle.clear()
            since = clock()
            scheduler.add_job(once, id="beat", replace_existing=True)
        elif clock() - since > longest:
            log.critical("event=beat-hangs seconds=%d", longest)
            break
    finished = idle.wait(patience if stop.is_set() else 0)
    scheduler.shutdown(wait=False)
    return finished


def _pulses(stop: threading.Event, every: float) -> Iterator[None]:
    yield
    while not stop.wait(every):
        yield


@contextmanager
def limited(seconds: float = LONGEST) -> Iterator[None]:
    """Let the kernel end this process by SIGALRM where a block takes longer.

    A library that hangs and holds the interpreter's lock stops every thread that could notice it.
    """
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def stop_on_signals(stop: threading.Event) -> None:
    """Set `stop` at SIGTERM and SIGINT, so that the message in hand is finished first."""

    def note(signum: int, _frame: FrameType | None) -> None:
        log.info("event=stopping signal=%s", signal.Signals(signum).name)
        stop.set()

    signal.signal(signal.SIGTERM, note)
    signal.signal(signal.SIGINT, note)


def notify_service(state: str, environ: Mapping[str, str]) -> None:
    """Tell systemd `state` (READY=1, WATCHDOG=1, STOPPING=1), where it listens: sd_notify(3)."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        try:
            line.connect("\0" + address[1:] if address.startswith("@") else address)
            line.sendall(state.encode())
        except OSError as error:
            log.warning("event=notify-failed error=%s", error)
