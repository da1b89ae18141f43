"""Reloading: a changed config is used once it is complete and valid; until then the last good one.

While an editor writes a file, about half of all reads find it empty or cut, and one in six finds
a valid config without readers. So a change counts after two equal readings, a second apart.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from digest.config.files import ConfigFiles, reader_files, stamps, state_folder
from digest.config.last_good import keep, last_good
from digest.config.load import build_config, read_files
from digest.config.reader_tables import computer_zone
from digest.config.validate import expand_home
from digest.model.errors import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from digest.config.components import Kinds
    from digest.config.config import Config

log = logging.getLogger(__name__)

SETTLE_SECONDS = 1.0
"""Time between two equal readings after which a file counts as completely written."""

_STORAGE = re.compile(r"""^\[storage\][^\[]*?^path\s*=\s*["']([^"'\n]+)["']""", re.MULTILINE)
"""State folder in a config that cannot be parsed."""

_Reading = ConfigFiles | ConfigError
"""Result of one reading; an unreadable main file is a state of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigChange:
    """Result of a change of the files."""

    config: Config
    """Config in force from now on."""
    refused: ConfigError | None = None
    """Reason why the changed files are not in force, None where they are."""


class ConfigWatcher:
    """Config that follows its files; `poll` is called at each tick."""

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
        """Read the config at `path`; raise ConfigError if it cannot be used.

        With `fall_back` the last good config is used then, if one was kept, and `refused` has the
        reason. `clock` returns seconds of a monotonic clock.
        """
        self._path = path
        self._environ = environ
        self._clock = clock
        self._zone = local_zone
        self._kinds = kinds
        self._pending: tuple[_Reading, float] | None = None
        self.refused: ConfigError | None = None
        """Reason why the files on disk are not in force, None where they are."""
        self._judged = self._read()
        try:
            self.config, self._files = self._build(self._judged)
        except ConfigError as error:
            kept = self._kept() if fall_back else None
            if kept is None:
                raise
            self.config, self._files = self._build(kept)
            self.refused = error
        self._seen = self._stamps()
        self._keep()

    def poll(self) -> ConfigChange | None:
        """Return what changed since the last poll, None where nothing is known to have changed."""
        now = self._stamps()
        if now == self._seen and self._pending is None:
            return None
        self._seen = now
        reading = self._read()
        if _same(reading, self._judged):
            self._pending = None
            return None
        if self._pending is None or not _same(reading, self._pending[0]):
            self._pending = (reading, self._clock())
            return None
        if self._clock() - self._pending[1] < SETTLE_SECONDS:
            return None
        self._pending = None
        return self._judge(reading)

    def _judge(self, reading: _Reading) -> ConfigChange:
        self._judged = reading
        if _same(reading, self._files):
            self.refused = None
            return ConfigChange(config=self.config)
        try:
            new, files = self._build(reading)
            config = self._continued(new)
        except ConfigError as error:
            log.warning("event=config-refused problems=%d", len(error.problems))
            self.refused = error
            return ConfigChange(config=self.config, refused=error)
        self.config, self._files, self.refused = config, files, None
        self._keep()
        log.info("event=config-changed readers=%d", len(config.readers))
        return ConfigChange(config=config)

    def _kept(self) -> ConfigFiles | None:
        """Return the last good config from the state folder that the broken one names."""
        named = None
        if isinstance(self._judged, ConfigFiles):
            found = _STORAGE.search(self._judged.texts[self._path].decode("utf-8", "replace"))
            named = self._path.absolute().parent / expand_home(found[1]) if found else None
        return last_good(self._path, state_folder(self._environ, named))

    def _read(self) -> _Reading:
        try:
            return read_files(self._path)
        except ConfigError as error:
            return error

    def _build(self, reading: _Reading) -> tuple[Config, ConfigFiles]:
        if isinstance(reading, ConfigError):
            raise reading
        config = build_config(
            reading, environ=self._environ, local_zone=self._zone, kinds=self._kinds
        )
        return config, reading

    def _continued(self, new: Config) -> Config:
        """Return `new` as far as it can replace the config in force; raise ConfigError."""
        file = new.document.file
        if _has_recipients(self.config) and not _has_recipients(new):
            message = "the new config has no recipients, so the old one is still used"
            hint = "restart digest to use it anyway"
            raise ConfigError([Problem(message=message, file=file, hint=hint)])
        warnings = list(new.warnings)
        for path, what, old, wanted in (
            (("storage", "path"), "state folder", self.config.storage, new.storage),
            (("ranking", "embeddings"), "model", self.config.embeddings, new.embeddings),
        ):
            if wanted != old:
                message = f"another {what} is used after the next start"
                warnings.append(new.problem(path, message, hint="restart digest"))
        return replace(
            new,
            storage=self.config.storage,
            embeddings=self.config.embeddings,
            warnings=tuple(warnings),
        )

    def _stamps(self) -> dict[Path, tuple[int, ...]]:
        listed = reader_files(self._path, self.config.document.tree.get("readers"))
        return stamps((self._path, *self._files.texts, *listed))

    def _keep(self) -> None:
        if self.refused is None:
            keep(self.config)


def _same(one: _Reading, other: _Reading) -> bool:
    if isinstance(one, ConfigFiles) and isinstance(other, ConfigFiles):
        return one == other
    return type(one) is type(other) and str(one) == str(other)


def _has_recipients(config: Config) -> bool:
    return config.transport is not None and any(reader.email.to for reader in config.readers)
