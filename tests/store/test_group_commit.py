"""Threads that write together: one transaction, and no one's fault but one's own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from outbox_world import Clock

from digest.model.errors import StateError
from digest.store import Store
from digest.store.group_commit import GroupCommit

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from digest.store.database import Database

THREADS = 4


class Counted:
    """A database that counts its transactions, and whose log may refuse to be emptied."""

    def __init__(self, database: Database) -> None:
        self.database, self.transactions, self.emptied = database, 0, 0
        self.stuck = False

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Count, and do it."""
        self.transactions += 1
        with self.database.transaction() as write:
            yield write

    def checkpoint(self) -> None:
        """Count, and fail where we are told to."""
        self.emptied += 1
        if self.stuck:
            raise StateError("the disk is full")


@pytest.fixture
def counted(tmp_path: Path) -> Iterator[Counted]:
    """A database that counts."""
    with Store.open(tmp_path, now=Clock()) as store:
        yield Counted(store.database)


def puts(key: str, *, fails: bool = False) -> Callable[[sqlite3.Connection], bytes]:
    """Return a change that writes a note, and perhaps fails after it."""

    def change(write: sqlite3.Connection) -> bytes:
        write.execute("INSERT INTO note VALUES (?, '', '')", (key,))
        if fails:
            raise ZeroDivisionError(key)
        return key.encode()

    return change


def notes(counted: Counted) -> set[str]:
    """Return the notes that are there."""
    return {row["key"] for row in counted.database.rows("SELECT key FROM note WHERE value = ''")}


def all_at_once(group_commit: GroupCommit, failing: int = -1) -> list[object]:
    """Let several threads write a note each, twice; return what they got, errors as such."""
    start = Barrier(THREADS)

    def work(number: int) -> object:
        with group_commit.joined():
            start.wait()
            try:
                return group_commit.write(puts(str(number), fails=number == failing))
            except ZeroDivisionError as error:
                return error

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, range(THREADS)))


def test_what_one_thread_writes_is_there_when_it_goes_on(counted: Counted) -> None:
    """Alone nobody is waited for, and the log is emptied only where that is wanted."""
    group_commit = GroupCommit(counted)  # type: ignore[arg-type]  # all that is used of a database
    one = group_commit.write(puts("one"))
    emptied = counted.emptied
    group_commit.write(puts("two"), empty_log=True)

    assert (one, emptied, counted.emptied) == (b"one", 0, 1)
    assert notes(counted) == {"one", "two"}


def test_several_threads_share_a_transaction(counted: Counted) -> None:
    """Whoever comes first writes for the others; each gets its own answer."""
    group_commit = GroupCommit(counted, patience=60)  # type: ignore[arg-type]  # all that is used of it
    found = all_at_once(group_commit)

    assert found == [b"0", b"1", b"2", b"3"]
    assert notes(counted) == {"0", "1", "2", "3"}
    assert counted.transactions == 1


def test_one_threads_fault_is_no_others(counted: Counted) -> None:
    """A change that fails leaves nothing; those beside it are written by themselves."""
    group_commit = GroupCommit(counted, patience=60)  # type: ignore[arg-type]  # all that is used of it
    found = all_at_once(group_commit, failing=2)

    assert isinstance(found.pop(2), ZeroDivisionError)
    assert found == [b"0", b"1", b"3"]
    assert notes(counted) == {"0", "1", "3"}


def test_a_log_that_cannot_be_emptied_is_told(counted: Counted) -> None:
    """The change stands; who wanted the log emptied hears of it, and nobody else."""
    group_commit = GroupCommit(counted)  # type: ignore[arg-type]  # all that is used of a database
    counted.stuck = True
    group_commit.write(puts("one"))
    with pytest.raises(StateError, match="full"):
        group_commit.write(puts("two"), empty_log=True)

    assert notes(counted) == {"one", "two"}
