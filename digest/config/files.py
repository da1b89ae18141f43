"""ConfigFiles of a config: their places, bytes and stamps, and the folder of the state."""

from __future__ import annotations

import logging
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from digest.config.parse import MAX_BYTES
from digest.config.validate import expand_home
from digest.model.errors import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

log = logging.getLogger(__name__)

NAME = "config.toml"
LOCAL_NAME = "digest.toml"
"""Config of one folder. Hugo and others also use `config.toml`, so that name is not enough."""

_OWN_TABLES = re.compile(
    r"^\s*(?:\[+\s*(?:interests|taste|sources|smtp|maildir|email)\b|readers\s*=)", re.MULTILINE
)
"""Tables that mark a `config.toml` as one of digest's."""

Stamps = dict[Path, tuple[int, ...]]
"""Time, size, inode and mode of each file that exists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigFiles:
    """One reading of a config and of its readers' files."""

    main: Path
    """Path as it was given; messages show it so."""
    texts: Mapping[Path, bytes] = field(repr=False)
    """Bytes of each file, the main one's first."""
    private: bool = True
    """Whether only its owner can read the main file."""
    unreadable: Mapping[Path, Problem] = field(default_factory=dict)
    """Readers' files that could not be read."""
    skipped: tuple[Path, ...] = ()
    """Readers' files that are left out as conflict copies."""


def find_config(explicit: Path | None, environ: Mapping[str, str], cwd: Path) -> Path:
    """Return the config to use; raise ConfigError where there is none.

    The order is `-c`, `$DIGEST_CONFIG`, ./digest.toml, ./config.toml, the user's own. The two in
    the current folder run programs, so they must belong to this user or root, and config.toml
    must have a table of digest's.
    """
    if explicit is not None:
        return explicit
    if named := environ.get("DIGEST_CONFIG"):
        return expand_home(named)
    passed_over = []
    for place in (cwd / LOCAL_NAME, cwd / NAME):
        if place.is_file():
            if not (reason := _unusable(place)):
                return place
            passed_over.append(f"{place}: {reason}")
            log.warning("event=config-passed-over file=%s reason=%r", place, reason)
    own = user_config()
    if own.is_file():
        return own
    looked = f"no config at {cwd / LOCAL_NAME} and {_short(own.absolute())}"
    message = "; passed over ".join([looked, *passed_over])
    hint = "run `digest init`" + ", or use `digest -c FILE`" * bool(passed_over)
    raise ConfigError([Problem(message=message, hint=hint)])


def _unusable(place: Path) -> str:
    """Return why a config in the current folder is not used, or ""."""
    try:
        found = (place.stat(), place.lstat(), place.parent.stat())
        owners = {one.st_uid for one in found}
        if not owners <= {0, os.getuid()}:
            return "it or its folder belongs to another user"
        if place.name == LOCAL_NAME:
            return ""
        with place.open("rb") as file:
            text = file.read(MAX_BYTES).decode("utf-8", "replace")
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    return "" if _OWN_TABLES.search(text) else "it has no table of digest's"


def user_config() -> Path:
    """Return the place of the user's own config, which may not exist."""
    from platformdirs import user_config_path

    return user_config_path("digest") / NAME


def state_folder(environ: Mapping[str, str], configured: Path | None) -> Path:
    """Return the folder of the state: `$DIGEST_STATE`, the config's, or the user's."""
    from platformdirs import user_state_path

    if named := environ.get("DIGEST_STATE"):
        return expand_home(named).absolute()
    return configured or user_state_path("digest")


def _short(path: Path) -> str:
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


def read_bytes(path: Path) -> tuple[bytes, bool]:
    """Return the bytes of `path`, and whether only its owner can read it; raise ConfigError."""
    try:
        with path.open("rb") as file:
            others = os.fstat(file.fileno()).st_mode & (stat.S_IRWXG | stat.S_IRWXO)
            return file.read(MAX_BYTES + 1), not others
    except FileNotFoundError:
        message, hint = "there is no such file", "run `digest init`"
    except IsADirectoryError:
        message, hint = "this is a folder", f"name the file in it: {path / NAME}"
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        hint = f"chmod u+r {path}" if isinstance(error, PermissionError) else ""
    raise ConfigError([Problem(message=message, file=str(path), hint=hint)])


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all; raise OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def reader_files(main: Path, pattern: object) -> tuple[Path, ...]:
    """Return the files of `readers = pattern`, sorted, without what editors and syncs leave."""
    return tuple(path for path in _matches(main, pattern) if not is_conflict_copy(path))


def conflict_copies(main: Path, pattern: object) -> tuple[Path, ...]:
    """Return the files of `readers = pattern` that are copies made by a sync program."""
    return tuple(path for path in _matches(main, pattern) if is_conflict_copy(path))


def _matches(main: Path, pattern: object) -> list[Path]:
    if not isinstance(pattern, str) or not pattern:
        return []
    base = main.absolute().parent
    wanted = expand_home(pattern)
    if wanted.is_absolute():
        base, wanted = Path(wanted.anchor), wanted.relative_to(wanted.anchor)
    found = base.glob(str(wanted))
    return sorted(path for path in found if path.is_file() and not _is_leftover(path.name))


def _is_leftover(name: str) -> bool:
    """Return whether an editor or a merge leaves such a file beside the one that it edits."""
    endings = ("~", ".swp", ".swo", ".tmp", ".bak", ".orig", ".rej")
    return name[0] in ".#~" or name.lower().endswith(endings)


_CONFLICT = re.compile(
    r"\.sync-conflict-\d{8}-\d{6}"  # Syncthing
    r"|\([^()]*(?:conflict|konflikt|conflit)[^()]*\)"  # Dropbox, Nextcloud, Seafile, Mega
    r"|[._](?:BACKUP|BASE|LOCAL|REMOTE)[._]\d+",  # git mergetool
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?: ?\(\d+\)"  # Google Drive, OneDrive
    r"| \d+"  # iCloud
    r"| \([^()]*(?:copy|kopie|copie|copia)\)"  # Linux file managers
    r"|(?: -)? (?:copy|kopie|copie|copia)(?: \(?\d+\)?)?"  # Windows, macOS
    r"|-(?:DESKTOP|LAPTOP)-\w+"  # OneDrive adds the computer's name
    r"|[ ._-]conf(?:lict)?(?:ed)?\b.*|_[^_]+_.*_conflict"  # ownCloud, Resilio, Synology
    r")$",
    re.IGNORECASE,
)
"""Endings of copies that may be real names; they count only beside the file they copy."""


def is_conflict_copy(path: Path) -> bool:
    """Return whether a sync program or a file manager made this copy of a reader's file."""
    if _CONFLICT.search(path.name):
        return True
    ending = _NUMBERED.search(path.stem)
    return bool(ending and path.with_name(path.stem[: ending.start()] + path.suffix).is_file())


def stamps(paths: Iterable[Path]) -> Stamps:
    """Return what differs in each file after it is written, replaced, added or removed."""
    found: Stamps = {}
    for path in sorted(set(paths)):
        try:
            now = path.stat()
        except OSError:
            continue  # absent from the result, so that its return is a change
        found[path] = (now.st_mtime_ns, now.st_size, now.st_ino, now.st_mode)
    return found
