"""The daemon over days that go wrong: sleeps, clocks, faults, a second digest beside it."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from fakes import MORNING, PLAIN, TODAY, DailyList, broken, house, other, video

from digest.app.daemon.daemon import Daemon
from digest.app.daemon.heartbeat import Heartbeat
from digest.app.pipeline.pipeline import send
from digest.model.errors import AlreadyRunning, DeliveryError, StateError, TransportUnavailable
from digest.model.states import SourceState
from digest.store import lock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from fakes import House

    from digest.app.pipeline.request import DigestResult

URL = "https://watch.test/abc"
BEATS_A_DAY = 48


@dataclass(slots=True)
class Beats(Heartbeat):
    """A heartbeat that keeps its calls to itself."""

    calls: list[str] = field(default_factory=list)

    def start(self, url: str) -> None:
        self.calls.append(f"{url} start")

    def end(self, url: str, *, well: bool) -> None:
        self.calls.append(f"{url} {'well' if well else 'fail'}")


def daemon_in(home: House) -> Daemon:
    """Return a daemon that follows the house's config and waits for no lock."""
    return Daemon(
        runtime=home.runtime, config=lambda: home.config, heartbeat=Beats(), lock_wait=0.0
    )


def days_of(home: House) -> list[date]:
    """Return the days that were served, the first one first."""
    return [sent.day for sent in reversed(home.store.digests.latest("me", 100))]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """A house an hour before the digest of a Tuesday; the reader had one on Monday."""
    with house(tmp_path, at=MORNING - timedelta(days=1)) as built:
        send([built.request(TODAY - timedelta(days=1))], built.config, built.runtime)
        built.clock.moment = MORNING - timedelta(hours=1)
        built.source.papers = [video(2)]
        yield built


def test_a_digest_goes_out_at_its_time(home: House) -> None:
    """Not before; once; and whoever listens hears of it."""
    heard: list[DigestResult] = []
    daemon = Daemon(runtime=home.runtime, config=lambda: home.config, tell=heard.extend)
    daemon.beat()
    assert len(home.transport.sent) == 1
    home.clock.moment = MORNING
    daemon.beat()
    daemon.beat()
    assert [(result.day, result.state) for result in heard] == [(TODAY, "sent")]
    assert len(home.transport.sent) == 2


def test_S06_the_readers_zone_rules(tmp_path: Path) -> None:
    """07:30 in Tokyo is 22:30 of the day before in UTC, whatever the host's zone is."""
    text = PLAIN.replace('timezone = "UTC"', 'timezone = "Asia/Tokyo"')
    with house(tmp_path, text, at=datetime(2026, 6, 15, 22, 29, tzinfo=UTC)) as home:
        daemon = daemon_in(home)
        daemon.beat()
        assert home.transport.sent == []
        home.clock.forward(minutes=1)
        daemon.beat()
        assert days_of(home) == [TODAY]


def test_S08_a_sleep_across_the_time_is_made_up_at_once(home: House) -> None:
    """The first beat after waking sends it, once."""
    daemon = daemon_in(home)
    daemon.beat()
    home.clock.forward(hours=8)
    daemon.beat()
    daemon.beat()
    assert days_of(home)[1:] == [TODAY]


def test_S09_three_days_of_sleep_are_one_digest(home: House) -> None:
    """It covers the days; they are not made up one by one."""
    daemon = daemon_in(home)
    home.clock.forward(days=3, hours=2)
    daemon.beat()
    daemon.beat()
    assert days_of(home)[1:] == [TODAY + timedelta(days=3)]
    assert b"No digest could be made since" in home.transport.sent[-1].message


def test_S10_a_clock_set_back_sends_nothing_again(home: House) -> None:
    """The day has its digest, whatever the hour says."""
    daemon = daemon_in(home)
    home.clock.moment = MORNING
    daemon.beat()
    for _ in range(12):
        home.clock.forward(minutes=-15)
        daemon.beat()
    assert len(home.transport.sent) == 2


def test_S11_a_clock_set_back_and_a_restart_send_nothing_again(home: House) -> None:
    """What was done is in the store, not in the process."""
    home.clock.moment = MORNING
    daemon_in(home).beat()
    home.clock.forward(hours=-1)
    daemon_in(home).beat()
    home.clock.forward(hours=1)
    daemon_in(home).beat()
    assert len(home.transport.sent) == 2


def test_S12_a_board_that_wakes_in_1970_sends_nothing_of_then(home: House) -> None:
    """Nothing is due before the program was made; the jump to today is one digest."""
    daemon = daemon_in(home)
    home.clock.moment = datetime(1970, 1, 1, 12, tzinfo=UTC)
    daemon.beat()
    assert len(home.transport.sent) == 1
    home.clock.moment = MORNING
    daemon.beat()
    assert days_of(home)[1:] == [TODAY]


def test_S13_a_day_in_2099_does_not_stop_the_days_after(home: House) -> None:
    """Once the clock is right again the daily digests go on."""
    daemon = daemon_in(home)
    home.clock.moment = datetime(2099, 1, 1, 8, tzinfo=UTC)
    daemon.beat()
    home.clock.moment = MORNING
    home.source.papers = [video(3)]
    daemon.beat()
    home.clock.forward(days=1)
    home.source.papers = [video(4)]
    daemon.beat()
    assert sorted(days_of(home))[1:3] == [TODAY, TODAY + timedelta(days=1)]


def test_S14_started_after_its_time_it_catches_up_once(home: House) -> None:
    """The daemon was down at 07:30 and comes up at noon."""
    home.clock.forward(hours=5)
    daemon_in(home).beat()
    daemon_in(home).beat()
    assert days_of(home)[1:] == [TODAY]


def test_S16_what_breaks_is_told_and_tried_again_later(home: House) -> None:
    """A round that raises is an alert, rests for five minutes, and is made up for."""
    daemon = daemon_in(home)
    home.clock.moment = MORNING
    home.transport.refusal = SystemExit("no room")
    with pytest.raises(SystemExit):
        daemon.beat()
    assert "SystemExit: no room" in home.store.alerts.active()["work"]
    home.transport.refusal = None
    daemon.beat()
    assert len(home.transport.sent) == 1
    home.clock.forward(minutes=31)
    daemon.beat()
    assert len(home.transport.sent) == 2
    assert home.store.alerts.active() == {}


def test_S16_a_rest_that_a_wrong_clock_began_does_not_last(home: House) -> None:
    """Set back by a year, the daemon works at once."""
    daemon = daemon_in(home)
    daemon.rested = MORNING + timedelta(days=365)
    home.clock.moment = MORNING
    daemon.beat()
    assert len(home.transport.sent) == 2


def test_a_digest_that_fails_is_tried_again_in_a_quarter_of_an_hour(home: House) -> None:
    """Every source is down: the sources are not asked at each beat."""
    daemon = daemon_in(home)
    source = broken()
    home.with_sources(source)
    home.clock.moment = MORNING
    for _ in range(16):
        daemon.beat()
        home.clock.forward(minutes=1)
    assert len(source.asked) == 2


def test_a_stale_list_is_asked_again_in_half_an_hour(home: House) -> None:
    """And after three hours the digest goes out with what there is."""
    daemon = daemon_in(home)
    source = DailyList(papers=[video(2)], state=SourceState.STALE)
    home.with_sources(source)
    home.clock.moment = MORNING
    for _ in range(200):
        daemon.beat()
        home.clock.forward(minutes=1)
    assert len(source.asked) == 7
    assert days_of(home)[1:] == [TODAY]


def test_what_waits_is_tried_again_without_a_digest_being_due(home: House) -> None:
    """The outbox has its own times; nothing is fetched for it."""
    daemon = daemon_in(home)
    home.clock.moment = MORNING
    home.transport.refusal = TransportUnavailable("down")
    daemon.beat()
    asked = len(home.source.asked)
    home.transport.refusal = None
    home.clock.forward(minutes=2)
    daemon.beat()
    assert len(home.transport.sent) == 2
    assert len(home.source.asked) == asked


def test_S22_S24_a_digest_by_hand_shuts_the_daemon_out(home: House) -> None:
    """While another holds the folder the daemon waits, and then finds the day done."""
    daemon = daemon_in(home)
    home.clock.moment = MORNING
    with lock(home.config.storage):
        with pytest.raises(AlreadyRunning):
            daemon.beat()
        send([home.request()], home.config, home.runtime)
    daemon.beat()
    assert len(home.transport.sent) == 2
    assert home.store.alerts.active() == {}


def test_S24_a_digest_sent_by_hand_while_waiting_is_not_sent_again(home: House) -> None:
    """The order was made before the lock was had: the line looks again."""
    daemon = daemon_in(home)
    home.clock.moment = MORNING
    requests = daemon.requests(home.config, MORNING)
    send([home.request()], home.config, home.runtime)
    (result,) = send(requests, home.config, home.runtime)
    assert result.state == "already"
    assert len(home.transport.sent) == 2


def test_several_readers_at_several_times(tmp_path: Path) -> None:
    """Each in their own zone, at their own time, on their own days."""
    files = {
        "readers/ada.toml": '[email]\nto = "ada@r.test"\n[schedule]\ntimezone = "Asia/Tokyo"\n',
        "readers/bo.toml": '[email]\nto = "bo@r.test"\n[schedule]\ndays = ["wed"]\nat = "18:00"\n',
    }
    text = 'readers = "readers/*.toml"\n' + PLAIN.replace('to = "ada@reader.test"\n', "")
    start = datetime(2026, 6, 16, 0, 0, tzinfo=UTC)
    with house(tmp_path, text, files=files, at=start) as home:
        daemon = daemon_in(home)
        seen: dict[str, list[datetime]] = {"ada@r.test": [], "bo@r.test": []}
        for step in range(3 * BEATS_A_DAY):
            home.clock.moment = start + timedelta(days=step / BEATS_A_DAY)
            home.source.papers = [video(step)]
            before = len(home.transport.sent)
            daemon.beat()
            for envelope in home.transport.sent[before:]:
                seen[envelope.recipient].append(home.clock.moment)
        assert [m.strftime("%d %H:%M") for m in seen["ada@r.test"]] == [
            *("16 00:00", "16 22:30", "17 22:30", "18 22:30"),
        ]
        assert [m.strftime("%d %H:%M") for m in seen["bo@r.test"]] == ["17 18:00"]


def test_O01_the_heartbeat_tells_of_each_digest(home: House) -> None:
    """Start and end of a round with a digest; nothing for a round without one."""
    home.config = replace(home.config, heartbeat=URL)
    beats = Beats()
    daemon = Daemon(runtime=home.runtime, config=lambda: home.config, heartbeat=beats)
    daemon.beat()
    home.clock.moment = MORNING
    daemon.beat()
    daemon.beat()
    assert beats.calls == [f"{URL} start", f"{URL} well"]


@pytest.mark.parametrize("fault", ["sources", "mail", "crash"])
def test_O01_the_heartbeat_tells_of_what_failed(home: House, fault: str) -> None:
    """No digest, a mail that waits, a round that broke: each is a failure."""
    home.config = replace(home.config, heartbeat=URL)
    if fault == "sources":
        home.with_sources(broken())
    else:
        home.transport.refusal = (
            DeliveryError("not now") if fault == "mail" else KeyboardInterrupt()
        )
    beats = Beats()
    daemon = Daemon(runtime=home.runtime, config=lambda: home.config, heartbeat=beats)
    home.clock.moment = MORNING
    if fault == "crash":
        with pytest.raises(KeyboardInterrupt):
            daemon.beat()
    else:
        daemon.beat()
    assert beats.calls == [f"{URL} start", f"{URL} fail"]


def test_an_empty_day_is_a_good_day(home: House) -> None:
    """Nothing to send is no failure."""
    home.config = replace(home.config, heartbeat=URL)
    home.source.papers = [other(1)]
    beats = Beats()
    home.clock.moment = MORNING
    Daemon(runtime=home.runtime, config=lambda: home.config, heartbeat=beats).beat()
    assert beats.calls == [f"{URL} start", f"{URL} well"]


def test_O04_each_digest_is_one_line_in_the_log(
    home: House, caplog: pytest.LogCaptureFixture
) -> None:
    """Who, which day, how many papers, to whom."""
    home.clock.moment = MORNING
    with caplog.at_level(logging.INFO, logger="digest.app.daemon.daemon"):
        daemon_in(home).beat()
    (line,) = [r.getMessage() for r in caplog.records if r.name == "digest.app.daemon.daemon"]
    assert line == (
        "event=sent reader='me' day=2026-06-16 papers=1 of=1 to=ada@reader.test text='250 taken'"
    )


def test_the_store_is_tidied_once_a_day(home: House) -> None:
    """With a backup, and without what is known of sources that left the config."""
    daemon = daemon_in(home)
    home.store.sources.record("gone", state=SourceState.FAILED, day=TODAY)
    home.store.alerts.add("source:gone", "gone cannot be read")
    daemon.beat()
    backups = home.config.storage / "backups"
    assert len(list(backups.iterdir())) == 1
    assert "gone" not in home.store.sources.all()
    assert home.store.alerts.active() == {}
    home.clock.forward(minutes=1)
    daemon.beat()
    assert daemon.tidied == MORNING - timedelta(hours=1)
    home.clock.forward(days=1)
    daemon.beat()
    assert len(list(backups.iterdir())) == 2


def test_a_store_that_cannot_be_read_ends_the_beat(home: House) -> None:
    """The loop logs it and comes again; nothing is sent meanwhile."""
    daemon = daemon_in(home)
    home.clock.moment = MORNING
    home.store.close()
    with pytest.raises(StateError):
        daemon.beat()
    assert len(home.transport.sent) == 1


WEEKLY = PLAIN.replace('timezone = "UTC"', 'timezone = "UTC"\ndays = ["tue"]')


def test_C7_a_first_weekly_digest_is_caught_up_after_sleep(tmp_path: Path) -> None:
    """The daemon knew the reader before Tuesday, and the computer slept until Thursday."""
    with house(tmp_path, WEEKLY, at=MORNING - timedelta(hours=1)) as home:
        daemon = daemon_in(home)
        daemon.beat()
        home.clock.moment = MORNING + timedelta(days=2)
        daemon.beat()
        assert days_of(home) == [TODAY]


def test_C7_a_new_weekly_reader_gets_no_digest_of_an_earlier_day(tmp_path: Path) -> None:
    """Set up on Thursday, the first one comes next Tuesday."""
    with house(tmp_path, WEEKLY, at=MORNING + timedelta(days=2)) as home:
        daemon = daemon_in(home)
        daemon.beat()
        home.clock.forward(hours=20)
        daemon.beat()
        assert days_of(home) == []
        home.clock.moment = MORNING + timedelta(days=7)
        daemon.beat()
        assert days_of(home) == [TODAY + timedelta(days=7)]
