"""Installation: paths on this computer, and what the config needs from a service manager."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, fields, is_dataclass, replace
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING

from digest.config import load
from digest.config.files import state_folder
from digest.config.validate import is_path_key
from digest.delivery.command import CommandTransport
from digest.delivery.maildir import Maildir
from digest.delivery.secret import secrets_of
from digest.model.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from digest.config import Config

ROOT = Path(__file__).parents[3]
CONTAINER_UID = 1000
"""UID used in the container when root prints the unit: the container must not run as root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """Paths on this computer, and what the config needs."""

    python: Path
    """Interpreter that digest is installed for."""
    config: Path
    state: Path
    home: Path
    user: str
    uid: int = CONTAINER_UID
    source: Path | None = None
    """Folder with the Dockerfile, if digest runs from its source."""
    path: str = ""
    """$PATH if the config names programs, else ""."""
    variables: tuple[str, ...] = ()
    """Environment variables that contain passwords."""
    reads: tuple[Path, ...] = ()
    """Files that the config names outside its own folder."""
    writes: tuple[Path, ...] = ()
    """Folders that email is written to."""
    extras: tuple[str, ...] = ()
    """Extras that the config needs: `embeddings`, `pictures`."""


def installation(
    config: Path,
    state: Path | None = None,
    *,
    environ: Mapping[str, str],
    root: Path = ROOT,
) -> Installation:
    """Return the installation, as far as `config` can be read."""
    here = Installation(
        python=Path(sys.executable),
        config=config.absolute(),
        state=state or state_folder(environ, None),
        home=Path.home(),
        user=_user(),
        uid=os.getuid() or CONTAINER_UID,
        source=root if (root / "Dockerfile").is_file() else None,
    )
    try:
        read = load(config, environ=environ)
    except ConfigError:
        return here
    secrets = secrets_of(read.transport).values()
    programs = isinstance(read.transport, CommandTransport) or any(one.command for one in secrets)
    writes = (read.transport.folder,) if isinstance(read.transport, Maildir) else ()
    own = here.config.parent
    named = dict.fromkeys(path for path in _paths(read) if not path.is_relative_to(own))
    return replace(
        here,
        state=state or read.storage,
        path=environ.get("PATH", "") if programs else "",
        variables=tuple(secret.env for secret in secrets if secret.env),
        reads=tuple(path for path in named if path not in writes),
        writes=writes,
        extras=(
            *(["embeddings"] if read.embeddings else []),
            *(["pictures"] if any(reader.email.pictures for reader in read.readers) else []),
        ),
    )


def _user() -> str:
    """Return the user's name, or the uid where the passwd file has no entry."""
    try:
        return getuser()
    except (KeyError, OSError):  # OSError since Python 3.13
        return str(os.getuid())


def _paths(config: Config) -> Iterator[Path]:
    """Yield the files and folders that the config names, except readers' files and state."""
    emails = [reader.email for reader in config.readers]
    for value in (
        config.transport,
        config.dkim,
        *config.sources,
        *emails,
        *secrets_of(config.transport).values(),
    ):
        for item in fields(value) if is_dataclass(value) else ():
            inner = getattr(value, item.name)
            if isinstance(inner, Path):
                yield inner
            elif is_path_key(item.name) and isinstance(inner, str) and inner.startswith("/"):
                yield Path(inner)
