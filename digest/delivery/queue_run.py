"""Queue run: every message that is due is tried once, over several connections.

Each message is claimed before it is handed over and its outcome is stored right after, in one
transaction with the claim of the next. A failure for one recipient does not affect others; an
unavailable transport ends the run, and messages that were not reached gain no attempt.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Self

from digest.delivery import Envelope
from digest.delivery.retry_policy import classify
from digest.model.errors import DeliveryError, TransportUnavailable
from digest.model.states import DeliveryState, DigestState
from digest.store import CUT_OFF, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from digest.delivery import Session, Transport
    from digest.store import Attempt, QueuedMessage, Store

log = logging.getLogger(__name__)

GRACE = 20.0
"""Seconds that a message in hand has to be finished in once we are told to stop."""
POLL = 0.1
"""Seconds between two looks at whether we are told to stop."""
WORTH = 10
"""So many letters are worth a connection: another one takes as long to open as they to send."""
IN_A_ROW = 3
"""So many failures in a row mean that the next message fares no better."""


_DIGEST_STATES = {
    DeliveryState.READY: DigestState.WAITING,
    DeliveryState.SENDING: DigestState.WAITING,
    DeliveryState.SENT: DigestState.SENT,
    DeliveryState.DEAD: DigestState.FAILED,
}
"""State of a digest by the state of its message in the outbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryResult:
    """Result of one attempt."""

    reader: str
    recipient: str
    message_id: str
    state: DigestState
    """SENT, WAITING (tried again later) or FAILED (given up)."""
    text: str
    uncertain: bool = False
    due: datetime | None = None
    """When it is tried again, None for sent and failed."""

    @classmethod
    def of(
        cls, row: QueuedMessage, state: DigestState, text: str, verdict: Outcome | None = None
    ) -> Self:
        """Return what became of a message."""
        return cls(
            reader=row.reader,
            recipient=row.recipient,
            message_id=row.message_id,
            state=state,
            text=text,
            uncertain=bool(verdict and verdict.uncertain),
            due=verdict.due if verdict and state is DigestState.WAITING else None,
        )


@dataclass(slots=True, kw_only=True)
class QueueRun:
    """One pass over what is due, through as many sessions as the way allows."""

    store: Store
    transport: Transport
    now: Callable[[], datetime]
    stop: Callable[[], bool]
    grace: float
    chance: Callable[[], float]
    until: float
    """When no further message is begun, by the monotonic clock."""
    outcomes: list[DeliveryResult] = field(default_factory=list)
    closed: DeliveryError | None = None
    """Why the last session ended before the queue did."""
    broken: list[BaseException] = field(default_factory=list)
    """What must end the round: the store cannot be written, or a fault of our own."""
    _halt: Event = field(default_factory=Event)
    _signed_in: Event = field(default_factory=Event)
    """Set once the first session is open, or has failed."""
    _in_hand: list[QueuedMessage] = field(default_factory=list)
    """What is between claim and verdict."""
    _queue: SimpleQueue[QueuedMessage] = field(default_factory=SimpleQueue)

    def defer(self, due: Iterable[QueuedMessage], locked: Sequence[QueuedMessage]) -> None:
        """Let messages wait with those whose password was refused: it is the same password."""
        refused = locked[0]
        same = Outcome(due=refused.due, code=refused.code, answer=refused.answer, hold=True)
        when = f"{refused.tried:%H:%M} UTC, again at {refused.due:%H:%M} UTC"
        told = replace(same, answer=f"not tried: refused at {when}; {refused.answer}")
        with self.store.database.transaction():  # ten thousand that wait are one wait for the disk
            for row in due:
                self.store.outbox.defer(row, same)
        for row in dict.fromkeys((*due, *locked)):
            self._note(row, DigestState.WAITING, told.answer, told)

    def run(self, due: Iterable[QueuedMessage]) -> None:
        """Try every message once, the first ones first."""
        rows = list(due)
        for row in rows:
            self._queue.put(row)
        count = max(1, min(self.transport.connections, -(-len(rows) // WORTH)))
        # Daemons: one that waits ten minutes for a verdict must not keep a stopped process.
        threads = [
            Thread(target=self._work, args=(number, count), daemon=True) for number in range(count)
        ]
        for thread in threads:
            thread.start()
        self._wait_for(threads)
        if self.broken:
            raise self.broken[0]
        if self.closed and not self._halt.is_set():
            self._leave(list(iter(self._next, None)), self.closed)

    def _leave(self, rest: list[QueuedMessage], closed: DeliveryError) -> None:
        """Defer the messages that were not reached: the failure of another is no attempt."""
        if rest and not self.outcomes:
            first = rest.pop(0)
            verdict = classify(first, closed, self.now(), self.chance())
            self.store.outbox.failed(first, verdict)
            self._tell_of(first, verdict)
        until = max((o.due for o in self.outcomes if o.due), default=self.now())
        same = Outcome(due=until, code=closed.code, answer=f"not tried: {closed}", hold=closed.hold)
        with self.store.database.transaction():
            for row in rest:
                self.store.outbox.defer(row, same)
        for row in rest:
            self._note(row, DigestState.WAITING, same.answer, same)

    def _wait_for(self, threads: Iterable[Thread]) -> None:
        for thread in threads:
            while thread.is_alive() and not self.stop():
                thread.join(POLL)
        if self.stop():
            self._halt.set()
            until = monotonic() + self.grace
            for thread in threads:
                thread.join(max(0.0, until - monotonic()))
            for row in tuple(self._in_hand):
                self._note(row, DigestState.WAITING, CUT_OFF)

    def _next(self) -> QueuedMessage | None:
        try:
            return self._queue.get_nowait()
        except Empty:
            return None

    def _work(self, number: int, count: int) -> None:
        if number:  # a password that is wrong is tried once, not by every connection
            self._signed_in.wait()
        if self.closed or self.broken:
            return
        try:
            with self.transport.session() as session, self.store.outbox.group_commit.joined():
                self._signed_in.set()
                rate = self.transport.per_minute
                self._send_all(session, 60 * count / rate if rate else 0)
        except DeliveryError as error:
            self.closed = error
        except BaseException as error:  # noqa: BLE001  # raised again by the thread that waits
            self.broken.append(error)
        finally:
            self._signed_in.set()

    def _send_all(self, session: Session, pause: float) -> None:
        failures = 0
        held = self._exchange(None)
        while held:
            row, message = held
            verdict, error = self._tried(session, row, message)
            # An answer about one recipient says nothing of the next; a broken connection does.
            failures = failures + 1 if error and not error.code else 0
            ended = isinstance(error, TransportUnavailable) or failures == IN_A_ROW
            held = self._exchange((row, verdict), more=not (ended or pause))
            if error and ended:
                raise error
            if pause and not self._queue.empty():
                self._halt.wait(pause)
                held = self._exchange(None)

    def _exchange(
        self, done: Attempt | None, *, more: bool = True
    ) -> tuple[QueuedMessage, bytes] | None:
        """Record what became of one message, and in the same breath claim the next."""
        while True:
            following = self._following() if more else None
            message = self.store.outbox.exchange(done, following)
            if done:
                self._in_hand.remove(done[0])
                self._tell_of(*done)
            if following is None:
                return None
            if message is not None:
                self._in_hand.append(following)
                return following, message
            done = None  # somebody else took the next one: the one after it, then

    def _following(self) -> QueuedMessage | None:
        ended = self.stop() or self.broken or monotonic() >= self.until
        return None if ended else self._next()

    def _tried(
        self, session: Session, row: QueuedMessage, message: bytes
    ) -> tuple[Outcome, DeliveryError | None]:
        """Hand a message over; return what to record, and what was wrong."""
        envelope = Envelope(
            message_id=row.message_id, sender=row.sender, recipient=row.recipient, message=message
        )
        try:
            return self.store.outbox.taken(session.deliver(envelope)), None
        except DeliveryError as error:
            fault = error
        except Exception as error:  # an outsider's way may raise anything; what it did is unknown
            log.exception("event=transport-raised transport=%s", self.transport.kind)
            fault = DeliveryError(f"{type(error).__name__}: {error}", uncertain=True)
        return classify(row, fault, self.now(), self.chance()), fault

    def _tell_of(self, row: QueuedMessage, verdict: Outcome) -> None:
        """Log an attempt that is recorded, and count it among the outcomes."""
        state = _DIGEST_STATES[verdict.state]
        error = () if verdict.sent else (verdict.answer,)
        words = "event=%s message_id=%r to=%r error=%r" if error else "event=%s message_id=%r to=%r"
        log.info(words, state, row.message_id, row.recipient, *error)
        self._note(row, state, verdict.answer, verdict)

    def _note(
        self, row: QueuedMessage, state: DigestState, text: str, verdict: Outcome | None = None
    ) -> None:
        self.outcomes.append(DeliveryResult.of(row, state, text, verdict))
