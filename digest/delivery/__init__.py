"""Delivery transports: the interface between the outbox and SMTP, maildir and commands.

A new transport is one file in this folder, named in `_BUILT_IN`: a frozen dataclass whose fields
are the keys of its table in config.toml, decorated with `@transport("kind")`. Other packages
register theirs in the entry-point group `digest.delivery`.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar

from digest.model.plugins import plugins

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

_BUILT_IN = ("command", "maildir", "smtp")
"""Modules of this folder that hold a transport; the others need not be loaded to read a config."""
_GROUPS = ("digest.delivery", "digest.post")
"""Entry-point groups of transports; the second is the old name, read for one release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One message for one recipient, as a transport takes it."""

    message_id: str
    sender: str
    """Bare address for MAIL FROM."""
    recipient: str
    """Bare address for RCPT TO."""
    message: bytes
    """The whole RFC 5322 message: CRLF, 7-bit."""


class Session(Protocol):
    """An open connection, used for all messages of one queue run."""

    def deliver(self, envelope: Envelope) -> str:
        """Hand the message over and return the answer; raise DeliveryError if it was not taken."""
        ...


class Transport(Protocol):
    """Transport of messages: SMTP, a maildir, a command, or one of another package."""

    kind: ClassVar[str]

    @property
    def connections(self) -> int:
        """Return how many sessions may be open at once."""
        ...

    @property
    def per_minute(self) -> int:
        """Return how many messages may be sent in a minute, 0 for no limit."""
        ...

    def session(self) -> AbstractContextManager[Session]:
        """Open a session; raise TransportUnavailable where no message can be sent now."""
        ...

    def check(self, senders: Sequence[str] = ()) -> str:
        """Try the transport, with each bare address of `senders`, without sending a message.

        Returns what was found; raises DeliveryError, with the config key that it is about.
        """
        ...


_kinds: dict[str, type[Transport]] = {}
TransportType = TypeVar("TransportType", bound=type[Transport])


def transport(kind: str) -> Callable[[TransportType], TransportType]:
    """Register the decorated class as the transport of the table `[kind]` in config.toml."""

    def register(cls: TransportType) -> TransportType:
        cls.kind = kind
        _kinds[kind] = cls
        return cls

    return register


def kinds() -> Mapping[str, type[Transport]]:
    """Return every transport by the name of its table, those of other packages included."""
    for name in _BUILT_IN:
        import_module(f"{__name__}.{name}")
    found = dict(_kinds)
    for group in _GROUPS:
        for entry in plugins(group):
            found.setdefault(entry.name, entry.load())
    return found
