"""A password or token that is fetched anew each time it is needed, and never shown."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path

from digest.model.errors import TransportUnavailable

COMMAND_SECONDS = 30.0
NOT_FOUND = 127
"""The exit status of a shell that finds no such program."""
_BY_HAND = "run it by hand: the first line that it prints is the password"
_NOT_FOUND = "install it, or write its whole path: a service has a shorter PATH than your shell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """Source of a secret: exactly one of the fields is set."""

    command: str | tuple[str, ...] = ""
    """A program that prints it; a plain string is run by the shell."""
    file: str = ""
    """A file whose first line it is; `~` and `$CREDENTIALS_DIRECTORY` are replaced."""
    env: str = ""
    """The name of an environment variable."""
    value: str = field(default="", repr=False)
    """The secret itself, for those who keep it in their config."""

    def read(self) -> str:
        """Return the current secret; raise TransportUnavailable, naming its place, without one."""
        if self.command:
            printed = self._from_command()
            return _whole(printed, f"the command {self._shown!r} printed nothing", _BY_HAND)
        if self.path:
            hint = f"write the password into it, alone: {self.file}"
            return _whole(_from_file(self.path), f"the file {self.file} is empty", hint)
        if self.env:
            reason = f"the environment variable {self.env} is not set"
            hint = f"export {self.env}=… before digest starts; a service needs it in its unit"
            return _whole(os.environ.get(self.env, ""), reason, hint)
        hint = '[smtp] password = { command = "…" }, { file = "…" } or { env = "…" }'
        return _whole(self.value, "no password is given", hint)

    @property
    def path(self) -> Path | None:
        """Return the file it is in, None where it is not in a file."""
        return Path(os.path.expandvars(self.file)).expanduser() if self.file else None

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
            reason = f"the command {self._shown!r} did not end within {COMMAND_SECONDS:g} s"
            hint = "it may ask for a passphrase: unlock it, or keep the password in a file"
            raise _missing(reason, hint) from error
        except OSError as error:
            reason = f"the command {self._shown!r} cannot be run: {error.strerror}"
            raise _missing(reason, _NOT_FOUND) from error
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise _missing(
                f"the command {self._shown!r} failed with exit status {done.returncode}"
                + (f": {said[-1][:200]}" if said else ""),
                _NOT_FOUND if done.returncode == NOT_FOUND else _BY_HAND,
            )
        return done.stdout.decode("utf-8", "replace")


def secrets_of(way: object) -> dict[str, Secret]:
    """Return the secrets of a way of delivery by their keys; none where it is no dataclass."""
    names = [item.name for item in fields(way)] if is_dataclass(way) else []
    values = {name: getattr(way, name) for name in names}
    return {name: value for name, value in values.items() if isinstance(value, Secret)}


def _from_file(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        hint = "it must be a text that the user digest runs as can read: chown it, chmod 600"
        if isinstance(error, FileNotFoundError):
            hint = f"write the password into that file, then chmod 600 {path}"
        raise _missing(f"the file {path} cannot be read: {error.strerror}", hint) from error
    text = data.decode("utf-8-sig", "replace")
    if "\0" in text or "\ufffd" in text:  # UTF-16 is what Windows editors call "Unicode"
        hint = 'save it again as UTF-8 (some editors call it "UTF-8 without BOM")'
        raise _missing(f"the file {path} is not UTF-8 text", hint)
    return text


def _whole(text: str, otherwise: str, hint: str) -> str:
    lines = text.splitlines()
    if not lines or not lines[0]:
        raise _missing(otherwise, hint)
    return lines[0]


def _missing(reason: str, hint: str) -> TransportUnavailable:
    message = f"the password was not found: {reason}"
    return TransportUnavailable(message, hold=True, hint=hint, key="password")
