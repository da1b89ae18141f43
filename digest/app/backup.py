"""Backup file: one zip archive with the state, its secret and, on request, the config.

The secret that signs feedback links is a row of the database, so the database carries it.
"""

from __future__ import annotations

import json
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from digest.model.errors import DigestError
from digest.store.recovery import DATABASE, is_sound, replace_database, schema_version
from digest.store.schema import MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.store import Store

FORMAT = 1
"""Version of the archive's layout; a higher one was written by a newer digest."""
MANIFEST = "digest-backup.json"
CONFIG = "config"
"""Folder in the archive with the config files, relative to the config's own folder."""


class BackupError(DigestError):
    """A file that is no usable backup, or cannot be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """Result of a restore."""

    database: Path
    replaced: Path | None
    """Copy of the previous database, if there was one."""
    config: tuple[Path, ...] = ()


def back_up_to(file: Path, store: Store, config_files: Iterable[Path] = (), *, root: Path) -> None:
    """Write a backup to `file`, complete or not at all, with SQLite's online backup.

    `config_files` outside `root` are left out: they would be restored to another place.
    """
    if file.is_dir():
        raise BackupError(f"{file}: is a folder", hint="name a file, such as digest-backup.zip")
    if file.exists() and file.stat().st_size and not _is_backup(file):
        raise BackupError(f"{file}: exists and is not a digest backup", hint="choose another name")
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    with TemporaryDirectory() as folder:
        copy = Path(folder) / DATABASE
        store.database.copy_to(copy)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with (
                os.fdopen(handle, "wb") as stream,
                zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive,
            ):
                made = store.now().isoformat(timespec="seconds")
                archive.writestr(MANIFEST, json.dumps({"format": FORMAT, "made": made}))
                archive.write(copy, DATABASE)
                for path in config_files:
                    if path.is_relative_to(root):
                        archive.write(path, f"{CONFIG}/{path.relative_to(root).as_posix()}")
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)


def restore_from(file: Path, state: Path, *, root: Path | None = None) -> Restored:
    """Replace the database in `state` by the one of a backup; keep the previous one beside it.

    With `root`, the config files are written there, unless one of them exists. The caller holds
    the locks of the folder. Raises BackupError before anything is changed.
    """
    with _opened(file) as archive, TemporaryDirectory() as folder:
        members = _members(archive, file)
        if DATABASE not in members:
            raise BackupError(f"{file}: contains no {DATABASE}", hint="use another backup")
        copy = Path(archive.extract(DATABASE, folder))
        if not is_sound(copy):
            raise BackupError(f"{file}: its database is damaged", hint="use another backup")
        if schema_version(copy) > len(MIGRATIONS):
            raise _newer(file)
        wanted = _config_targets(members, root) if root else {}
        taken = [path for path in wanted.values() if path.exists()]
        if taken:
            raise BackupError(f"{taken[0]}: exists already", hint="move it away, or omit --config")
        replaced = replace_database(state, copy)
        for name, path in wanted.items():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as stream:
                stream.write(archive.read(name))
    return Restored(database=state / DATABASE, replaced=replaced, config=tuple(wanted.values()))


def _is_backup(file: Path) -> bool:
    try:
        with zipfile.ZipFile(file) as archive:
            return MANIFEST in archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return False


def _opened(file: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except FileNotFoundError:
        raise BackupError(f"{file}: no such file", hint="name a file of `digest backup`") from None
    except (zipfile.BadZipFile, OSError) as error:
        raise BackupError(f"{file}: is not a digest backup ({error})") from error


def _members(archive: zipfile.ZipFile, file: Path) -> list[str]:
    """Return the names in a backup of our format; raise BackupError."""
    try:
        version = json.loads(archive.read(MANIFEST))["format"]
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile) as error:
        raise BackupError(f"{file}: is not a digest backup") from error
    if not isinstance(version, int) or version > FORMAT:
        raise _newer(file)
    return archive.namelist()


def _newer(file: Path) -> BackupError:
    return BackupError(f"{file}: was written by a newer digest", hint="upgrade digest, then retry")


def _config_targets(members: Iterable[str], root: Path) -> dict[str, Path]:
    """Return where config files go; a name that would leave `root` is refused."""
    found = {}
    for name in members:
        parts = PurePosixPath(name).parts
        if len(parts) > 1 and parts[0] == CONFIG:
            if ".." in parts or name.startswith("/"):
                raise BackupError(f"unsafe name in the backup: {name}")
            found[name] = root.joinpath(*parts[1:])
    return found
