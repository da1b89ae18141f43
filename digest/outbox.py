"""From the outbox to the inbox: never lost, never twice, never silent.

    ready → sending (committed before the server hears of it) → sent (committed at its answer)
                    ↘ ready again, later            4xx, no answer, a closed way
                    ↘ ready again, uncertain        broken after the final dot, or we were killed
                    ↘ dead                          5xx, five days in vain, or in doubt four times

Every attempt bears the same Message-ID, so the copies too many that can exist, after a server
took a message and could not say so, are few and recognisable as the same mail.
"""

from __future__ import annotations

import logging
import random
from dataclasses import dataclass, field, replace
from datetime import date
from queue import Empty, SimpleQueue
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING

from digest.errors import DeliveryError, WayClosed
from digest.post import Envelope
from digest.post.account import is_mended, note_refusal
from digest.retry import TOLD_AFTER, interrupted, is_due, is_locked, judge
from digest.store import CUT_OFF, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from datetime import datetime

    from digest.post import Post, Session
    from digest.store import Attempt, Store, Waiting

log = logging.getLogger(__name__)

GRACE = 20.0
"""Seconds that a message in hand has to be finished in once we are told to stop."""
POLL = 0.1
"""Seconds between two looks at whether we are told to stop."""
LONGEST_ROUND = 1200.0
"""Seconds after which no further message is begun: a long queue at a slow rate is no loop that
hangs, and the rest is as due at the next beat as it was at this one."""
WORTH = 10
"""So many letters are worth a connection: another one takes as long to open as they to send."""
IN_A_ROW = 3
"""So many failures in a row mean that the next message fares no better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one attempt."""

    reader: str
    recipient: str
    message_id: str
    state: str
    """sent · waiting (tried again later) · failed (given up)."""
    text: str
    uncertain: bool = False
    due: datetime | None = None
    """When it is tried again, None for sent and failed."""


def flush(
    store: Store,
    post: Post,
    *,
    now: Callable[[], datetime],
    force: bool = False,
    stop: Callable[[], bool] = lambda: False,
    grace: float = GRACE,
    chance: Callable[[], float] = random.random,
    longest: float = LONGEST_ROUND,
) -> tuple[Outcome, ...]:
    """Try every message that is due, and return what became of each attempt.

    The caller holds the folder's lock: a message marked as being sent is then one whose sender
    was killed. `force` ignores the back-off and the wait after an uncertain attempt, not the
    hour after a refused password, which ends early only for another server, account or password.
    Once `stop` says so, the message in hand has `grace` seconds to be finished in, and no other
    is begun. Raises StateError where an attempt cannot be recorded.
    """
    given_up = recover(store, now())
    withdrawn = withdraw(store)
    waiting = store.outbox.waiting()
    locked = [row for row in waiting if is_locked(row, now())]
    if locked and is_mended(post, store.notes):
        due, locked = [row for row in waiting if row in locked or is_due(row, now())], []
    else:
        due = [row for row in waiting if is_due(row, now(), force=force)]
    if not (due or locked or given_up or withdrawn):
        return ()
    delivery = _Round(
        store=store,
        post=post,
        now=now,
        stop=stop,
        grace=grace,
        chance=chance,
        until=monotonic() + longest,
    )
    if locked:
        delivery.put_off(due, locked)
    elif due:
        delivery.run(sorted(due, key=lambda row: row.attempts))
        note_refusal(post, store.notes, delivery.closed)
    outcomes = (*given_up, *delivery.outcomes)
    _tell(store, outcomes, now())
    return outcomes


def warn(outcomes: Iterable[Outcome], *, told: Collection[str]) -> None:
    """Log what was not delivered, but for the Message-IDs that the caller tells of by itself."""
    for outcome in outcomes:
        if outcome.state != "sent" and outcome.message_id not in told:
            facts = (outcome.state, outcome.message_id, outcome.recipient, outcome.text)
            log.warning("event=%s message_id=%r to=%r error=%r", *facts)


def withdraw(store: Store) -> int:
    """Give up what waits for readers who stopped their digest since, and return how much it is."""
    count = 0
    for row in store.outbox.waiting():
        if row.state == "ready" and store.taste.paused_until(row.reader) == date.max:
            log.info("event=withdrawn message_id=%r to=%r", row.message_id, row.recipient)
            answer = "not sent: the reader wants no more digests"
            store.outbox.failed(row, Verdict(due=row.due, code=0, answer=answer, dead=True))
            count += 1
    return count


def recover(store: Store, now: datetime) -> tuple[Outcome, ...]:
    """Take up again what was being sent when its process died; it may have been accepted.

    Returns what is given up because that happened too often.
    """
    given_up = []
    for row in store.outbox.waiting():
        if row.state == "sending":
            log.warning("event=interrupted message_id=%r to=%r", row.message_id, row.recipient)
            verdict = interrupted(row, now)
            store.outbox.failed(row, verdict)
            if verdict.dead:
                given_up.append(_outcome(row, "failed", verdict.answer, verdict))
    return tuple(given_up)


@dataclass(slots=True, kw_only=True)
class _Round:
    """One pass over what is due, through as many sessions as the way allows."""

    store: Store
    post: Post
    now: Callable[[], datetime]
    stop: Callable[[], bool]
    grace: float
    chance: Callable[[], float]
    until: float
    """When no further message is begun, by the monotonic clock."""
    outcomes: list[Outcome] = field(default_factory=list)
    closed: DeliveryError | None = None
    """Why the last session ended before the queue did."""
    broken: list[BaseException] = field(default_factory=list)
    """What must end the round: the store cannot be written, or a fault of our own."""
    _halt: Event = field(default_factory=Event)
    _signed_in: Event = field(default_factory=Event)
    """Set once the first session is open, or has failed."""
    _in_hand: list[Waiting] = field(default_factory=list)
    """What is between claim and verdict."""
    _queue: SimpleQueue[Waiting] = field(default_factory=SimpleQueue)

    def put_off(self, due: Iterable[Waiting], locked: Sequence[Waiting]) -> None:
        """Let messages wait with those whose password was refused: it is the same password."""
        refused = locked[0]
        same = Verdict(due=refused.due, code=refused.code, answer=refused.answer, hold=True)
        when = f"{refused.tried:%H:%M} UTC, again at {refused.due:%H:%M} UTC"
        told = replace(same, answer=f"not tried: refused at {when}; {refused.answer}")
        with self.store.database.transaction():  # ten thousand that wait are one wait for the disk
            for row in due:
                self.store.outbox.put_off(row, same)
        for row in dict.fromkeys((*due, *locked)):
            self._note(row, "waiting", told.answer, told)

    def run(self, due: Iterable[Waiting]) -> None:
        """Try every message once, the first ones first."""
        rows = list(due)
        for row in rows:
            self._queue.put(row)
        count = max(1, min(self.post.connections, -(-len(rows) // WORTH)))
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

    def _leave(self, rest: list[Waiting], closed: DeliveryError) -> None:
        """Put off what was not reached: somebody else's failure is no attempt of theirs."""
        if rest and not self.outcomes:
            first = rest.pop(0)
            verdict = judge(first, closed, self.now(), self.chance())
            self.store.outbox.failed(first, verdict)
            self._tell_of(first, verdict)
        until = max((o.due for o in self.outcomes if o.due), default=self.now())
        same = Verdict(due=until, code=closed.code, answer=f"not tried: {closed}", hold=closed.hold)
        with self.store.database.transaction():
            for row in rest:
                self.store.outbox.put_off(row, same)
        for row in rest:
            self._note(row, "waiting", same.answer, same)

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
                self._note(row, "waiting", CUT_OFF)

    def _next(self) -> Waiting | None:
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
            with self.post.session() as session, self.store.outbox.together.joined():
                self._signed_in.set()
                self._send_all(
                    session, 60 * count / self.post.per_minute if self.post.per_minute else 0
                )
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
            ended = isinstance(error, WayClosed) or failures == IN_A_ROW
            held = self._exchange((row, verdict), more=not (ended or pause))
            if error and ended:
                raise error
            if pause and not self._queue.empty():
                self._halt.wait(pause)
                held = self._exchange(None)

    def _exchange(self, done: Attempt | None, *, more: bool = True) -> tuple[Waiting, bytes] | None:
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

    def _following(self) -> Waiting | None:
        ended = self.stop() or self.broken or monotonic() >= self.until
        return None if ended else self._next()

    def _tried(
        self, session: Session, row: Waiting, message: bytes
    ) -> tuple[Verdict, DeliveryError | None]:
        """Hand a message over; return what to record, and what was wrong."""
        envelope = Envelope(
            message_id=row.message_id, sender=row.sender, recipient=row.recipient, message=message
        )
        try:
            return self.store.outbox.taken(session.deliver(envelope)), None
        except DeliveryError as error:
            fault = error
        except Exception as error:  # an outsider's way may raise anything; what it did is unknown
            log.exception("event=post-raised way=%s", self.post.kind)
            fault = DeliveryError(f"{type(error).__name__}: {error}", uncertain=True)
        return judge(row, fault, self.now(), self.chance()), fault

    def _tell_of(self, row: Waiting, verdict: Verdict) -> None:
        """Log an attempt that is recorded, and count it among the outcomes."""
        state = {"ready": "waiting", "dead": "failed"}.get(verdict.state, verdict.state)
        error = () if verdict.sent else (verdict.answer,)
        words = "event=%s message_id=%r to=%r error=%r" if error else "event=%s message_id=%r to=%r"
        log.info(words, state, row.message_id, row.recipient, *error)
        self._note(row, state, verdict.answer, verdict)

    def _note(self, row: Waiting, state: str, text: str, verdict: Verdict | None = None) -> None:
        self.outcomes.append(_outcome(row, state, text, verdict))


def _outcome(row: Waiting, state: str, text: str, verdict: Verdict | None = None) -> Outcome:
    return Outcome(
        reader=row.reader,
        recipient=row.recipient,
        message_id=row.message_id,
        state=state,
        text=text,
        uncertain=bool(verdict and verdict.uncertain),
        due=verdict.due if verdict and state == "waiting" else None,
    )


def _tell(store: Store, outcomes: Iterable[Outcome], now: datetime) -> None:
    """Raise what the reader must know by another way than the mail that does not go out."""
    for outcome in outcomes:
        if outcome.state == "failed":
            store.notes.alert(
                f"refused:{outcome.recipient}",
                f"a digest for {outcome.recipient} was given up: {outcome.text}",
            )
        elif outcome.state == "sent":
            store.notes.settle(f"refused:{outcome.recipient}")
    waiting = store.outbox.waiting()
    late = [row for row in waiting if row.hold or _is_late(row, now)]
    if late:
        store.notes.alert("outbox", f"mail waits since {late[0].since}: {late[0].answer}")
    else:
        store.notes.settle("outbox")


def _is_late(row: Waiting, now: datetime) -> bool:
    return row.since < row.day or now - row.composed >= TOLD_AFTER
