"""What a reader said of papers, and when they want no mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from digest.paper import Paper, same
from digest.store.codec import from_json, str_of_time, to_json

if TYPE_CHECKING:
    import sqlite3

    from digest.store.database import Database

Verb = Literal["like", "dislike"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """One judgement of a reader; the paper is kept whole, for ever."""

    paper: Paper
    verb: Verb
    interest: str = ""
    """The interest it is an example of, "" for none in particular."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Taste:
    """What each reader taught."""

    database: Database

    def vote(self, reader: str, paper: Paper, verb: Verb, interest: str = "") -> bool:
        """Keep a judgement; False where the reader's last word on that paper was the same."""
        with self.database.transaction() as write:
            for vote in self.votes(reader):
                alike = (vote.verb, vote.interest) == (verb, interest)
                if alike and same(vote.paper.keys, paper.keys):
                    return False
            write.execute(
                "INSERT INTO vote (reader, verb, interest, body, at) VALUES (?, ?, ?, ?, ?)",
                (reader, verb, interest, to_json(paper), str_of_time(self.database.now())),
            )
        return True

    def votes(self, reader: str) -> tuple[Vote, ...]:
        """Return a reader's last word on each paper, in the order they were given."""
        last: list[Vote] = []
        for vote in self._all(reader):
            last = [v for v in last if not same(v.paper.keys, vote.paper.keys)]
            last.append(vote)
        return tuple(last)

    def undo(self, reader: str, count: int = 1) -> tuple[Vote, ...]:
        """Take back the last judgements and return them, the newest first."""
        with self.database.transaction() as write:
            rows = write.execute(
                "SELECT * FROM vote WHERE reader = ? ORDER BY id DESC LIMIT ?", (reader, count)
            ).fetchall()
            write.executemany("DELETE FROM vote WHERE id = ?", [(row["id"],) for row in rows])
        return tuple(_vote(row) for row in rows)

    def take_back(self, reader: str, paper: Paper) -> bool:
        """Forget all that a reader said of one paper; False where that was nothing."""
        with self.database.transaction() as write:
            rows = write.execute("SELECT * FROM vote WHERE reader = ?", (reader,)).fetchall()
            mine = [(row["id"],) for row in rows if same(_vote(row).paper.keys, paper.keys)]
            write.executemany("DELETE FROM vote WHERE id = ?", mine)
        return bool(mine)

    def pause(self, reader: str, until: date | None) -> None:
        """Send nothing before the day `until`; None stops until `resume`."""
        with self.database.transaction() as write:
            write.execute(
                "INSERT OR REPLACE INTO pause (reader, until) VALUES (?, ?)",
                (reader, str_of_time(until) if until else None),
            )

    def resume(self, reader: str) -> None:
        """End a pause or a stop."""
        with self.database.transaction() as write:
            write.execute("DELETE FROM pause WHERE reader = ?", (reader,))

    def paused(self, reader: str, day: date) -> bool:
        """Tell whether the reader wants no mail on that day."""
        found = self.database.rows("SELECT until FROM pause WHERE reader = ?", (reader,))
        return any(row["until"] is None or str_of_time(day) < row["until"] for row in found)

    def _all(self, reader: str) -> tuple[Vote, ...]:
        rows = self.database.rows("SELECT * FROM vote WHERE reader = ? ORDER BY id", (reader,))
        return tuple(_vote(row) for row in rows)


def _vote(row: sqlite3.Row) -> Vote:
    return Vote(
        paper=from_json(row["body"]),
        verb="like" if row["verb"] == "like" else "dislike",
        interest=row["interest"],
        at=datetime.fromisoformat(row["at"]),
    )
