"""The long ones: five years of days, clocks that jump, stops, timeouts, two at once, by chance.

Each prints its figures: `make chaos`.
"""

from __future__ import annotations

import random
import resource
import signal
import sys
import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fakes import MORNING, house, video
from limited import ended, settle, smtp, started
from smtp_server import both, keep, mail_server, stall
from town import digest

from digest.app.daemon.daemon import Daemon
from digest.app.daemon.loop import BEAT, run_forever
from digest.delivery.maildir import Maildir
from digest.delivery.outbox import flush
from digest.delivery.smtp import Smtp
from digest.model.schedule import due
from digest.store import Store, lock

if TYPE_CHECKING:
    from fakes import House
    from smtp_server import Play, Server

pytestmark = pytest.mark.chaos

LINE = "\n{}\n"


def figures(text: str) -> None:
    """Print what was measured."""
    sys.stdout.write(LINE.format(text))


def memory() -> float:
    """Return the resident memory of this process in MB, now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def descriptors() -> int:
    """Return how many files are open."""
    return len(list(Path("/proc/self/fd").iterdir()))


def copies(server: Server) -> Counter[str]:
    """Return how often each Message-ID was taken."""
    return Counter(letter.message_id for letter in server.kept)


def test_S27_five_years_of_days(tmp_path: Path) -> None:
    """1,826 digests into a maildir: memory, files and threads are flat, the database is small."""
    seen: list[tuple[float, int, int]] = []
    with house(tmp_path, at=MORNING) as home:
        home.config = replace(home.config, transport=Maildir(path=str(tmp_path / "mail")))
        daemon = Daemon(runtime=home.runtime, config=lambda: home.config)
        began = time.monotonic()
        for day in range(1826):
            home.clock.moment = MORNING + timedelta(days=day)
            today = home.clock.moment.date()
            home.source.papers = [
                video(
                    n,
                    id=f"arxiv:{2606 + day // 30:04}.{day % 30 * 100 + n:05}",
                    title=f"Video {n} diffusion {day} {today}",
                    listed=today,
                )
                for n in range(30)
            ]
            daemon.beat()
            daemon.beat()
            seen.append((memory(), descriptors(), threading.active_count()))
        took = time.monotonic() - began
        days = [sent.day for sent in home.store.digests.latest("me", 5000)]
        size = (home.config.storage / "digest.db").stat().st_size / 1e6
    mails = len(list((tmp_path / "mail" / "new").iterdir()))
    growth = seen[-1][0] - seen[100][0]
    figures(
        f"{mails} digests in {took:.0f} s: memory {seen[100][0]:.0f} MB after 100 days, "
        f"{seen[-1][0]:.0f} MB at the end, {max(m for m, _, _ in seen):.0f} MB at most; "
        f"{seen[-1][1]} files, {seen[-1][2]} threads; database {size:.1f} MB"
    )

    assert mails == len(days) == len(set(days)) == 1826
    assert growth < 50
    assert {files for _, files, _ in seen[100:]} == {seen[100][1]}
    assert {threads for _, _, threads in seen[100:]} == {seen[100][2]}
    assert size < 100


class Wild:
    """A beat under a clock that goes on by a beat's time each time, and jumps as it is told."""

    def __init__(self, home: House, jumps: dict[int, timedelta | datetime], last: int) -> None:
        self.home, self.jumps, self.last, self.count = home, jumps, last, 0
        self.daemon = Daemon(runtime=home.runtime, config=lambda: home.config)
        self.stop = threading.Event()
        self.late: list[timedelta] = []
        """For how long, by the clock, each digest was due before it went out."""
        self.warm = min(jumps)
        self.sizes: list[float] = []
        """Memory after the first digest, and at the end."""
        self._wanted: datetime | None = None

    def __call__(self) -> None:
        self.count += 1
        clock = self.home.clock
        match self.jumps.get(self.count, timedelta(seconds=BEAT)):
            case timedelta() as jump:
                clock.moment += jump
            case moment:
                clock.moment = moment
        reader, now = self.home.reader, clock.moment
        self.home.source.papers = [video(self.count, listed=now.date())]
        done = self.home.store.digests.days("me", now.date() - timedelta(days=12))
        if wanted := due("me", reader.schedule, now, done):
            since = max(wanted.since, now - timedelta(seconds=BEAT))
            self._wanted = self._wanted or since
        self.daemon.beat()
        if self._wanted and now.date() in self.home.store.digests.days("me", now.date()):
            self.late.append(now - self._wanted)
            self._wanted = None
        if self.count in (self.warm, self.last):
            self.sizes.append(memory())
        if self.count >= self.last:
            self.stop.set()


def test_S08_S09_S10_S12_S13_clocks_that_jump_under_the_real_loop(tmp_path: Path) -> None:
    """±1 h, 3 days, 56 years and back: served within 60 s of each jump, nothing twice."""
    day = round(timedelta(days=1).total_seconds() / BEAT)
    hour = day // 24
    start = MORNING - timedelta(hours=1)
    jumps: dict[int, timedelta | datetime] = {
        2 * hour: timedelta(hours=-1),
        4 * hour: timedelta(hours=1),
        5 * hour: timedelta(days=3),
        6 * hour: timedelta(days=-3),
        7 * hour: datetime(1970, 1, 1, tzinfo=UTC),
        8 * hour: start + timedelta(days=4, hours=3),
        9 * hour: timedelta(days=365.25 * 56),
        10 * hour: start + timedelta(days=5, hours=3),
        11 * hour: datetime(2099, 12, 31, 23, 59, tzinfo=UTC),
        12 * hour: start + timedelta(days=6, minutes=59),
        13 * hour: timedelta(hours=8),
    }
    with house(tmp_path, at=start) as home:
        wild = Wild(home, jumps, last=13 * hour + day)
        began = time.monotonic()
        assert run_forever(wild, wild.stop, every=0.0005)
        took, growth = time.monotonic() - began, wild.sizes[1] - wild.sizes[0]
        made = [(sent.day, sent.edition) for sent in home.store.digests.latest("me", 5000)]
        sent = [envelope.message_id for envelope in home.transport.sent]
    figures(
        f"{wild.count} beats with {len(jumps)} jumps in {took:.0f} s: {len(sent)} digests, "
        f"the latest {max(wild.late).total_seconds():.0f} s after it was due, "
        f"memory {growth:+.0f} MB"
    )

    assert len(sent) == len(set(sent)) == len(made) == len({made_day for made_day, _ in made})
    assert len(sent) == 8
    assert max(wild.late) <= timedelta(seconds=60)
    assert min(made)[0] >= start.date()
    assert growth < 20


def later(folder: Path, server_port: int) -> None:
    """Deliver what waits, as the daemon would half an hour on."""
    when = datetime.now(UTC) + timedelta(hours=1)
    with (
        lock(folder / "state"),
        Store.open(folder / "state", now=lambda: when, alone=True) as store,
    ):
        way = Smtp(host="127.0.0.1", port=server_port, security="none")
        flush(store, way, now=lambda: when, force=True)
        assert store.outbox.waiting() == ()


STALLS: dict[str, Play | list[Play]] = {
    "greeting": [stall, b"220 in\r\n"],
    "ehlo": [stall, b"250 mail.test\r\n"],
    "rcpt": [stall, b"250 ok\r\n"],
    "body": [stall, b""],
    "dot": [both(keep, stall), b"250 queued\r\n"],
}


@pytest.mark.parametrize("step", [*STALLS, "none"])
@pytest.mark.parametrize("after", ["at random", "while it stalls"])
def test_S18_S19_SIGTERM_at_any_moment(tmp_path: Path, step: str, after: str) -> None:
    """A real `digest run` before a server that falls silent ends within 30 s and loses nothing."""
    chance = random.Random(f"{step} {after}")  # noqa: S311  # a test, repeatable
    plays = {step: STALLS[step]} if step in STALLS else {}
    with mail_server(None, direct=False, **plays) as server:
        folder = settle(tmp_path, smtp(server.port))
        daemon = started(folder, "run")
        until = time.monotonic() + (chance.uniform(0.2, 4) if after == "at random" else 30)
        while time.monotonic() < until and (after == "at random" or not server.times.get(step)):
            time.sleep(0.02)
        told = time.monotonic()
        daemon.send_signal(signal.SIGTERM)
        code, said = ended(daemon)
        took = time.monotonic() - told
        acknowledged = sum(letter.kept for letter in server.letters)
        done = digest("-c", str(folder / "config.toml"), "send")
        later(folder, server.port)
    arrived = copies(server)
    extra = arrived.total() - 1
    figures(f"stopped {after}, {step} silent: {took:.1f} s, exit {code}, {extra} second copies")

    assert took < 30
    assert code == 0 or (code == -signal.SIGTERM and not acknowledged)
    assert "Traceback" not in said
    assert done.code in (0, 1)
    assert len(arrived) == 1
    assert extra <= (step == "dot")


def test_S22_S24_many_at_once(tmp_path: Path) -> None:
    """Two daemons and three hands begin together, ten times: one mail each time."""
    refused: Counter[int] = Counter()
    with mail_server() as server:
        for number in range(10):
            folder = settle(tmp_path / str(number), smtp(server.port))
            daemons = [started(folder, "run") for _ in range(2)]
            hands = [started(folder, "send") for _ in range(3)]
            refused.update(ended(hand)[0] for hand in hands)
            until = time.monotonic() + 30
            while time.monotonic() < until and all(one.poll() is None for one in daemons):
                time.sleep(0.05)
            for one in daemons:
                one.send_signal(signal.SIGTERM)
            refused.update(ended(one)[0] for one in daemons)
            assert server.connections <= number + 1
    figures(f"10 times 5 processes: {len(server.kept)} mails; exit codes {dict(refused)}")

    assert len(server.kept) == 10
    assert refused == {0: 40, 75: 10}


def test_D01_D02_a_disk_that_fills_up_anywhere(tmp_path: Path) -> None:
    """`digest send` with files of at most 0, 8, 16 … KB: nothing lost, nothing twice, all said."""
    codes: Counter[int] = Counter()
    with mail_server() as server:
        for number, kilobytes in enumerate(range(0, 320, 8), start=1):
            folder = settle(tmp_path / str(kilobytes), smtp(server.port))
            code, said = ended(started(folder, limit=f"-f {kilobytes}"))
            codes[code] += 1
            assert "Traceback" not in said
            assert code == 0 or said.strip()
            done = digest("-c", str(folder / "config.toml"), "send", "--retry")
            assert done.code == 0, done
            assert len(server.kept) == number, (kilobytes, code, said, done)
    figures(f"{number} sizes of disk: {len(server.kept)} mails, exit codes {dict(codes)}")

    assert set(codes) == {0, 1}
