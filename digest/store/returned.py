"""Digests that no recipient received: their papers are new again for the reader's next digest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from digest.store.codec import date_of, from_json, str_of_time

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.model.paper import Paper
    from digest.store.database import Database

RETURNED_FOR = timedelta(days=30)
"""Papers of a digest given up earlier than this are not news any more."""
NOT_RECEIVED = (
    "SELECT day, edition FROM message WHERE reader = ?1 AND composed >= ?4"
    " AND EXISTS (SELECT 1 FROM delivery WHERE message = message.id)"
    " AND NOT EXISTS (SELECT 1 FROM delivery WHERE message = message.id"
    "  AND (state <> 'dead' OR uncertain > 0))"
)
"""Query of digests given up for every recipient; one that may have arrived is not among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """Papers of digests that no recipient received, and the days of those digests."""

    papers: tuple[Paper, ...] = ()
    days: tuple[date, ...] = ()


def oldest(database: Database) -> str:
    """Return the earliest time of composition whose papers return, as `?4` of NOT_RECEIVED."""
    return str_of_time(database.now() - RETURNED_FOR)


def returned(database: Database, reader: str, day: date) -> Returned:
    """Return what the digests before `day` contained that no recipient received."""
    rows = database.rows(
        "SELECT sent.day, body FROM sent JOIN paper ON paper.id = sent.paper WHERE reader = ?1"  # noqa: S608  # a constant
        f" AND sent.day < ?2 AND (sent.day, edition) IN ({NOT_RECEIVED})"
        " ORDER BY sent.day, edition, number",
        (reader, str_of_time(day), None, oldest(database)),
    )
    days = dict.fromkeys(date_of(row["day"]) for row in rows)
    return Returned(papers=tuple(from_json(row["body"]) for row in rows), days=tuple(days))


def forget_returned(database: Database, reader: str, days: Iterable[date]) -> None:
    """Drop what the digests of `days` contained that no recipient received."""
    with database.transaction() as write:
        for day in days:
            write.execute(
                "DELETE FROM sent WHERE reader = ?1 AND day = ?2"  # noqa: S608  # a constant
                f" AND (day, edition) IN ({NOT_RECEIVED})",
                (reader, str_of_time(day), None, oldest(database)),
            )
