"""Digests that no server took in time: the next one takes over their papers, and their place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.store.codec import day_of, str_of_time

if TYPE_CHECKING:
    import sqlite3
    from datetime import date

    from digest.store.database import Database

LONGEST = 7
"""A letter whose papers reach back further than so many days is left to go out by itself: a new
one would pass the oldest over, and they were composed for somebody who has not seen them."""


def undelivered(database: Database, reader: str, day: date) -> date | None:
    """Return the first of the days right before `day` whose digests all wait, or None.

    A mail stands for all the days that it took over itself. What a server may have taken is not
    among them, nor a reader's very first digest, which begins the memory of what is new, nor a
    mail whose papers are older than a week by `day`, which begin where the digest before it
    ended: those of a weekly reader never give way to each other.
    """
    found = database.rows(
        "WITH letter AS (SELECT id, day, CASE since WHEN '' THEN day ELSE since END AS begun"
        "  FROM message WHERE reader = ?1 AND day < ?2 AND day >= date(?2, ?3)),"
        " stays AS (SELECT day FROM letter JOIN delivery ON message = id"
        "  WHERE state <> 'ready' OR uncertain > 0"
        "  UNION ALL SELECT min(day) FROM digest WHERE reader = ?1"
        "  UNION ALL SELECT day FROM letter WHERE NOT EXISTS (SELECT 1 FROM digest"
        "   WHERE reader = ?1 AND digest.day >= date(?2, ?3) AND digest.day < begun"
        "   AND composed < date(digest.day, '+8 days')))"
        " SELECT min(begun) AS first FROM letter WHERE day > (SELECT max(day) FROM stays)",
        (reader, str_of_time(day), f"-{LONGEST} days"),
    )
    return day_of(found[0]["first"])


def take_over(write: sqlite3.Connection, whose: tuple[str, str], first: date) -> None:
    """Withdraw the mails of the days from `first` until a new one, which brings their papers.

    The new one is in the outbox already. Where a refused password holds the others it is held as
    well: a try more within the hour could lock the account.
    """
    reader, day = whose
    span = (reader, str_of_time(first), day)
    held = write.execute(
        "SELECT hold, tried, due, code, answer FROM delivery JOIN message ON message.id = message"
        " WHERE reader = ? AND day >= ? AND day < ? AND hold ORDER BY tried DESC LIMIT 1",
        span,
    ).fetchone()
    if held:
        write.execute(
            "UPDATE delivery SET hold = ?, tried = ?, due = ?, code = ?, answer = ? WHERE message"
            " IN (SELECT id FROM message WHERE reader = ? AND day = ?) AND attempts = 0",
            (*held, reader, day),
        )
    write.execute(
        "UPDATE digest SET papers = 0, reason = ? WHERE reader = ? AND day >= ? AND day < ?"
        " AND reason = ''",
        (f"no mail could leave; its papers went into the digest of {day}", *span),
    )
    write.execute("DELETE FROM message WHERE reader = ? AND day >= ? AND day < ?", span)
    write.execute("DELETE FROM sent WHERE reader = ? AND day >= ? AND day < ?", span)
    write.execute("UPDATE passed SET day = ?3 WHERE reader = ?1 AND day >= ?2 AND day < ?3", span)
