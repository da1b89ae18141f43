"""A store, a clock that is set by hand and an impatient mail client, for tests of delivery."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from digest.delivery.outbox import flush
from digest.delivery.smtp import Smtp
from digest.delivery.smtp_connection import SmtpTimeouts
from digest.model.paper import Paper
from digest.store import Mail, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from digest.delivery import Envelope, Transport
    from digest.delivery.queue_run import DeliveryResult

MORNING = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)
DAY = date(2026, 11, 22)


@dataclass
class Clock:
    """A clock that goes only when it is told to."""

    moment: datetime = MORNING

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **time: float) -> None:
        """Let time pass."""
        self.moment += timedelta(**time)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hasty(Smtp):
    """A mail client that waits for nobody."""

    timeouts: ClassVar[SmtpTimeouts] = SmtpTimeouts(phase=0.3, body=0.3, verdict=0.3, goodbye=0.1)

    host: str = "127.0.0.1"
    security: str = "none"  # type: ignore[assignment]  # a plain default, for servers without TLS


def paper(number: int = 1) -> Paper:
    """Return a paper of its own."""
    return Paper(id=f"arxiv:2611.{number:05}", title=f"A study of the number {number}, at length")


def message(reader: str = "ada", day: date = DAY, body: str = "Eight papers for you.") -> bytes:
    """Return a whole message."""
    return (
        f"Message-ID: <{reader}.{day}@digest.test>\r\nSubject: papers\r\n\r\n{body}\r\n"
    ).encode()


def mail(reader: str = "ada", day: date = DAY, *, to: tuple[str, ...] = ()) -> Mail:
    """Return a mail for a reader, at an address of their own unless told otherwise."""
    return Mail(
        message_id=f"<{reader}.{day}@digest.test>",
        sender="digest@digest.test",
        recipients=to or (f"{reader}@inbox.test",),
        message=message(reader, day),
    )


@dataclass
class Desk:
    """A store with an outbox, and the hand that empties it."""

    store: Store
    clock: Clock

    def write(self, reader: str = "ada", day: date = DAY, *, to: tuple[str, ...] = ()) -> None:
        """Put a digest into the outbox."""
        self.store.digests.record(
            reader=reader, day=day, mail=mail(reader, day, to=to), papers=[paper()]
        )

    def flush(self, transport: Transport, *, force: bool = False) -> tuple[DeliveryResult, ...]:
        """Deliver what is due, without chance."""
        return flush(self.store, transport, now=self.clock, force=force, chance=lambda: 0.0)

    def send(self, transport: Transport, *, force: bool = False) -> DeliveryResult:
        """Deliver the one message that is due."""
        (outcome,) = self.flush(transport, force=force)
        return outcome


def desk_in(folder: Path) -> Iterator[Desk]:
    """Open a desk in a folder, for a fixture."""
    clock = Clock()
    with Store.open(folder, now=clock) as store:
        yield Desk(store, clock)


@dataclass
class Scripted:
    """A way of delivery that does what it is told, message by message."""

    acts: list[Callable[[], str]] = field(default_factory=list)
    opening: BaseException | None = None
    kind: ClassVar[str] = "scripted"
    connections: int = 1
    per_minute: int = 0
    taken: list[str] = field(default_factory=list)

    @contextmanager
    def session(self) -> Iterator[Scripted]:
        """Open, unless told to fail."""
        if self.opening:
            raise self.opening
        yield self

    def deliver(self, envelope: Envelope) -> str:
        """Take a message, unless told otherwise."""
        act = self.acts.pop(0) if self.acts else lambda: "taken"
        answer = act()
        self.taken.append(envelope.message_id)
        return answer

    def check(self, _senders: Sequence[str] = ()) -> str:
        """Find nothing wrong."""
        return "well"


def fails(error: BaseException) -> Callable[[], str]:
    """Return an act that raises."""

    def act() -> str:
        raise error

    return act
