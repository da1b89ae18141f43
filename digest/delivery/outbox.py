"""Delivery of the outbox: no message is lost, doubled without need, or fails unreported.

    ready → sending (committed before it is handed over) → sent (committed at its answer)
                    ↘ ready again, later            4xx, no answer, a closed way
                    ↘ ready again, uncertain        broken after the final dot, or we were killed
                    ↘ dead                          5xx, five days in vain, or in doubt four times

Every attempt bears the same Message-ID, so the copies too many that can exist, after a server
took a message and could not say so, are few and recognisable as the same mail.
"""

from __future__ import annotations

import logging
import random
from datetime import date
from time import monotonic
from typing import TYPE_CHECKING

from digest.delivery.fingerprint import is_mended, note_refusal
from digest.delivery.queue_run import GRACE, DeliveryResult, QueueRun
from digest.delivery.retry_policy import TOLD_AFTER, interrupted, is_due, is_locked
from digest.model.states import DeliveryState, DigestState
from digest.store import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import datetime

    from digest.delivery import Transport
    from digest.store import QueuedMessage, Store

log = logging.getLogger(__name__)

LONGEST_ROUND = 1200.0
"""Seconds after which no further message is begun: a long queue at a slow rate is no loop that
hangs, and the rest is as due at the next beat as it was at this one."""


def flush(
    store: Store,
    transport: Transport,
    *,
    now: Callable[[], datetime],
    force: bool = False,
    stop: Callable[[], bool] = lambda: False,
    grace: float = GRACE,
    chance: Callable[[], float] = random.random,
    longest: float = LONGEST_ROUND,
) -> tuple[DeliveryResult, ...]:
    """Try every message that is due, and return what became of each attempt.

    The caller holds the folder's lock: a message marked as being sent is then one whose sender
    was killed. `force` ignores every delay: a person asks, who knows that the cause is mended. Else
    the hour after a refused password ends early only for another server, account or password.
    Once `stop` says so, the message in hand has `grace` seconds to be finished in, and no other
    is begun. Raises StateError where an attempt cannot be recorded.
    """
    given_up = recover(store, now())
    withdrawn = withdraw(store)
    waiting = store.outbox.waiting()
    locked = [row for row in waiting if is_locked(row, now())]
    if force or (locked and is_mended(transport, store.keyvalue)):
        due = [row for row in waiting if force or row in locked or is_due(row, now())]
        locked = []
    else:
        due = [row for row in waiting if is_due(row, now())]
    if not (due or locked or given_up or withdrawn):
        return ()
    delivery = QueueRun(
        store=store,
        transport=transport,
        now=now,
        stop=stop,
        grace=grace,
        chance=chance,
        until=monotonic() + longest,
    )
    if locked:
        delivery.defer(due, locked)
    elif due:
        delivery.run(sorted(due, key=lambda row: row.attempts))
        note_refusal(transport, store.keyvalue, delivery.closed)
    outcomes = (*given_up, *delivery.outcomes)
    _tell(store, outcomes, now())
    return outcomes


def warn(outcomes: Iterable[DeliveryResult], *, told: Collection[str]) -> None:
    """Log what was not delivered, without the Message-IDs that the caller reports itself."""
    for outcome in outcomes:
        if outcome.state is not DigestState.SENT and outcome.message_id not in told:
            facts = (outcome.state, outcome.message_id, outcome.recipient, outcome.text)
            log.warning("event=%s message_id=%r to=%r error=%r", *facts)


def withdraw(store: Store) -> int:
    """Give up what waits for readers who stopped their digest since, and return how much it is."""
    count = 0
    for row in store.outbox.waiting():
        if row.state is DeliveryState.READY and store.votes.paused_until(row.reader) == date.max:
            log.info("event=withdrawn message_id=%r to=%r", row.message_id, row.recipient)
            answer = "not sent: the reader wants no more digests"
            store.outbox.failed(row, Outcome(due=row.due, code=0, answer=answer, dead=True))
            count += 1
    return count


def recover(store: Store, now: datetime) -> tuple[DeliveryResult, ...]:
    """Take up again what was being sent when its process died; it may have been accepted.

    Returns what is given up because that happened too often.
    """
    given_up = []
    for row in store.outbox.waiting():
        if row.state is DeliveryState.SENDING:
            log.warning("event=interrupted message_id=%r to=%r", row.message_id, row.recipient)
            verdict = interrupted(row, now)
            store.outbox.failed(row, verdict)
            if verdict.dead:
                given_up.append(DeliveryResult.of(row, DigestState.FAILED, verdict.answer, verdict))
    return tuple(given_up)


def _tell(store: Store, outcomes: Iterable[DeliveryResult], now: datetime) -> None:
    """Raise what the reader must know by another way than the mail that does not go out."""
    for outcome in outcomes:
        if outcome.state is DigestState.FAILED:
            store.alerts.add(
                f"refused:{outcome.recipient}",
                f"a digest for {outcome.recipient} was given up: {outcome.text}",
            )
        elif outcome.state is DigestState.SENT:
            store.alerts.resolve(f"refused:{outcome.recipient}")
    waiting = store.outbox.waiting()
    late = [row for row in waiting if row.hold or _is_late(row, now)]
    if late:
        store.alerts.add("outbox", f"mail waits since {late[0].since}: {late[0].answer}")
    else:
        store.alerts.resolve("outbox")


def _is_late(row: QueuedMessage, now: datetime) -> bool:
    return row.since < row.day or now - row.composed >= TOLD_AFTER
