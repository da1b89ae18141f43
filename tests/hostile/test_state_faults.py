"""The catalogue of faults, D (and S22): what disks, crashes and people do to the memory."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from outbox_world import DAY, Clock, Desk, Hasty, desk_in, mail, paper
from smtp_server import both, keep, mail_server

from digest.model.errors import AlreadyRunning, StateError
from digest.store import Store, lock
from digest.store.database import migrate, version_of
from digest.store.recovery import open_folder
from digest.store.schema import MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smtp_server import Talk

HEADER = 100
PAGE = 4096


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with one digest in its outbox."""
    for desk in desk_in(tmp_path):
        desk.write()
        yield desk


@contextmanager
def full_disk(folder: Path) -> Iterator[None]:
    """Let no file grow beyond the size of the database's log."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = (folder / "digest.db-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def filled(folder: Path, *, backed_up: bool = True) -> Clock:
    """Leave a folder behind in which a digest was sent, and a backup made."""
    clock = Clock()
    with Store.open(folder, now=clock) as store:
        store.papers.remember(paper(n) for n in range(300))
        store.digests.record(reader="ada", day=DAY, mail=mail(), papers=[paper(1)])
        if backed_up:
            store.tidy()
    return clock


def remembers(store: Store) -> bool:
    """Tell whether the digest that was sent is known."""
    return store.digests.edition("ada", DAY) == 1 and bool(store.digests.history("ada").sent)


def test_D01_a_full_disk_sends_nothing(desk: Desk, tmp_path: Path) -> None:
    """What cannot be recorded is not sent; nothing is lost, and all goes out once there is room."""
    with mail_server() as server:
        with full_disk(tmp_path), pytest.raises(StateError, match=r"digest\.db"):
            desk.flush(Hasty(port=server.port))

        assert server.connections == 1
        assert not server.kept
        assert desk.send(Hasty(port=server.port)).state == "sent"


@pytest.mark.parametrize("size", [0, 1, 2, 4, 8])
def test_D01_a_disk_too_full_to_begin_on_is_called_so(tmp_path: Path, size: int) -> None:
    """The first start tells what it lacks, not what SQLite stumbled over; the next one works."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size * PAGE, hard))
    try:
        with pytest.raises(StateError) as caught, Store.open(tmp_path, now=Clock()):
            pytest.fail("it opened")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert "rollback" not in str(caught.value)
    with Store.open(tmp_path, now=Clock()) as store:
        assert store.digests.latest("ada") == ()


def test_D02_sent_is_noted_on_a_disk_that_has_become_full(desk: Desk, tmp_path: Path) -> None:
    """A disk that fills up between the claim and the answer does not send the mail for ever."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(_: Talk) -> None:
        size = (tmp_path / "digest.db-wal").stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))

    try:
        with mail_server(dot=both(keep, fill, b"250 queued\r\n")) as server:
            desk.flush(Hasty(port=server.port))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    (last,) = desk.store.digests.latest("ada")
    assert last.state == "sent"
    assert desk.store.outbox.waiting() == ()


def test_D01_a_disk_too_full_to_empty_the_log_leaves_no_doubt(desk: Desk, tmp_path: Path) -> None:
    """The log is long enough for the claim, the database cannot grow: nobody was told anything."""
    database = desk.store.database
    for number in range(50):
        desk.store.papers.remember([paper(number)])
    database.checkpoint()
    desk.write("bob", to=tuple(f"bob{n}@inbox.test" for n in range(100)))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = (tmp_path / "digest.db").stat().st_size
    assert (tmp_path / "digest.db-wal").stat().st_size > 2 * size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        with mail_server() as server, pytest.raises(StateError):
            desk.flush(Hasty(port=server.port))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert not server.kept
    assert {(row.state, row.tried) for row in desk.store.outbox.waiting()} == {("ready", None)}


@pytest.mark.parametrize("loss", ["deleted", "emptied"])
def test_D03_a_lost_database_is_restored_and_told(tmp_path: Path, loss: str) -> None:
    """A database that is gone or of no bytes is no new start: the backup takes its place."""
    clock = filled(tmp_path)
    (tmp_path / "digest.db").unlink()
    if loss == "emptied":
        (tmp_path / "digest.db").touch()

    with Store.open(tmp_path, now=clock) as store:
        assert remembers(store)
        (told,) = store.told
    assert "restored from digest-2026-11-22.db" in told


def test_D03_a_lost_database_without_a_backup_is_told(tmp_path: Path) -> None:
    """Where everything is lost digest says so and begins as at a first start."""
    clock = filled(tmp_path, backed_up=False)
    (tmp_path / "digest.db").unlink()

    with Store.open(tmp_path, now=clock) as store:
        assert "the last listed day only" in store.told[0]
        assert store.digests.history("ada").last is None


def test_D03_a_first_start_has_nothing_to_tell(tmp_path: Path) -> None:
    """An empty folder is a first start, and the second start is quiet too."""
    for _ in range(2):
        with Store.open(tmp_path / "new", now=Clock()) as store:
            assert store.told == ()
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "new" / "digest.db").stat().st_mode & 0o777 == 0o600


def test_D03_a_database_deleted_while_it_is_open_stops_the_work(desk: Desk, tmp_path: Path) -> None:
    """SQLite would go on writing to the deleted file without a word."""
    (tmp_path / "digest.db").unlink()
    with mail_server() as server, pytest.raises(StateError, match="removed or replaced"):
        desk.flush(Hasty(port=server.port))

    assert not server.kept


@pytest.mark.parametrize("damage", ["header", "page", "half"])
def test_D04_a_damaged_database_is_set_aside_and_restored(tmp_path: Path, damage: str) -> None:
    """The damaged file is kept for who wants to look, the newest backup takes its place, told."""
    clock = filled(tmp_path)
    path = tmp_path / "digest.db"
    data = bytearray(path.read_bytes())
    match damage:
        case "header":
            data[:HEADER] = bytes(HEADER)
        case "page":
            data[PAGE : 5 * PAGE] = b"\xff" * (4 * PAGE)
        case _:
            del data[len(data) // 2 :]
    path.write_bytes(data)

    with Store.open(tmp_path, now=clock) as store:
        assert remembers(store)
        (told,) = store.told
    assert told.startswith(f"{path}: is damaged (")
    assert told.endswith("; it was restored from digest-2026-11-22.db")
    assert (tmp_path / "digest.db.damaged-20261122T073000").read_bytes() == bytes(data)


def test_D04_a_damaged_backup_is_passed_over(tmp_path: Path) -> None:
    """Of two backups the newest sound one is taken."""
    clock = filled(tmp_path)
    backups = tmp_path / "backups"
    shutil.copy(backups / "digest-2026-11-22.db", backups / "digest-2026-11-21.db")
    (backups / "digest-2026-11-22.db").write_bytes(b"no database at all" * 1000)
    (tmp_path / "digest.db").unlink()

    with Store.open(tmp_path, now=clock) as store:
        assert "digest-2026-11-21.db" in store.told[0]
        assert remembers(store)


def test_D04_a_running_digest_is_not_repaired_under(tmp_path: Path) -> None:
    """`status` beside a running daemon says what is wrong and leaves the repair to it."""
    clock = filled(tmp_path)
    (tmp_path / "digest.db").write_bytes(b"\xff" * 100_000)

    with lock(tmp_path), pytest.raises(StateError, match="a running digest holds") as caught:
        Store.open(tmp_path, now=clock)
    assert "start it again" in caught.value.hint
    with lock(tmp_path), Store.open(tmp_path, now=clock, alone=True) as store:
        assert remembers(store)


def test_D05_a_backup_holds_what_is_in_the_log_alone(tmp_path: Path) -> None:
    """A copy of the file lacks the log; our backup has every row."""
    with Store.open(tmp_path, now=Clock()) as store:
        store.digests.record(reader="ada", day=DAY, mail=mail(), papers=[paper()])
        store.tidy()
        shutil.copy(tmp_path / "digest.db", tmp_path / "copied.db")
        copied = rows_of(tmp_path / "copied.db")
        backed_up = rows_of(tmp_path / "backups" / "digest-2026-11-22.db")

    assert (copied, backed_up) == (0, 1)


def rows_of(path: Path) -> int:
    """Return how many digests a database holds; 0 where even the table is missing."""
    with closing(sqlite3.connect(path)) as connection:
        try:
            return int(connection.execute("SELECT count(*) FROM digest").fetchone()[0])
        except sqlite3.OperationalError:
            return 0


@pytest.mark.parametrize(
    ("obstacle", "words"),
    [
        ("a file in place of the folder", "is not a folder"),
        ("a file in place of the parent", "is not a folder"),
        ("a folder in place of the database", "is a folder, not a database"),
        ("a database of another program", "of another program"),
        ("a place where nothing can be made", "cannot be made"),
    ],
)
def test_D06_what_stands_in_the_way_is_named(tmp_path: Path, obstacle: str, words: str) -> None:
    """A folder that cannot be used is refused with its path, the reason and the way out."""
    folder = tmp_path / "state"
    match obstacle:
        case "a file in place of the folder":
            folder.write_text("")
        case "a file in place of the parent":
            (tmp_path / "state").write_text("")
            folder = tmp_path / "state" / "deeper"
        case "a folder in place of the database":
            (folder / "digest.db").mkdir(parents=True)
        case "a database of another program":
            folder.mkdir()
            with closing(sqlite3.connect(folder / "digest.db")) as other:
                other.execute("CREATE TABLE browser (history)")
        case _:
            folder = Path("/proc/digest/state")

    with pytest.raises(StateError, match=words) as caught:
        Store.open(folder, now=Clock())
    assert str(folder) in str(caught.value)
    assert caught.value.hint


TRY = """
import os, sys
from datetime import datetime, UTC
from pathlib import Path
from digest.model.errors import StateError
from digest.store import recovery
if os.geteuid() == 0:
    os.setuid(65534)
try:
    recovery.open_folder(Path(sys.argv[1]), now=lambda: datetime.now(UTC))
except StateError as error:
    print(error, "|", error.hint)
"""


@pytest.mark.parametrize("part", ["folder", "database"])
def test_D06_read_only_state_names_its_owner(part: str) -> None:
    """What may not be written is refused with path, owner and the fix (root may write all)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        filled(folder)
        folder.chmod(0o555 if part == "folder" else 0o777)
        for file in folder.glob("digest.db*"):
            file.chmod(0o444)
        done = subprocess.run(
            [sys.executable, "-c", TRY, name], capture_output=True, text=True, check=False
        )
        folder.chmod(0o700)

    assert "cannot be written" in done.stdout, done.stderr
    assert ("belongs to" if os.geteuid() == 0 else "is your own") in done.stdout


def test_D07_another_writer_is_waited_for_then_told(tmp_path: Path) -> None:
    """A program that holds the write lock too long gives a temporary, clear failure."""
    opened = open_folder(tmp_path, now=Clock(), busy=0.05)
    with (
        closing(opened.database),
        closing(sqlite3.connect(tmp_path / "digest.db", isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        with (
            pytest.raises(StateError, match="another program has been writing"),
            opened.database.transaction(),
        ):
            pytest.fail("two writers at once")
        other.execute("COMMIT")
        with opened.database.transaction() as write:
            assert write.in_transaction


def test_D08_a_commit_survives_a_loss_of_power(desk: Desk) -> None:
    """Every commit reaches the disk before it returns: a log, synchronous FULL."""
    database = desk.store.database

    assert database.rows("PRAGMA journal_mode")[0][0] == "wal"
    assert database.rows("PRAGMA synchronous")[0][0] == 2


def test_D09_a_newer_schema_is_refused_untouched(tmp_path: Path) -> None:
    """After a downgrade both versions are named and nothing is changed."""
    clock = filled(tmp_path)
    with closing(sqlite3.connect(tmp_path / "digest.db")) as newer:
        newer.execute("PRAGMA user_version = 99")

    with pytest.raises(StateError, match=rf"schema is 99.*knows {len(MIGRATIONS)}") as caught:
        Store.open(tmp_path, now=clock)
    assert "upgrade" in caught.value.hint
    with closing(sqlite3.connect(tmp_path / "digest.db")) as newer:
        assert version_of(newer) == 99


HALF_WAY = """
import os, signal, sqlite3, sys
from pathlib import Path
from digest.store.database import migrate
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.create_function("die", 0, lambda: os.kill(os.getpid(), signal.SIGKILL))
steps = [["CREATE TABLE one (a)"], ["CREATE TABLE two (a)", "SELECT die()", "DROP TABLE one"]]
migrate(Path(sys.argv[1]), connection, steps)
"""


def test_D10_a_migration_killed_half_way_leaves_the_old_state(tmp_path: Path) -> None:
    """A step is taken whole or not at all, and the next start takes it again."""
    path = tmp_path / "digest.db"
    killed = subprocess.run([sys.executable, "-c", HALF_WAY, path], check=False).returncode
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        version = version_of(connection)
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        migrate(path, connection, [["CREATE TABLE one (a)"], ["CREATE TABLE two (a)"]])

        assert version_of(connection) == 2
    assert (killed, version, tables) == (-signal.SIGKILL, 1, {"one"})


def test_D10_a_failing_migration_is_taken_back(tmp_path: Path) -> None:
    """A step that raises leaves the version before it."""
    path = tmp_path / "digest.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        with pytest.raises(sqlite3.OperationalError):
            migrate(path, connection, [["CREATE TABLE one (a)", "no SQL"]])

        assert version_of(connection) == 0
        assert not connection.execute("SELECT name FROM sqlite_master").fetchall()


def test_D11_a_network_file_system_is_told_and_used_without_a_log(tmp_path: Path) -> None:
    """Where shared memory is none, SQLite works without its log, and the reader is warned."""
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/root / ext4 rw 0 0\nserver:/export {tmp_path} nfs4 rw 0 0\n")

    opened = open_folder(tmp_path / "state", now=Clock(), mounts=mounts)

    with closing(opened.database):
        assert opened.database.rows("PRAGMA journal_mode")[0][0] == "delete"
    assert "network file system" in opened.told[0]


def test_D11_without_a_list_of_mounts_the_disk_is_taken_for_local(tmp_path: Path) -> None:
    """On systems that do not list their mounts nothing is warned of."""
    opened = open_folder(tmp_path / "state", now=Clock(), mounts=tmp_path / "none")

    opened.database.close()
    assert opened.told == ()


def years(folder: Path, *, days: int, a_day: int) -> list[int]:
    """Live through many days of papers and digests; return the database's size after each."""
    clock, chance, sizes = Clock(), random.Random(1), []  # noqa: S311  # a test, repeatable
    with Store.open(folder, now=clock) as store:
        for number in range(days):
            day = clock().date()
            batch = [
                replace(paper(number * a_day + n), abstract=chance.randbytes(700).hex())
                for n in range(a_day)
            ]
            store.papers.remember(batch)
            store.digests.record(
                reader="ada", day=day, mail=mail(day=day), papers=batch[:12], passed=batch[12:]
            )
            (row,) = store.outbox.waiting()
            store.outbox.exchange(None, row)
            store.outbox.failed(row, store.outbox.taken("250 ok"))
            store.papers.prune()
            store.outbox.prune()
            clock.forward(days=1)
            sizes.append((folder / "digest.db").stat().st_size)
        store.tidy()
    return sizes


def test_D12_the_database_stops_growing(tmp_path: Path) -> None:
    """After two months of papers what comes in goes out again."""
    sizes = years(tmp_path, days=100, a_day=15)

    assert sizes[-1] - sizes[70] <= 30 * 12 * 3_000


@pytest.mark.chaos
def test_D12_ten_years_stay_under_a_hundred_megabytes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ten years of a reader with 100 papers a day, the two backups beside."""
    sizes = years(tmp_path, days=3652, a_day=100)
    with capsys.disabled():
        sys.stdout.write(
            "\nafter "
            + ", ".join(f"{y} years {sizes[y * 365] / 1e6:.1f} MB" for y in (1, 2, 5, 10))
            + f"; backup {sum(f.stat().st_size for f in tmp_path.glob('backups/*')) / 1e6:.1f} MB\n"
        )

    assert sizes[-1] < 100_000_000


def test_S22_a_second_digest_is_refused_with_its_holder(tmp_path: Path) -> None:
    """Two at once would send everything twice: the second is told who is at work, and code 75."""
    with (
        lock(tmp_path),
        pytest.raises(AlreadyRunning, match=str(os.getpid())) as caught,
        lock(tmp_path),
    ):
        pytest.fail("two held the lock")

    assert caught.value.exit_code == 75


def test_S23_a_lock_file_left_behind_is_no_obstacle(tmp_path: Path) -> None:
    """Only a living process holds the lock; what stands in the file is for people."""
    (tmp_path / "lock").write_text("99999999\n")

    with lock(tmp_path):
        assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"
