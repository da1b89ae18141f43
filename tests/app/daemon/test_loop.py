"""One digest per reader and local date, whatever the clocks do."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.app.daemon.loop import limited, notify_service, run_forever, stop_on_signals
from digest.model.schedule import BUILT, due, due_at, latest_due, next_due

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

EVERY_DAY = frozenset(range(7))
BERLIN = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True)
class Plan:
    """A schedule as a reader's config gives it."""

    at: time = time(7, 30)
    days: Collection[int] = EVERY_DAY
    zone: ZoneInfo = BERLIN


def days_served(plan: Plan, start: datetime, hours: int, step: timedelta) -> list[date]:
    """Walk a clock through `hours` and return the days for which a digest went out."""
    done: list[date] = [start.astimezone(plan.zone).date() - timedelta(days=1)]
    now = start
    while now <= start + timedelta(hours=hours):
        order = due("me", plan, now, done)
        if order is not None:
            done.append(order.day)
        now += step
    return done[1:]


def test_S01_a_time_inside_the_gap_is_served_once_after_it() -> None:
    """02:30 in Berlin on 28 March 2027 does not exist: the digest comes at 03:30 summer time."""
    moment = due_at(date(2027, 3, 28), time(2, 30), BERLIN)
    assert moment == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    plan = Plan(at=time(2, 30))
    served = days_served(plan, datetime(2027, 3, 27, 12, tzinfo=UTC), 48, timedelta(minutes=15))
    assert served == [date(2027, 3, 27), date(2027, 3, 28), date(2027, 3, 29)]


def test_S02_a_time_that_comes_twice_is_served_once() -> None:
    """02:30 in Berlin on 31 October 2027 comes twice: the first one counts."""
    plan = Plan(at=time(2, 30))
    served = days_served(plan, datetime(2027, 10, 30, 12, tzinfo=UTC), 48, timedelta(minutes=15))
    assert served == [date(2027, 10, 30), date(2027, 10, 31), date(2027, 11, 1)]


def test_S03_half_past_midnight_after_spring_forward_is_not_skipped() -> None:
    """The Monday after the change has its digest."""
    plan = Plan(at=time(0, 30))
    served = days_served(plan, datetime(2027, 3, 27, 12, tzinfo=UTC), 72, timedelta(minutes=15))
    assert served == [date(2027, 3, day) for day in range(27, 31)]


@pytest.mark.parametrize(
    ("zone", "day"),
    [("Africa/Cairo", date(2027, 4, 30)), ("America/Santiago", date(2027, 9, 5))],
)
def test_S04_a_gap_at_midnight_is_served_after_it(zone: str, day: date) -> None:
    """A local date that begins at 01:00 has its digest."""
    plan = Plan(at=time(0, 15), zone=ZoneInfo(zone))
    start = datetime.combine(day, time(12), tzinfo=UTC) - timedelta(days=1)
    assert day in days_served(plan, start, 36, timedelta(minutes=15))


def test_S05_a_date_that_does_not_exist_has_no_digest() -> None:
    """Apia went from 29 to 31 December 2011."""
    assert due_at(date(2011, 12, 30), time(7, 30), ZoneInfo("Pacific/Apia")) is None
    assert due_at(date(2011, 12, 31), time(7, 30), ZoneInfo("Pacific/Apia")) is not None


def _transitions(zone: ZoneInfo) -> list[date]:
    """Return the local dates round which the zone changes its offset in the next five years."""
    found = []
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    offset = moment.astimezone(zone).utcoffset()
    for _ in range(5 * 366):
        moment += timedelta(days=1)
        if (new := moment.astimezone(zone).utcoffset()) != offset:
            found.append(moment.astimezone(zone).date())
            offset = new
    return found


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(sorted(available_timezones())), st.integers(0, 95), st.data())
def test_every_existing_date_is_served_exactly_once(
    name: str, quarter: int, data: st.DataObject
) -> None:
    """In every zone, at every quarter hour, round every change of the next five years."""
    zone = ZoneInfo(name)
    around = data.draw(st.sampled_from(_transitions(zone) or [date(2027, 1, 1)]))
    plan = Plan(at=time(quarter // 4, quarter % 4 * 15), zone=zone)
    start = datetime.combine(around - timedelta(days=2), time(12), tzinfo=UTC)
    served = days_served(plan, start, 96, timedelta(minutes=15))
    whole = [served[0] + timedelta(days=n) for n in range(len(served))]
    assert served == whole
    assert len(served) >= 3


@pytest.mark.chaos
def test_all_zones_all_quarters_all_transitions() -> None:
    """The same as above, swept: never skipped, never doubled, gaps of 22 to 26 hours."""
    cells = 0
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        for around in _transitions(zone):
            for quarter in range(96):
                at = time(quarter // 4, quarter % 4 * 15)
                days = [around + timedelta(days=n) for n in range(-2, 3)]
                moments = [m for d in days if (m := due_at(d, at, zone)) is not None]
                gaps = [(b - a) / timedelta(hours=1) for a, b in pairwise(moments)]
                assert all(22 <= gap <= 26 for gap in gaps), (name, around, at)
                cells += len(moments)
    print(f"{cells} cells")  # noqa: T201  # the figure is the point of the sweep


def test_S09_three_days_of_downtime_are_one_digest() -> None:
    """The newest date is due; the missed ones are not made up one by one."""
    now = datetime(2026, 6, 19, 12, tzinfo=UTC)
    order = due("me", Plan(), now, [date(2026, 6, 15)])
    assert order is not None
    assert order.day == date(2026, 6, 19)


def test_S10_a_clock_set_back_sends_nothing_again() -> None:
    """The date is done, whatever the hour says."""
    before = datetime(2026, 6, 16, 5, 35, tzinfo=UTC) - timedelta(hours=1)
    assert due("me", Plan(), before, [date(2026, 6, 15), date(2026, 6, 16)]) is None


def test_S12_a_clock_before_the_build_is_wrong() -> None:
    """A board that boots in 1970 sends nothing until its clock is set."""
    assert due("me", Plan(), datetime(1970, 1, 2, 12, tzinfo=UTC), []) is None
    assert date(1970, 1, 2) < BUILT


def test_S13_a_digest_of_2099_does_not_block_today() -> None:
    """Due is what has no digest, not what is later than the last one."""
    order = due("me", Plan(), datetime(2026, 6, 16, 12, tzinfo=UTC), [date(2099, 1, 1)])
    assert order is not None
    assert order.day == date(2026, 6, 16)


def test_S13_a_digest_of_2099_alone_sends_nothing_of_yesterday() -> None:
    """Nor does it make its reader an old one: today's time has not come yet."""
    early = datetime(2026, 6, 16, 3, tzinfo=UTC)
    assert due("me", Plan(), early, [date(2099, 1, 1)]) is None


def test_S14_a_missed_time_is_caught_up_once() -> None:
    """Started after its time, the daemon sends today's digest; then it is done."""
    now = datetime(2026, 6, 16, 9, tzinfo=UTC)
    assert due("me", Plan(), now, []) is not None
    assert due("me", Plan(), now, [date(2026, 6, 16)]) is None


def test_a_new_reader_never_gets_yesterdays() -> None:
    """Before today's time, a reader without any digest waits for it."""
    assert due("me", Plan(), datetime(2026, 6, 16, 5, 29, tzinfo=UTC), []) is None
    assert due("me", Plan(), datetime(2026, 6, 16, 5, 30, tzinfo=UTC), []) is not None


def test_an_old_reader_gets_what_was_missed_before_midnight() -> None:
    """Friday's digest, missed, comes on Saturday even where weekends are free."""
    plan = Plan(days=frozenset(range(5)))
    order = due("me", plan, datetime(2026, 6, 20, 9, tzinfo=UTC), [date(2026, 6, 18)])
    assert order is not None
    assert order.day == date(2026, 6, 19)


def test_the_next_time_is_told_in_the_readers_zone() -> None:
    """Weekdays that are free and dates that are done are passed over."""
    plan = Plan(days=frozenset({0, 4}))
    friday = datetime(2026, 6, 19, 9, tzinfo=UTC)
    assert next_due(plan, friday).isoformat() == "2026-06-22T07:30:00+02:00"
    assert next_due(plan, friday, [date(2026, 6, 22)]).date() == date(2026, 6, 26)
    assert next_due(Plan(days=()), friday).date() == date(2026, 6, 28)
    assert latest_due(Plan(days=()), friday) is None


class Beats:
    """A beat that counts itself, stops the loop after some, and may misbehave."""

    def __init__(self, last: int) -> None:
        self.seen = 0
        self.last = last
        self.stop = threading.Event()

    def __call__(self) -> None:
        self.seen += 1
        if self.seen >= self.last:
            self.stop.set()
        if self.seen == 1:
            raise SystemExit(3)


def test_S16_a_beat_that_raises_does_not_end_the_loop() -> None:
    """SystemExit in a beat is logged, and the next beat comes."""
    beats = Beats(last=3)
    assert run_forever(beats, beats.stop, every=0.001)
    assert beats.seen >= 3


def test_S19_a_stop_does_not_wait_for_ever() -> None:
    """A beat that still works after the patience is left to the end of the process."""
    stop, go_on = threading.Event(), threading.Event()

    def beat() -> None:
        stop.set()
        go_on.wait(10)

    try:
        assert not run_forever(beat, stop, every=0.001, patience=0.01)
    finally:
        go_on.set()


def test_S15_a_beat_that_hangs_is_noticed() -> None:
    """After its longest time the loop gives up, so that the process can start anew."""
    go_on = threading.Event()

    def beat() -> None:
        go_on.wait(10)

    ticks = iter(range(0, 10**9, 1000))
    try:
        ended = run_forever(
            beat,
            threading.Event(),
            every=0.001,
            clock=lambda: float(next(ticks)),
        )
        assert not ended
    finally:
        go_on.set()


def test_S15_what_holds_the_interpreter_is_ended_by_the_kernel() -> None:
    """A loop in C that lets no other thread run: the process dies, so that it can start anew."""
    script = (
        "import re\nfrom digest.app.daemon.loop import limited\n"
        "with limited(0.2): re.match('(a*)*b', 'a' * 60)"
    )
    done = subprocess.run([sys.executable, "-c", script], check=False, timeout=60)
    assert done.returncode == -signal.SIGALRM


def test_S15_the_kernel_leaves_what_ended_in_time_alone() -> None:
    """No alarm is left behind."""
    with limited(60):
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_S17_a_signal_asks_the_loop_to_stop() -> None:
    """SIGTERM sets the stop; it interrupts nothing."""
    stop = threading.Event()
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    try:
        stop_on_signals(stop)
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.wait(2)
    finally:
        signal.signal(signal.SIGTERM, before[0])
        signal.signal(signal.SIGINT, before[1])


def test_O03_the_service_manager_is_told(tmp_path: Path) -> None:
    """One datagram on the socket that the environment names; none where there is no socket."""
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(address)
        server.settimeout(2)
        notify_service("WATCHDOG=1", {"NOTIFY_SOCKET": address})
        assert server.recv(64) == b"WATCHDOG=1"
    notify_service("READY=1", {})
    notify_service("READY=1", {"NOTIFY_SOCKET": str(tmp_path / "gone")})


def test_E6_a_clock_set_back_at_the_wrong_moment_does_not_stop_the_ticks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between adding a job and running it the wall clock falls back by an hour."""
    from apscheduler.schedulers import base

    class Falling(datetime):
        """A clock that is an hour ahead where "now" is asked for a new job."""

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) - timedelta(hours=1)

    monkeypatch.setattr(base, "datetime", Falling)
    stop, ticks = threading.Event(), []

    def tick() -> None:
        ticks.append(1)
        if len(ticks) == 3:
            stop.set()

    ended = threading.Timer(20, stop.set)
    ended.start()
    assert run_forever(tick, stop, every=0.01)
    ended.cancel()
    assert len(ticks) == 3
