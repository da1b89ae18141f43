"""The joint between the outbox and the ways a letter leaves the house.

A new way is one file in this folder: a frozen dataclass whose fields are its keys in the table
of config.toml that bears its name, decorated with `@post("kind")`. Outsiders register theirs
in the entry-point group `digest.delivery`.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar

from digest.model.plugins import outsiders

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One message for one recipient, ready for the wire."""

    message_id: str
    sender: str
    """Bare address for MAIL FROM."""
    recipient: str
    """Bare address for RCPT TO."""
    message: bytes
    """The whole RFC 5322 message: CRLF, 7-bit."""


class Session(Protocol):
    """An open way out, used for all messages of one moment."""

    def deliver(self, envelope: Envelope) -> str:
        """Hand the message over and return the answer; raise DeliveryError if it was not taken."""
        ...


class Post(Protocol):
    """A way of delivery."""

    kind: ClassVar[str]

    @property
    def connections(self) -> int:
        """Return how many sessions may be open at once."""
        ...

    @property
    def per_minute(self) -> int:
        """Return how many messages may leave in a minute, 0 where there is no limit."""
        ...

    def session(self) -> AbstractContextManager[Session]:
        """Open the way out; raise TransportUnavailable where nothing can leave by it now."""
        ...

    def check(self, senders: Sequence[str] = ()) -> str:
        """Try the way, with each bare address of `senders`, without sending anything.

        Returns what was found; raises DeliveryError, with the key of the config it is about.
        """
        ...


_kinds: dict[str, type[Post]] = {}
PostType = TypeVar("PostType", bound=type[Post])


def post(kind: str) -> Callable[[PostType], PostType]:
    """Register the decorated class as the way that the table `[kind]` of config.toml describes."""

    def register(cls: PostType) -> PostType:
        cls.kind = kind
        _kinds[kind] = cls
        return cls

    return register


def kinds() -> Mapping[str, type[Post]]:
    """Return every way of delivery by the name of its table, the outsiders' included."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    found = dict(_kinds)
    for entry in (*outsiders("digest.delivery"), *outsiders("digest.post")):
        found.setdefault(entry.name, entry.load())
    return found
