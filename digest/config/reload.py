"""The config while digest runs: a change is taken up when it is whole, else the last good stays.

A file that is being rewritten is seen empty or cut in half about half of the time, and one time
in six what is seen is a valid config without readers. So a change counts only when two readings
at least a second apart are equal and everything in them is right.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from digest.config.files import Files, readers_files, state_folder
from digest.config.last_good import keep, last_good
from digest.config.load import build_config, read_files
from digest.config.readers import computer_zone
from digest.config.validate import expand_home
from digest.model.errors import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from zoneinfo import ZoneInfo

    from digest.config.components import Kinds
    from digest.config.config import Config

log = logging.getLogger(__name__)

SETTLED = 1.0
"""Seconds between two equal readings after which a file is taken to be written."""

_STORAGE = re.compile(r"""^\[storage\][^\[]*?^path\s*=\s*["']([^"'\n]+)["']""", re.MULTILINE)
"""Where a config that cannot be parsed says that the state lies."""

_Reading = Files | ConfigError
"""What one look at the files gave; an unreadable file is a state of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigChange:
    """What became of a changed file."""

    config: Config
    """The config in force from now on."""
    refused: ConfigError | None = None
    """Why the file is not in force; None where it is."""


class ConfigWatcher:
    """A config that follows its files; `poll` is called at each tick."""

    def __init__(
        self,
        path: Path,
        *,
        environ: Mapping[str, str],
        clock: Callable[[], float],
        local_zone: Callable[[], ZoneInfo] = computer_zone,
        kinds: Kinds | None = None,
        fall_back: bool = False,
    ) -> None:
        """Read the config at `path`; raise ConfigError where that is impossible.

        With `fall_back`, the last good config is taken instead, where one was kept, and
        `refused` says why. `clock` tells seconds that never run backwards.
        """
        self._path = path
        self._environ = environ
        self._clock = clock
        self._zone = local_zone
        self._kinds = kinds
        self._pending: tuple[_Reading, float] | None = None
        self.refused: ConfigError | None = None
        """Why the files as they lie on disk are not in force; None where they are."""
        self._judged = self._read()
        try:
            self.config, self._files = self._whole(self._judged)
        except ConfigError as error:
            kept = self._kept() if fall_back else None
            if kept is None:
                raise
            self.config, self._files = self._whole(kept)
            self.refused = error
        self._seen = self._stamps()
        self._keep()

    def poll(self) -> ConfigChange | None:
        """Return what changed since the last look, None where nothing did (or not for sure yet)."""
        stamps = self._stamps()
        if stamps == self._seen and self._pending is None:
            return None
        self._seen = stamps
        reading = self._read()
        if _same(reading, self._judged):
            self._pending = None
            return None
        if self._pending is None or not _same(reading, self._pending[0]):
            self._pending = (reading, self._clock())
            return None
        if self._clock() - self._pending[1] < SETTLED:
            return None
        self._pending = None
        return self._judge(reading)

    def _judge(self, reading: _Reading) -> ConfigChange | None:
        self._judged = reading
        if _same(reading, self._files):
            self.refused = None
            return ConfigChange(config=self.config)
        try:
            new, files = self._whole(reading)
            config = self._continued(new)
        except ConfigError as error:
            log.warning("event=config-refused problems=%d", len(error.problems))
            self.refused = error
            return ConfigChange(config=self.config, refused=error)
        self.config, self._files, self.refused = config, files, None
        self._keep()
        log.info("event=config-changed readers=%d", len(config.readers))
        return ConfigChange(config=config)

    def _kept(self) -> Files | None:
        """Return the last good config; where the broken one names a state folder, from there."""
        named = None
        if isinstance(self._judged, Files):
            found = _STORAGE.search(self._judged.texts[self._path].decode("utf-8", "replace"))
            named = self._path.absolute().parent / expand_home(Path(found[1])) if found else None
        return last_good(self._path, state_folder(self._environ, named))

    def _read(self) -> _Reading:
        try:
            return read_files(self._path)
        except ConfigError as error:
            return error

    def _whole(self, reading: _Reading) -> tuple[Config, Files]:
        if isinstance(reading, ConfigError):
            raise reading
        config = build_config(
            reading, environ=self._environ, local_zone=self._zone, kinds=self._kinds
        )
        return config, reading

    def _continued(self, new: Config) -> Config:
        """Return `new` as it can follow the config in force; raise ConfigError if it cannot."""
        file = new.document.file
        if _served(self.config) and not _served(new):
            message = "nobody is left to send to, so the config before it stays in force"
            hint = "restart digest if you mean it"
            raise ConfigError([Problem(message=message, file=file, hint=hint)])
        warnings = list(new.warnings)
        for path, what, old, wanted in (
            (("storage", "path"), "state folder", self.config.storage, new.storage),
            (("ranking", "embeddings"), "model", self.config.embeddings, new.embeddings),
        ):
            if wanted != old:
                message = f"another {what} is taken up at the next start"
                warnings.append(new.problem(path, message, hint="restart digest"))
        return replace(
            new,
            storage=self.config.storage,
            embeddings=self.config.embeddings,
            warnings=tuple(warnings),
        )

    def _stamps(self) -> tuple[object, ...]:
        """Return what differs once a file is written, replaced, added or taken away."""
        paths = {self._path, *self._files.texts}
        pattern = self.config.document.tree.get("readers")
        if isinstance(pattern, str):
            paths |= set(readers_files(self._path, pattern))
        return tuple(_stamp(path) for path in sorted(paths))

    def _keep(self) -> None:
        if self.refused is None:
            keep(self._files, self.config.storage)


def _stamp(path: Path) -> tuple[object, ...]:
    try:
        stat = path.stat()
    except OSError as error:
        return (str(path), error.errno)
    return (str(path), stat.st_mtime_ns, stat.st_size, stat.st_ino, stat.st_mode)


def _same(one: _Reading, other: _Reading) -> bool:
    if isinstance(one, Files) and isinstance(other, Files):
        return one == other
    return str(one) == str(other) if type(one) is type(other) else False


def _served(config: Config) -> bool:
    return config.transport is not None and any(reader.email.to for reader in config.readers)
