"""Opening the state folder: first start, lost or damaged database, restoring from a backup."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from digest.model.errors import AlreadyRunning, StateError
from digest.store.database import BUSY_SECONDS, Damaged, Database, connect, rights, version_of
from digest.store.lock import lock, make_folder, refuse_planted
from digest.store.schema import APPLICATION_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

DATABASE = "digest.db"
MARKER = "digest.db.made"
BACKUPS = "backups"
KEPT_BACKUPS = 2
_MARKER_TEXT = """\
digest made digest.db in this folder. While this file is here, a missing or empty database is a
loss: digest restores it from backups/ and says so. To forget everything on purpose, remove the
whole folder.
"""
_NOTHING_LEFT = (
    "there is no backup, so digest starts anew, with what appeared since the last listed day only"
)
MOUNTS = Path("/proc/self/mounts")
_REMOTE = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "fuse.sshfs", "ncpfs", "davfs"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Sound database, with notices about how it was repaired."""

    database: Database
    told: tuple[str, ...] = ()


def open_folder(
    folder: Path,
    *,
    now: Callable[[], datetime],
    alone: bool = False,
    busy: float = BUSY_SECONDS,
    mounts: Path = MOUNTS,
) -> Opened:
    """Open the database of a state folder; raise StateError where it cannot be used.

    `alone` says that the caller holds the folder's lock; else it is taken for repairs.
    """
    make_folder(folder)
    path = folder / DATABASE
    _look(path)
    wal = filesystem(folder, mounts) not in _REMOTE
    told = () if wal else (_remote(folder),)

    def ready() -> Database:
        return _ready(path, now, busy=busy, wal=wal)

    if _absent(path) and not _was_here(folder):
        return Opened(database=ready(), told=told)
    try:
        if not _absent(path):
            return Opened(database=ready(), told=told)
        damage = ""
    except Damaged as error:
        damage = str(error)
    with nullcontext() if alone else _held(folder):
        lost = _set_aside(path, damage, now()) if damage else f"{path}: the database was lost"
        lost = f"{lost}; {_restore(folder) or _NOTHING_LEFT}"
        return Opened(database=ready(), told=(*told, lost))


def back_up(folder: Path, database: Database) -> Path:
    """Copy the database to today's backup, complete or not at all; keep the newest two."""
    backups = folder / BACKUPS
    make_folder(backups)
    final = todays_backup(folder, database)
    draft = final.with_suffix(".draft")
    with _explained(backups):
        draft.unlink(missing_ok=True)
        database.copy_to(draft)
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.replace(final)
        dated = [backup for backup in _backups(folder) if backup.name <= final.name]
        for old in [*dated[KEPT_BACKUPS:], *(set(_backups(folder)) - set(dated))]:
            old.unlink(missing_ok=True)  # one of a later day was made by a clock that was wrong
    return final


def todays_backup(folder: Path, database: Database) -> Path:
    """Return where today's backup lies once it is made."""
    return folder / BACKUPS / f"digest-{database.now():%Y-%m-%d}.db"


def filesystem(folder: Path, mounts: Path = MOUNTS) -> str:
    """Return the kind of file system that holds `folder`, "" where that cannot be known."""
    try:
        lines = mounts.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    whole = folder.resolve()
    kinds = {
        fields[1].replace("\\040", " "): fields[2] for line in lines if (fields := line.split())
    }
    near = (kinds[str(p)] for p in (whole, *whole.parents) if str(p) in kinds)
    return next(near, "")


def _ready(path: Path, now: Callable[[], datetime], *, busy: float, wal: bool) -> Database:
    connection = connect(path, busy=busy, wal=wal)
    try:
        with _explained(path):
            marker = path.with_name(MARKER)
            if not marker.exists():
                marker.write_text(_MARKER_TEXT)
            path.chmod(0o600)
            return Database(path, connection, now)
    except StateError:
        connection.close()
        raise


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StateError(
            f"{path}: cannot be written ({error.strerror})", hint=rights(path)
        ) from error


def _look(path: Path) -> None:
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm", f"{path.name}-journal", MARKER):
        refuse_planted(path.with_name(name))
    if path.is_dir():
        raise StateError(f"{path}: is a folder, not a database", hint="move it away")


def _absent(path: Path) -> bool:
    """Return whether there is no file, or one of no bytes, which SQLite would take for new."""
    return not path.exists() or path.stat().st_size == 0


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    try:
        with lock(folder):
            yield
    except AlreadyRunning as error:
        raise StateError(
            f"{folder / DATABASE}: is lost or damaged, and a running digest holds the folder",
            hint="stop that digest and start it again: it repairs its state when it starts",
        ) from error


def _set_aside(path: Path, damage: str, now: datetime) -> str:
    aside = path.with_name(f"{path.name}.damaged-{now:%Y%m%dT%H%M%S}")
    with _explained(path):
        path.replace(aside)
    return f"{damage}; it was moved to {aside.name}"


def _restore(folder: Path) -> str:
    """Put the newest sound backup in place of the database and say so; "" if there is none."""
    path = folder / DATABASE
    with _explained(path):
        # A log without its database belongs to what was lost; SQLite would mix it with the new.
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            path.with_name(name).unlink(missing_ok=True)
        for backup in _backups(folder):
            if is_sound(backup):
                draft = path.with_suffix(".restoring")
                shutil.copyfile(backup, draft)
                draft.replace(path)
                return f"it was restored from {backup.name}"
    return ""


def _was_here(folder: Path) -> bool:
    return (folder / MARKER).exists() or bool(_backups(folder))


def _backups(folder: Path) -> list[Path]:
    return sorted((folder / BACKUPS).glob("digest-*.db"), reverse=True)


def is_sound(path: Path) -> bool:
    """Return whether a file is an undamaged database of digest."""
    # Immutable: a backup has no log, and looking at it must not leave one beside it.
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            owner = connection.execute("PRAGMA application_id").fetchone()[0]
            check = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error:
        return False
    return bool(owner == APPLICATION_ID and check == "ok")


def _remote(folder: Path) -> str:
    return (
        f"{folder}: lies on a network file system; digest works there without SQLite's log, "
        "slower and less safe: put the state on a local disk ([storage] path)"
    )


def schema_version(path: Path) -> int:
    """Return the schema version of a sound database file."""
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        return version_of(connection)


def replace_database(folder: Path, copy: Path) -> Path | None:
    """Put `copy` in place of a folder's database; return where the previous one is kept.

    The caller holds the folder's lock.
    """
    make_folder(folder)
    path = folder / DATABASE
    with _explained(path):
        kept = None
        if path.exists():
            with closing(sqlite3.connect(path)) as old:
                old.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            kept = path.with_name(f"{path.name}.replaced-{path.stat().st_mtime_ns}")
            path.replace(kept)
        for name in (f"{path.name}-wal", f"{path.name}-shm"):
            path.with_name(name).unlink(missing_ok=True)
        draft = path.with_suffix(".restoring")
        shutil.copyfile(copy, draft)
        draft.chmod(0o600)
        draft.replace(path)
    return kept
