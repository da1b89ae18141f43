"""A password or token that is fetched anew each time it is needed, and never shown."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from digest.errors import WayClosed

COMMAND_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """Where a secret is found: exactly one of the fields is set."""

    command: str | tuple[str, ...] = ""
    """A program that prints it; a plain string is run by the shell."""
    file: str = ""
    """A file whose first line it is; `~` and `$CREDENTIALS_DIRECTORY` are replaced."""
    env: str = ""
    """The name of an environment variable."""
    value: str = field(default="", repr=False)
    """The secret itself, for those who keep it in their config."""

    def read(self) -> str:
        """Return the secret as it is now; raise WayClosed, which says where it was looked for."""
        if self.command:
            return self._whole(self._from_command(), f"the command {self._shown!r} printed nothing")
        if self.file:
            return self._whole(self._from_file(), f"the file {self.file} is empty")
        if self.env:
            return self._whole(
                os.environ.get(self.env, ""), f"the environment variable {self.env} is not set"
            )
        return self._whole(self.value, "no password is given")

    @property
    def _shown(self) -> str:
        return self.command if isinstance(self.command, str) else " ".join(self.command)

    def _from_command(self) -> str:
        shell = isinstance(self.command, str)
        argv = ["/bin/sh", "-c", self._shown] if shell else list(self.command)
        try:
            done = subprocess.run(  # noqa: S603  # the reader's own command, from their config
                argv,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=COMMAND_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise _missing(
                f"the command {self._shown!r} did not end within {COMMAND_SECONDS:g} s"
            ) from error
        except OSError as error:
            raise _missing(
                f"the command {self._shown!r} cannot be run: {error.strerror}"
            ) from error
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise _missing(
                f"the command {self._shown!r} failed with exit status {done.returncode}"
                + (f": {said[-1][:200]}" if said else "")
            )
        return done.stdout.decode("utf-8", "replace")

    def _from_file(self) -> str:
        path = Path(os.path.expandvars(self.file)).expanduser()
        try:
            return path.read_text("utf-8-sig")
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
            raise _missing(f"the file {path} cannot be read: {reason}") from error

    @staticmethod
    def _whole(text: str, otherwise: str) -> str:
        lines = text.splitlines()
        if not lines or not lines[0]:
            raise _missing(otherwise)
        return lines[0]


def _missing(reason: str) -> WayClosed:
    return WayClosed(
        f"the password was not found: {reason}",
        hold=True,
        hint="`digest check` tries it and sends nothing",
    )
