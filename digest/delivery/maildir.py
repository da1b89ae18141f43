"""Delivery into a maildir on this computer; a message that lies there already is recognised."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from digest.delivery import Envelope, transport
from digest.model.errors import TransportUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@transport("maildir")
@dataclass(frozen=True, slots=True, kw_only=True)
class Maildir:
    """A folder with `new`, `cur` and `tmp` that mail programs read."""

    kind: ClassVar[str]
    connections: ClassVar[int] = 1
    per_minute: ClassVar[int] = 0

    path: str

    @property
    def folder(self) -> Path:
        """Return the folder with `~` replaced."""
        return Path(self.path).expanduser()

    @contextmanager
    def session(self) -> Iterator[Maildir]:
        """Make the folders where they are missing; raise TransportUnavailable where it fails."""
        try:
            for name in ("tmp", "new", "cur"):
                (self.folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise self._closed(error) from error
        yield self

    def deliver(self, envelope: Envelope) -> str:
        """Put the message into `new`, whole or not at all; raise TransportUnavailable.

        The name of the file comes of the Message-ID and the recipient, so a message that was
        delivered before we could note it is found, read or unread, and not delivered twice.
        """
        wanted = f"{envelope.message_id}\n{envelope.recipient}".encode()
        name = f"{sha256(wanted).hexdigest()[:32]}.digest"
        draft, final = self.folder / "tmp" / name, self.folder / "new" / name
        try:
            if final.exists() or any((self.folder / "cur").glob(f"{name}*")):
                return f"lies in {self.folder} already"
            with draft.open("wb") as file:
                file.write(envelope.message.replace(b"\r\n", b"\n"))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(final)
            _settle(final.parent)
        except OSError as error:
            raise self._closed(error) from error
        return f"put into {final}"

    def check(self, _senders: Sequence[str] = ()) -> str:
        """Make the folders, try to write, and say so; raise TransportUnavailable."""
        with self.session():
            trial = self.folder / "tmp" / "check.digest"
            try:
                trial.touch()
                trial.unlink()
            except OSError as error:
                raise self._closed(error) from error
        return f"{self.folder} can be written, nothing sent"

    def _closed(self, error: OSError) -> TransportUnavailable:
        return TransportUnavailable(
            f"{error.filename or self.folder}: {error.strerror}",
            hint="[maildir] path must be a folder that digest may write",
            key="path",
        )


def _settle(folder: Path) -> None:
    """Make a rename in `folder` survive a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
