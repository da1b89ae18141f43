"""What SQLite says is told in words, and a block is written whole or not at all."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext
from pathlib import Path
from threading import Barrier
from time import monotonic
from typing import TYPE_CHECKING

import pytest
from outbox_world import Clock

from digest.model.errors import StateError
from digest.store import Store
from digest.store.database import Damaged, explained, keep_log, migrate, rights, version_of

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store of its own."""
    with Store.open(tmp_path, now=Clock()) as store:
        yield store


def write_and_fail(store: Store) -> None:
    """Write in a block within a block that raises."""
    with store.database.transaction():
        store.keyvalue.put("inner", "written")
        raise ZeroDivisionError


def test_a_block_that_raises_leaves_nothing(store: Store) -> None:
    """What an inner block wrote goes with the outer one."""
    with pytest.raises(ZeroDivisionError):
        write_and_fail(store)

    assert store.keyvalue.get("inner") == ""


def test_an_inner_block_that_fails_may_be_survived(store: Store) -> None:
    """What raised within is the outer block's to judge."""
    with store.database.transaction():
        store.keyvalue.put("outer", "kept")
        with pytest.raises(ZeroDivisionError), store.database.transaction():
            raise ZeroDivisionError

    assert store.keyvalue.get("outer") == "kept"


def test_two_that_migrate_at_once_take_each_step_once(tmp_path: Path) -> None:
    """Who waited for the other finds the step taken."""
    path, steps = tmp_path / "digest.db", [["CREATE TABLE one (a)"]]
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as ours,
        closing(sqlite3.connect(path, isolation_level=None)) as theirs,
    ):

        def come_between(statement: str) -> None:
            if statement.startswith("BEGIN"):
                migrate(path, theirs, steps)

        ours.set_trace_callback(come_between)
        migrate(path, ours, steps)

        assert version_of(ours) == 1


@pytest.mark.parametrize("patience", [60, 0])
def test_a_log_is_set_up_once_others_are_done(tmp_path: Path, patience: float) -> None:
    """SQLite refuses that at once while somebody writes; it is tried until patience ends."""
    path = tmp_path / "digest.db"
    with (
        closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as ours,
        closing(sqlite3.connect(path, isolation_level=None)) as theirs,
    ):
        theirs.execute("BEGIN IMMEDIATE")
        tried: list[str] = []

        def give_way(statement: str) -> None:
            tried.append(statement)
            if len(tried) > 1:
                theirs.execute("ROLLBACK")

        ours.set_trace_callback(give_way)
        with nullcontext() if patience else pytest.raises(sqlite3.OperationalError, match="locked"):
            keep_log(ours, "WAL", monotonic() + patience)

        assert len(tried) == (2 if patience else 1)


def test_S22_those_who_open_a_new_folder_at_once_all_may(tmp_path: Path) -> None:
    """Nobody takes a database that is being made for another program's, or for one in use."""
    start = Barrier(4)

    def opens(number: int) -> str:
        start.wait()
        with Store.open(tmp_path / str(number // 4), now=Clock()) as store:
            return store.keyvalue.get("nothing")

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(opens, range(60))) == [""] * 60


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("SQLITE_NOTADB", "is damaged"),
        ("SQLITE_CORRUPT_INDEX", "is damaged"),
        ("SQLITE_FULL", "the disk is full"),
        ("SQLITE_BUSY_SNAPSHOT", "another program"),
        ("SQLITE_LOCKED", "another program"),
        ("SQLITE_READONLY_DIRECTORY", "cannot be written"),
        ("SQLITE_CANTOPEN", "cannot be written"),
        ("SQLITE_IOERR_WRITE", "said so (SQLITE_IOERR_WRITE)"),
        ("", "said so (OperationalError)"),
    ],
)
def test_every_answer_of_sqlite_has_words(tmp_path: Path, name: str, words: str) -> None:
    """Path, reason and fix; damage is told apart, because it can be repaired."""
    error = sqlite3.OperationalError("said so")
    if name:
        error.sqlite_errorname = name
    with pytest.raises(StateError) as caught, explained(tmp_path / "digest.db"):
        raise error

    assert str(caught.value).startswith(f"{tmp_path}/digest.db: ")
    assert words in str(caught.value)
    assert isinstance(caught.value, Damaged) == ("damaged" in words)
    assert caught.value.hint or isinstance(caught.value, Damaged)


def test_a_disk_that_is_mounted_read_only_is_called_so(tmp_path: Path) -> None:
    """Nobody's rights are in the way there: neither chown nor chmod would help."""
    as_it_is = os.statvfs(tmp_path)
    closed = os.statvfs_result((*as_it_is[:8], as_it_is.f_flag | os.ST_RDONLY, as_it_is[9]))
    said = rights(tmp_path / "not" / "there", disk=lambda _: closed)

    assert said.startswith(f"{tmp_path} lies on a disk that is mounted read-only: mount it")
    assert "ch" not in said.partition(" lies ")[2]


def test_where_rights_are_not_the_matter_they_are_not_blamed(tmp_path: Path) -> None:
    """A place where one may write and nothing can be made, such as /proc for root."""
    said = rights(tmp_path / "not" / "there")

    assert said.startswith(f"{tmp_path} may be written by user ")
    assert "chown" not in said
    assert "name another folder in [storage] path" in said


AS_ANOTHER = """
import os, sys
from pathlib import Path
from digest.store.database import rights
if os.geteuid() == 0:
    os.setuid(65534)
print(rights(Path(sys.argv[1])))
"""


@pytest.mark.parametrize("closed", ["", "digest.db", "digest.db-wal", "digest.db-shm"])
def test_rights_name_what_is_closed_and_whose_it_is(closed: str) -> None:
    """The folder, the database, or the log that somebody else's run left beside it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        for part in ("digest.db", "digest.db-wal", "digest.db-shm"):
            (folder / part).touch()
            (folder / part).chmod(0o666)
        (folder / closed).chmod(0o555)
        done = subprocess.run(
            [sys.executable, "-c", AS_ANOTHER, str(folder / "digest.db")],
            capture_output=True,
            text=True,
            check=True,
        )
        folder.chmod(0o700)

    root = os.geteuid() == 0
    cure = "belongs to user root (0), digest runs as user" if root else "is your own but closed"
    assert done.stdout.startswith(f"{folder / closed} {cure}")


def test_a_folder_that_lets_nobody_look_is_named() -> None:
    """What lies behind it may exist or not."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0)
        done = subprocess.run(
            [sys.executable, "-c", AS_ANOTHER, str(folder / "state" / "digest.db")],
            capture_output=True,
            text=True,
            check=True,
        )
        folder.chmod(0o700)

    assert done.stdout.startswith(f"{folder} ")
