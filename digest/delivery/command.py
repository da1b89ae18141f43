"""Delivery through a program that takes a message on its standard input, as sendmail does."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, ClassVar

from digest.delivery import Envelope, transport
from digest.delivery.refusal_rules import Action
from digest.delivery.refusals import diagnose_exit
from digest.model.errors import DeliveryError, TransportUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@transport("command")
@dataclass(frozen=True, slots=True, kw_only=True)
class CommandTransport:
    """A program such as sendmail or msmtp."""

    kind: ClassVar[str]
    connections: ClassVar[int] = 1
    per_minute: ClassVar[int] = 0
    seconds: ClassVar[float] = 120.0
    """How long it may take."""

    argv: tuple[str, ...]
    """The program and its arguments; `{sender}` and `{recipient}` are replaced, and where neither
    occurs `-f SENDER -- RECIPIENT` is added, which every sendmail understands."""

    @property
    def program(self) -> str:
        """Return the whole path of the program, "" where there is none."""
        return (which(str(Path(self.argv[0]).expanduser())) or "") if self.argv else ""

    @contextmanager
    def session(self) -> Iterator[CommandTransport]:
        """Find the program; raise TransportUnavailable where there is none."""
        if not self.program:
            raise TransportUnavailable(
                f"{self.argv[0] if self.argv else '[command] argv'}: there is no such program",
                hold=True,
                hint="install it, or write its whole path in [command] argv",
                key="argv",
            )
        yield self

    def deliver(self, envelope: Envelope) -> str:
        """Run the program with the message; raise DeliveryError as its exit status says."""
        process = self._start(envelope)
        try:
            _, said = process.communicate(
                envelope.message.replace(b"\r\n", b"\n"), timeout=self.seconds
            )
        except subprocess.TimeoutExpired as error:
            raise DeliveryError(
                f"{self.argv[0]}: did not end within {self.seconds:g} s; "
                "it may have sent the message",
                uncertain=True,
            ) from error
        finally:
            _end(process)
        if process.returncode:
            raise self._failure(process.returncode, said)
        return "taken"

    def check(self, _senders: Sequence[str] = ()) -> str:
        """Find the program and say where; raise TransportUnavailable."""
        with self.session():
            return f"{self.program} is there, nothing sent"

    def arguments(self, envelope: Envelope) -> list[str]:
        """Return the command line for one message."""
        given = [self.program, *self.argv[1:]]
        places = {"{sender}": envelope.sender, "{recipient}": envelope.recipient}
        if not any(place in part for part in given for place in places):
            return [*given, "-f", envelope.sender, "--", envelope.recipient]
        for place, address in places.items():
            given = [part.replace(place, address) for part in given]
        return given

    def _start(self, envelope: Envelope) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(  # noqa: S603  # the reader's own command, from their config
                self.arguments(envelope),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise TransportUnavailable(
                f"{self.argv[0]}: cannot be run: {error.strerror}",
                hold=True,
                hint="[command] argv is a list: the program, then its arguments",
            ) from error

    def _failure(self, status: int, said: bytes) -> DeliveryError:
        words = " ".join(said.decode("utf-8", "replace").split())[:300]
        how = f"exit status {status}" if status > 0 else f"killed by signal {-status}"
        found = diagnose_exit(max(status, 0), words)
        return DeliveryError(
            f"{self.argv[0]}: {how}" + (f": {words}" if words else ""),
            permanent=found.action is Action.FINAL,
            hold=found.action is Action.HOLD,
            code=max(status, 0),
            hint=found.hint,
            key=found.key,
        )


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and whatever it started, and let go of its pipes."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    # Its pipes, closed by the end of this block, hold what it never read.
    with suppress(BrokenPipeError), process:
        process.wait()
