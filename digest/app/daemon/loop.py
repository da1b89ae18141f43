"""Runs the line on time for ever: what is due is derived from the store, never from a timer.

APScheduler 3 is only the heartbeat. Its own triggers skip or double days around changes of the
clock, so each beat asks `due`, a pure function of the readers' schedules, of the digests that
the store has, and of the time.
"""

from __future__ import annotations

import logging
import signal
import socket
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import FrameType

log = logging.getLogger(__name__)

BEAT = 20.0
"""Seconds between two looks at the clock; after a suspend a digest is at most this late."""

PATIENCE = 25.0
"""Seconds that the message in hand may take after SIGTERM."""

PAST = datetime(2000, 1, 1, tzinfo=UTC)
"""Next time of a job when it is added: a clock set back right after would put off "now"."""

LONGEST = 3600.0
"""Seconds after which a beat is taken to hang: every stage has a shorter deadline of its own."""


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
            scheduler.add_job(once, id="beat", replace_existing=True, next_run_time=PAST)
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
    """Set `stop` at SIGTERM and SIGINT, so that the message in hand is finished first.

    SIGHUP asks a daemon to reload; each beat checks the config anyway, so that it must only not
    end the process. A closed terminal sends it, too: then there is a terminal, and it ends.
    """

    def note(signum: int, _frame: FrameType | None) -> None:
        log.info("event=stopping signal=%s", signal.Signals(signum).name)
        stop.set()

    signal.signal(signal.SIGTERM, note)
    signal.signal(signal.SIGINT, note)
    if not (sys.stdin and sys.stdin.isatty()):
        signal.signal(signal.SIGHUP, lambda *_: log.info("event=reload signal=SIGHUP"))


def notify_service(state: str, environ: Mapping[str, str]) -> None:
    """Notify systemd, where present, of READY=1, WATCHDOG=1 or STOPPING=1: sd_notify(3)."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        try:
            line.connect("\0" + address[1:] if address.startswith("@") else address)
            line.sendall(state.encode())
        except OSError as error:
            log.warning("event=notify-failed error=%s", error)
