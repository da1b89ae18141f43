"""One SQLite file, opened safely: sound, of our own schema, durable, one writer at a time."""

from __future__ import annotations

import os
import pwd
import sqlite3
from contextlib import contextmanager
from threading import RLock
from time import monotonic, sleep
from typing import TYPE_CHECKING

from digest.model.errors import StateError
from digest.store.schema import APPLICATION_ID, MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

Value = str | int | float | bytes | None
BUSY_SECONDS = 10.0
"""How long a writer waits for another one."""
POLL = 0.01


class Damaged(StateError):
    """The file is no database, or a part of it is lost."""


class Database:
    """A connection that several threads may share, and its clock."""

    def __init__(
        self, path: Path, connection: sqlite3.Connection, now: Callable[[], datetime]
    ) -> None:
        self.path = path
        self.now = now
        self._connection = connection
        self._lock = RLock()
        self._inode = path.stat().st_ino

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write all of a block or nothing; raise StateError where that is impossible.

        IMMEDIATE, because a transaction that begins by reading and then writes is refused at
        once, without waiting for its turn, when another writer came between.
        """
        with self._lock, explained(self.path):
            self._still_ours()
            within = self._connection.in_transaction
            if not within:
                self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                if not within:
                    self._connection.execute("COMMIT")
            except BaseException:
                # A full disk makes SQLite roll back by itself.
                if not within and self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[sqlite3.Row]:
        """Return all rows of a query."""
        with self._lock, explained(self.path):
            return self._connection.execute(sql, values).fetchall()

    @property
    def version(self) -> int:
        """Return a number that is another once another connection has written."""
        return int(self.rows("PRAGMA data_version")[0][0])

    def checkpoint(self) -> None:
        """Move the log into the database and begin the log anew.

        The next commit then overwrites pages the log already owns: "sent" can be written on a
        disk that has become full since. Readers elsewhere may delay it; that is no error.
        """
        with self._lock, explained(self.path):
            self._connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()

    def copy_to(self, path: Path) -> None:
        """Copy the whole database to `path`; only the backup API sees what is still in the log."""
        with self._lock, explained(path):
            target = sqlite3.connect(path)
            try:
                self._connection.backup(target)
            finally:
                target.close()

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._connection.close()

    def _still_ours(self) -> None:
        # SQLite goes on writing to a deleted file without a word.
        try:
            inode = self.path.stat().st_ino
        except OSError:
            inode = 0
        if inode != self._inode:
            raise StateError(
                f"{self.path}: the database was removed or replaced while digest was running",
                hint="nothing more is sent by this process; start digest again",
            )


def connect(path: Path, *, busy: float = BUSY_SECONDS, wal: bool = True) -> sqlite3.Connection:
    """Open the file at `path` and check it; raise Damaged or StateError.

    `wal` is off on network file systems, whose shared memory is none.
    """
    with explained(path):
        connection = sqlite3.connect(
            path, timeout=busy, isolation_level=None, check_same_thread=False
        )
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            _check(path, connection)
            keep_log(connection, "WAL" if wal else "DELETE", monotonic() + busy)
            connection.execute("PRAGMA synchronous = FULL")
            migrate(path, connection)
        except BaseException:
            connection.close()
            raise
    return connection


def keep_log(connection: sqlite3.Connection, mode: str, until: float) -> None:
    """Set the kind of log; SQLite itself does not wait for others who do the same."""
    while True:
        try:
            connection.execute(f"PRAGMA journal_mode = {mode}")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() >= until:
                raise
            sleep(POLL)
        else:
            return


def version_of(connection: sqlite3.Connection) -> int:
    """Return how many of our migrations the database has seen."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(
    path: Path,
    connection: sqlite3.Connection,
    migrations: Sequence[Sequence[str]] = MIGRATIONS,
) -> None:
    """Bring the schema up to date, a transaction a step; raise StateError if it is newer."""
    while (version := version_of(connection)) != len(migrations):
        if version > len(migrations):
            raise StateError(
                f"{path}: was written by a newer digest (its schema is {version}, this program "
                f"knows {len(migrations)})",
                hint="upgrade digest, or restore a backup made by this version",
            )
        connection.execute("BEGIN IMMEDIATE")
        try:
            if version_of(connection) == version:
                for statement in migrations[version]:
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {version + 1}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # short of disk or memory, SQLite rolls back by itself
                connection.execute("ROLLBACK")
            raise


def _check(path: Path, connection: sqlite3.Connection) -> None:
    # Whoever makes the tables names their owner with them: asked in this order, both are seen.
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    if tables and owner != APPLICATION_ID:
        raise StateError(
            f"{path}: is a database of another program",
            hint="give digest a folder of its own: [storage] path, or $DIGEST_STATE",
        )
    if (found := connection.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
        raise Damaged(f"{path}: is damaged ({found})")


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite raises into a StateError that says what is wrong and how to mend it."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", type(error).__name__)
        raise _explain(path, name, str(error)) from error


def _explain(path: Path, name: str, said: str) -> StateError:
    match name.split("_")[1] if name.startswith("SQLITE_") else "":
        case "NOTADB" | "CORRUPT":
            return Damaged(f"{path}: is damaged ({said})")
        case "FULL":
            return StateError(
                f"{path}: the disk is full",
                hint="free some space; nothing is sent that cannot be recorded",
            )
        case "BUSY" | "LOCKED":
            return StateError(
                f"{path}: another program has been writing to it for too long",
                hint="end that program (often a database browser), then try again",
            )
        case "READONLY" | "CANTOPEN" | "PERM" | "AUTH":
            return StateError(f"{path}: cannot be written ({said})", hint=rights(path))
        case _:
            return StateError(
                f"{path}: {said} ({name})",
                hint="look at the disk: full, failing, or a network drive that went away?",
            )


def rights(path: Path, *, disk: Callable[[Path], os.statvfs_result] = os.statvfs) -> str:
    """Return the reason why `path` cannot be written, and the cure.

    The log beside a database counts as well: one run as root leaves it to root.
    """
    there = next(p for p in (path.absolute(), *path.absolute().parents) if _exists(p))
    if there == path.absolute():
        beside = (path.with_name(path.name + end) for end in ("-wal", "-shm"))
        parts = (there, *filter(_exists, beside), there.parent)
        there = next((part for part in parts if not _may_write(part)), there)
    another = "or name another folder in [storage] path"
    if disk(there).f_flag & os.ST_RDONLY:
        return f"{there} lies on a disk that is mounted read-only: mount it for writing, {another}"
    owner, mine = there.stat().st_uid, os.geteuid()
    if _may_write(there):
        return (
            f"{there} may be written by {_user(mine)}, and yet that failed: name another folder in "
            "[storage] path, on a real disk, or raise the limit of open files (ulimit -n)"
        )
    if owner == mine:
        return f"{there} is your own but closed to writing: chmod u+rwX {there}, {another}"
    return f"{there} belongs to {_user(owner)}, digest runs as {_user(mine)}: chown it, {another}"


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # behind a folder that lets nobody look
        return False


def _may_write(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _user(number: int) -> str:
    """Return a user as people know them, and as `chown` does."""
    try:
        return f"user {pwd.getpwuid(number).pw_name} ({number})"
    except KeyError:
        return f"user {number}"
