"""The digests that were composed: which papers went to whom, and the mail that carries them."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.model.issue import History
from digest.model.states import DigestState
from digest.store.codec import date_of, moment_of, str_of_time
from digest.store.papers import row_of, rows_of
from digest.store.returned import NOT_RECEIVED, Returned, forget_returned, oldest, returned
from digest.store.supersede import take_over, undelivered

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from digest.model.paper import Paper
    from digest.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A message as it is handed to the outbox."""

    message_id: str
    sender: str
    """Bare address for MAIL FROM."""
    recipients: tuple[str, ...]
    message: bytes
    """The whole RFC 5322 message: CRLF, 7-bit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Record of one digest, as `status` shows it."""

    reader: str
    day: date
    edition: int
    state: DigestState
    """SENT, WAITING, FAILED (for good) or EMPTY."""
    papers: int
    read: int = 0
    """How many new papers it was chosen from."""
    reason: str = ""
    """Why it is empty."""
    message_id: str = ""
    composed: datetime
    answer: str = ""
    """What the mail server said last."""


_SENT = """
    SELECT digest.*, coalesce(message_id, '') AS message_id,
        CASE WHEN message.id IS NULL THEN 'empty'
             WHEN sum(state IN ('ready', 'sending')) THEN 'waiting'
             WHEN sum(state = 'sent') THEN 'sent'
             ELSE 'failed' END AS state,
        coalesce(max(answer), '') AS answer
    FROM digest LEFT JOIN message USING (reader, day, edition)
        LEFT JOIN delivery ON delivery.message = message.id
"""
_IN_ORDER = "GROUP BY reader, day, edition ORDER BY digest.composed DESC, edition DESC, reader"


@dataclass(frozen=True, slots=True)
class Digests:
    """Digests of each reader, and the papers in them."""

    database: Database

    def history(
        self, reader: str, *, apart_from: date | None = None, merged_from: date | None = None
    ) -> History:
        """Return what `compose` has to know of one reader, as if `apart_from` had no digest yet.

        So a preview shows today's digest before and after it was sent, and a digest that is made
        again has the same papers to choose from. Nor had any day from `merged_from` until then.
        """
        today = str_of_time(apart_from) if apart_from else "9999-12-31"
        until = str_of_time(merged_from) if merged_from else today
        sent = self.database.rows(
            "SELECT keys FROM sent WHERE reader = ?1 AND (day < ?2 OR day > ?3)"  # noqa: S608  # a constant
            f" AND (day, edition) NOT IN ({NOT_RECEIVED})",
            (reader, until, today, oldest(self.database)),
        )
        passed = self.database.rows(
            "SELECT json_group_array(key) AS keys, upvotes FROM passed JOIN paper_key USING (paper)"
            " WHERE reader = ? AND day < ? GROUP BY paper",
            (reader, until),
        )
        last = self.database.rows(
            "SELECT max(day) AS day, max(CASE WHEN reason = '' THEN day END) AS full,"
            # An old day that somebody asked for says nothing of what was read since.
            " max(composed) AS composed FROM digest WHERE reader = ? AND day < ?"
            " AND composed < date(day, '+8 days')",
            (reader, until),
        )[0]
        quiet = self.database.rows(
            "SELECT count(*) AS days FROM digest WHERE reader = ? AND day < ? AND day > ?",
            (reader, until, last["full"] or ""),
        )[0]
        return History(
            sent=_by_key(sent),
            passed=_by_key(passed),
            upvotes={
                key: row["upvotes"]
                for row in passed
                if row["upvotes"] is not None
                for key in json.loads(row["keys"])
            },
            last=date_of(last["day"]) if last["day"] else None,
            read_until=moment_of(last["composed"]) if last["composed"] else None,
            quiet_days=quiet["days"],
        )

    def returned(self, reader: str, day: date) -> Returned:
        """Return the papers of digests before `day` that no recipient received."""
        return returned(self.database, reader, day)

    def forget_returned(self, reader: str, days: Iterable[date]) -> None:
        """Drop the papers of digests that no recipient received: a new digest considered them."""
        forget_returned(self.database, reader, days)

    def undelivered(self, reader: str, day: date) -> date | None:
        """Return the first of the days right before `day` whose digests wait in vain, or None."""
        return undelivered(self.database, reader, day)

    def edition(self, reader: str, day: date) -> int:
        """Return the number of the last edition of that day, empty ones included; 0 for none."""
        found = self.database.rows(
            "SELECT max(edition) AS edition FROM digest WHERE reader = ? AND day = ?",
            (reader, str_of_time(day)),
        )
        return found[0]["edition"] or 0

    def record(
        self,
        *,
        reader: str,
        day: date,
        mail: Mail,
        papers: Sequence[Paper],
        passed: Iterable[Paper] = (),
        read: int = 0,
        edition: int = 1,
        merged_from: date | None = None,
    ) -> bool:
        """Keep a digest and its mail, ready to be sent: all of it or nothing.

        `papers` are in the order of their numbers in the mail, which takes the place of those
        that wait from the day `merged_from` on. False if that edition exists
        already (an empty one gives way): then nothing is changed and nothing will be sent.
        """
        now = str_of_time(self.database.now())
        key = (reader, str_of_time(day), edition)
        with self.database.transaction() as write:
            write.execute(
                "DELETE FROM digest WHERE (reader, day, edition) = (?, ?, ?) AND reason <> ''", key
            )
            made = write.execute(
                "INSERT INTO digest (reader, day, edition, papers, read, reason, composed)"
                " VALUES (?, ?, ?, ?, ?, '', ?) ON CONFLICT DO NOTHING",
                (*key, len(papers), read, now),
            )
            if not made.rowcount:
                return False
            _add_mail(write, key, mail, now, str_of_time(merged_from) if merged_from else "")
            if merged_from:
                take_over(write, key[:2], merged_from)
            write.executemany(
                "INSERT INTO sent (reader, day, edition, number, keys, paper)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (*key, number, json.dumps(paper.keys), row_of(write, paper, now))
                    for number, paper in enumerate(papers, start=1)
                ],
            )
            _add_passed(write, (reader, str_of_time(day)), passed, now)
        return True

    def record_empty(
        self, *, reader: str, day: date, reason: str, passed: Iterable[Paper] = (), read: int = 0
    ) -> bool:
        """Keep that there was nothing to send on a day; False if the day has a digest already."""
        now = str_of_time(self.database.now())
        with self.database.transaction() as write:
            made = write.execute(
                "INSERT INTO digest (reader, day, edition, papers, read, reason, composed)"
                " VALUES (?, ?, 1, 0, ?, ?, ?) ON CONFLICT DO NOTHING",
                (reader, str_of_time(day), read, reason or "nothing new", now),
            )
            if made.rowcount:
                _add_passed(write, (reader, str_of_time(day)), passed, now)
        return bool(made.rowcount)

    def latest(self, reader: str, count: int = 1) -> tuple[Sent, ...]:
        """Return the last digests of a reader, the newest first."""
        found = self.database.rows(
            f"{_SENT} WHERE digest.reader = ? {_IN_ORDER} LIMIT ?", (reader, count)
        )
        return tuple(_sent(row) for row in found)

    def numbered(self, reader: str, number: int) -> str:
        """Return a key of the paper with that number in the reader's last digest, or ""."""
        found = self.database.rows(
            "SELECT keys FROM sent WHERE reader = ?1 AND number = ?2 AND (day, edition) ="
            " (SELECT day, edition FROM sent WHERE reader = ?1"
            "  ORDER BY day DESC, edition DESC LIMIT 1)",
            (reader, number),
        )
        return str(json.loads(found[0]["keys"])[0]) if found else ""

    def of_day(self, reader: str, day: date) -> tuple[Sent, ...]:
        """Return the editions of one day, the newest first."""
        found = self.database.rows(
            f"{_SENT} WHERE digest.reader = ? AND digest.day = ? {_IN_ORDER}",
            (reader, str_of_time(day)),
        )
        return tuple(_sent(row) for row in found)

    def days(self, reader: str, since: date) -> frozenset[date]:
        """Return the days from `since` on that have a digest, and the very first one."""
        found = self.database.rows(
            "SELECT DISTINCT day FROM digest WHERE reader = ?1 AND day >= ?2"
            " UNION SELECT min(day) FROM digest WHERE reader = ?1 HAVING min(day) IS NOT NULL",
            (reader, str_of_time(since)),
        )
        return frozenset(date_of(row["day"]) for row in found)

    def refusals(self, reader: str, recipients: Iterable[str]) -> int:
        """Return how many mails in a row, the last included, were refused for every recipient.

        Those given up because no server answered are not counted, nor are mails to addresses that
        are not among these `recipients`: a corrected address starts at 0.
        """
        found = self.database.rows(
            "SELECT min(state = 'dead' AND NOT hold AND code BETWEEN 500 AND 599) AS refused"
            " FROM message JOIN delivery ON delivery.message = message.id WHERE reader = ?"
            " AND recipient IN (SELECT value FROM json_each(?))"
            " GROUP BY message.id ORDER BY composed DESC LIMIT 100",
            (reader, json.dumps(list(recipients))),
        )
        return next((n for n, row in enumerate(found) if not row["refused"]), len(found))


def _add_mail(
    write: sqlite3.Connection, key: tuple[str, str, int], mail: Mail, now: str, since: str
) -> None:
    cursor = write.execute(
        "INSERT INTO message (reader, day, edition, message_id, sender, body, composed, since)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*key, mail.message_id, mail.sender, zlib.compress(mail.message), now, since),
    )
    write.executemany(
        "INSERT INTO delivery (message, recipient, state, due) VALUES (?, ?, 'ready', ?)",
        [(cursor.lastrowid, recipient, now) for recipient in dict.fromkeys(mail.recipients)],
    )


def _add_passed(
    write: sqlite3.Connection, whose: tuple[str, str], passed: Iterable[Paper], now: str
) -> None:
    papers = tuple(passed)
    write.executemany(
        "INSERT INTO passed (reader, day, paper, upvotes) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        [
            (*whose, row, paper.upvotes)
            for row, paper in zip(rows_of(write, papers, now), papers, strict=True)
        ],
    )


def _by_key(rows: list[sqlite3.Row]) -> dict[str, tuple[str, ...]]:
    groups = (tuple(json.loads(row["keys"])) for row in rows)
    return {key: group for group in groups for key in group}


def _sent(row: sqlite3.Row) -> Sent:
    return Sent(
        reader=row["reader"],
        day=date_of(row["day"]),
        edition=row["edition"],
        state=DigestState(row["state"]),
        papers=row["papers"],
        read=row["read"],
        reason=row["reason"],
        message_id=row["message_id"],
        composed=moment_of(row["composed"]),
        answer=row["answer"],
    )
