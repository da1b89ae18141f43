"""The rows of the outbox: one for each message and recipient, from ready to sent or dead."""

from __future__ import annotations

import zlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from digest.model.errors import StateError
from digest.model.states import DeliveryState
from digest.store.codec import date_of, moment_of, str_of_time, time_of

if TYPE_CHECKING:
    import sqlite3

    from digest.store.database import Database, Value
    from digest.store.group_commit import GroupCommit

BODY_KEPT = timedelta(days=7)
"""Messages are kept so long after the last recipient has theirs."""
CUT_OFF = "being sent, or cut off meanwhile: it may have been accepted"
"""What a row says between claim and verdict, also after a death."""
TAKEN = 250
"""The code of "yes" (RFC 5321, 4.2.3)."""
DEAD_TOLD = timedelta(days=30)
"""`status` counts a message that was given up for so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedMessage:
    """A message that waits for one recipient."""

    id: int
    message_id: str
    reader: str
    day: date
    since: date
    """The day of the first digest that it took over because none could leave, or its own."""
    sender: str
    recipient: str
    state: DeliveryState
    attempts: int
    uncertain: int
    """How many attempts may have succeeded without our knowing."""
    hold: bool
    composed: datetime
    tried: datetime | None
    due: datetime
    code: int
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Outcome of an attempt, to be stored in its row."""

    due: datetime
    """When it is tried again, if it is."""
    code: int
    answer: str
    sent: bool = False
    dead: bool = False
    hold: bool = False
    uncertain: bool = False

    @property
    def state(self) -> DeliveryState:
        """Return the state of the row from now on."""
        if self.sent:
            return DeliveryState.SENT
        return DeliveryState.DEAD if self.dead else DeliveryState.READY


Attempt = tuple[QueuedMessage, Outcome]
"""A row that was tried, and what became of it."""


@dataclass(frozen=True, slots=True)
class Outbox:
    """Messages on their way."""

    database: Database
    group_commit: GroupCommit

    def waiting(self) -> tuple[QueuedMessage, ...]:
        """Return every row that is neither sent nor given up, the oldest first."""
        return self._rows("state IN ('ready', 'sending')")

    def dead(self) -> tuple[QueuedMessage, ...]:
        """Return the rows given up in the last 30 days."""
        since = str_of_time(self.database.now() - DEAD_TOLD)
        return self._rows("state = 'dead' AND tried >= ?", since)

    def message(self, row: QueuedMessage) -> bytes:
        """Return the message of a row that waits."""
        found = self.database.rows("SELECT body FROM message WHERE id = ?", (row.id,))
        return zlib.decompress(found[0]["body"])

    def exchange(self, done: Attempt | None, following: QueuedMessage | None) -> bytes | None:
        """Record the outcome of one message, claim the next and return its bytes.

        Both are on the disk when this returns: before the next is sent, and as soon as
        possible after the reply about the last. Several threads may share the transaction
        (see `GroupCommit`): a death comes before all of it or after all of it. The log is emptied
        after a claim, so that "sent" can be written on a disk that is full by then.

        Returns None where there is no next message, or it is not ready. Raises StateError where
        not all of it could be written; the next row is then as it was, and what became of the
        last one is recorded if there is room for that alone.
        """
        claimed = False

        def change(write: sqlite3.Connection) -> bytes | None:
            nonlocal claimed
            if done:
                self._record(write, done, "1")
            message = self._claim(write, following) if following else None
            claimed = message is not None
            return message

        try:
            return self.group_commit.write(change, empty_log=following is not None)
        except BaseException:
            if done:
                with suppress(StateError), self.database.transaction() as write:
                    self._record(write, done, "state = 'sending'")
            if following and claimed:
                # No server heard of it: it must not be taken for an attempt that was cut off.
                with suppress(StateError), self.database.transaction() as write:
                    _unclaim(write, following)
            raise

    def taken(self, answer: str) -> Outcome:
        """Return the verdict on a message that the server took."""
        return Outcome(due=self._now(), code=TAKEN, answer=answer, sent=True)

    def failed(self, row: QueuedMessage, verdict: Outcome) -> None:
        """Mark a row as not delivered, to be tried again or given up."""
        with self.database.transaction() as write:
            self._record(write, (row, verdict), "1")

    def defer(self, row: QueuedMessage, verdict: Outcome) -> None:
        """Let a row that was not tried wait as well: it gains no attempt and is never given up."""
        with self.database.transaction() as write:
            _change(
                write,
                row,
                "hold = ?, due = ?, code = ?, answer = ? WHERE 1",
                verdict.hold,
                str_of_time(verdict.due),
                verdict.code,
                verdict.answer,
            )

    def prune(self) -> None:
        """Drop the bodies of messages that every recipient has had for a week."""
        with self.database.transaction() as write:
            write.execute(
                "UPDATE message SET body = NULL WHERE body IS NOT NULL AND composed < ?"
                " AND NOT EXISTS (SELECT 1 FROM delivery WHERE message = message.id"
                " AND (state IN ('ready', 'sending') OR tried >= ?))",
                (str_of_time(self._now() - BODY_KEPT),) * 2,
            )

    def _now(self) -> datetime:
        return self.database.now()

    def _rows(self, condition: str, *values: str) -> tuple[QueuedMessage, ...]:
        found = self.database.rows(
            "SELECT message.*, delivery.* FROM delivery JOIN message ON message.id = message"  # noqa: S608  # conditions of our own
            f" WHERE {condition} ORDER BY composed, message.id, recipient",
            values,
        )
        return tuple(_waiting(row) for row in found)

    def _claim(self, write: sqlite3.Connection, row: QueuedMessage) -> bytes | None:
        begun = "state = 'sending', tried = ?, answer = ? WHERE state = 'ready'"
        if not _change(write, row, begun, str_of_time(self._now()), CUT_OFF):
            return None
        return self.message(row)

    def _record(self, write: sqlite3.Connection, done: Attempt, where: str) -> None:
        row, verdict = done
        _change(
            write,
            row,
            "state = ?, attempts = attempts + 1, uncertain = uncertain + ?, hold = ?, tried = ?,"
            f" due = ?, code = ?, answer = ? WHERE {where}",
            verdict.state,
            verdict.uncertain,
            verdict.hold,
            str_of_time(self._now()),
            str_of_time(verdict.due),
            verdict.code,
            verdict.answer,
        )


def _unclaim(write: sqlite3.Connection, row: QueuedMessage) -> None:
    before = (str_of_time(row.tried) if row.tried else None, row.answer)
    _change(write, row, "state = 'ready', tried = ?, answer = ? WHERE state = 'sending'", *before)


def _change(write: sqlite3.Connection, row: QueuedMessage, change: str, *values: Value) -> bool:
    changed = write.execute(
        f"UPDATE delivery SET {change} AND message = ? AND recipient = ?",  # noqa: S608  # changes of our own
        (*values, row.id, row.recipient),
    )
    return bool(changed.rowcount)


def _waiting(row: sqlite3.Row) -> QueuedMessage:
    return QueuedMessage(
        id=row["id"],
        message_id=row["message_id"],
        reader=row["reader"],
        day=date_of(row["day"]),
        since=date_of(row["since"] or row["day"]),
        sender=row["sender"],
        recipient=row["recipient"],
        state=DeliveryState(row["state"]),
        attempts=row["attempts"],
        uncertain=row["uncertain"],
        hold=bool(row["hold"]),
        composed=moment_of(row["composed"]),
        tried=time_of(row["tried"]),
        due=moment_of(row["due"]),
        code=row["code"],
        answer=row["answer"],
    )
