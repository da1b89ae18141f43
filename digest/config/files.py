"""The files that make a config: where they lie, their bytes, and where state is kept."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from digest.config.validate import expand_home
from digest.model.errors import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "config.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """One reading of a config and of its readers' files."""

    main: Path
    """As it was asked for; it stands so in messages."""
    texts: Mapping[Path, bytes] = field(repr=False)
    """The bytes of each file, the main one's first."""
    private: bool = True
    """Whether the main file can be read by its owner alone."""


def find_config(explicit: Path | None, environ: Mapping[str, str], cwd: Path) -> Path:
    """Return the config to use: asked for, `$DIGEST_CONFIG`, in `cwd`, or the user's own.

    Raises ConfigError where there is none.
    """
    if explicit is not None:
        return explicit
    if named := environ.get("DIGEST_CONFIG"):
        return expand_home(Path(named))
    places = (cwd / NAME, user_config())
    for place in places:
        if place.is_file():
            return place
    looked = " and ".join(_at_home_again(place.absolute()) for place in places)
    raise ConfigError([Problem(message=f"no config at {looked}", hint="run `digest init`")])


def user_config() -> Path:
    """Return where the user's own config lies, whether it is there or not."""
    from platformdirs import user_config_path

    return user_config_path("digest") / NAME


def state_folder(environ: Mapping[str, str], configured: Path | None) -> Path:
    """Return where digest keeps what it remembers: `$DIGEST_STATE`, the config's, the user's."""
    from platformdirs import user_state_path

    if named := environ.get("DIGEST_STATE"):
        return expand_home(Path(named)).absolute()
    return configured or user_state_path("digest")


def _at_home_again(path: Path) -> str:
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


def read_bytes(path: Path) -> tuple[bytes, bool]:
    """Return the bytes of `path`, and whether its owner alone can read it; raise ConfigError."""
    from digest.config.parse import MAX_BYTES

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


def readers_files(main: Path, pattern: str) -> tuple[Path, ...]:
    """Return the files that `readers = pattern` means, sorted, without editors' leavings."""
    base = main.absolute().parent
    wanted = expand_home(Path(pattern))
    if wanted.is_absolute():
        base, wanted = Path(wanted.anchor), wanted.relative_to(wanted.anchor)
    found = base.glob(str(wanted))
    return tuple(sorted(path for path in found if path.is_file() and _whole(path)))


def _whole(path: Path) -> bool:
    """Tell a file apart from what editors leave beside it."""
    return path.name[0] not in ".#~" and not path.name.endswith(("~", ".swp", ".tmp", ".bak"))
