"""Votes of readers on papers, and their pauses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from digest.model.identity import same
from digest.store.codec import day_of, from_json, moment_of, str_of_time, to_json

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from digest.model.paper import Paper
    from digest.store.database import Database

Verb = Literal["like", "dislike"]
_LAST = "last-vote:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """One judgement of a reader; the paper is kept whole, for ever."""

    paper: Paper
    verb: Verb
    interest: str = ""
    """The interest it is an example of, "" for none in particular."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Votes:
    """Likes, dislikes and pauses of each reader."""

    database: Database

    def vote_on(
        self, papers: Iterable[Paper], reader: str, verb: Verb, interest: str = ""
    ) -> tuple[bool, ...]:
        """Keep one judgement on each of many papers, all or none; False for each that is no news.

        A library has thousands: what was said before is read once.
        """
        now = str_of_time(self.database.now())
        with self.database.transaction() as write:
            said = _LastWords(self._all(reader))
            fresh = []
            for paper in papers:
                before = said.of(paper)
                fresh.append(before is None or (before.verb, before.interest) != (verb, interest))
                if fresh[-1]:
                    said.add(
                        Vote(paper=paper, verb=verb, interest=interest, at=self.database.now())
                    )
                    write.execute(
                        "INSERT INTO vote (reader, verb, interest, body, at)"
                        " VALUES (?, ?, ?, ?, ?)",
                        (reader, verb, interest, to_json(paper), now),
                    )
            # A command that changed nothing is the last one, too: its undo must not reach further.
            write.execute(
                "INSERT OR REPLACE INTO note (key, value, at) VALUES (?, ?, ?)",
                (f"{_LAST}{reader}", now, now),
            )
        return tuple(fresh)

    def of(self, reader: str) -> tuple[Vote, ...]:
        """Return a reader's last word on each paper, in the order they were given."""
        return _LastWords(self._all(reader)).all

    def undo(self, reader: str) -> tuple[Vote, ...]:
        """Take back what was said last, all that was said in one breath; return it, newest first.

        A library of thousands is one breath.
        """
        with self.database.transaction() as write:
            rows = write.execute(
                "SELECT * FROM vote WHERE reader = :reader AND at = coalesce("
                " (SELECT value FROM note WHERE key = :last),"
                " (SELECT at FROM vote WHERE reader = :reader ORDER BY id DESC LIMIT 1))"
                " ORDER BY id DESC",
                {"reader": reader, "last": f"{_LAST}{reader}"},
            ).fetchall()
            write.execute("DELETE FROM note WHERE key = ?", (f"{_LAST}{reader}",))
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
        """Return whether the reader wants no mail on that day."""
        return day < self.paused_until(reader)

    def paused_until(self, reader: str) -> date:
        """Return the first day on which mail is wanted again: date.min always, date.max never."""
        found = self.database.rows("SELECT until FROM pause WHERE reader = ?", (reader,))
        days = [day_of(row["until"]) or date.max for row in found]
        return days[0] if days else date.min

    def _all(self, reader: str) -> tuple[Vote, ...]:
        rows = self.database.rows("SELECT * FROM vote WHERE reader = ? ORDER BY id", (reader,))
        return tuple(_vote(row) for row in rows)


class _LastWords:
    """The last vote on each paper, found by any key of it."""

    def __init__(self, votes: Iterable[Vote]) -> None:
        self._votes: dict[int, Vote] = {}
        self._by_key: dict[str, set[int]] = {}
        self._next = 0
        for vote in votes:
            self.add(vote)

    @property
    def all(self) -> tuple[Vote, ...]:
        return tuple(self._votes.values())

    def of(self, paper: Paper) -> Vote | None:
        return next((self._votes[n] for n in self._alike(paper)), None)

    def add(self, vote: Vote) -> None:
        for n in self._alike(vote.paper):
            del self._votes[n]
        self._votes[self._next] = vote
        for key in vote.paper.keys:
            self._by_key.setdefault(key, set()).add(self._next)
        self._next += 1

    def _alike(self, paper: Paper) -> list[int]:
        near = {n for key in paper.keys for n in self._by_key.get(key, ()) if n in self._votes}
        return [n for n in sorted(near) if same(self._votes[n].paper.keys, paper.keys)]


def _vote(row: sqlite3.Row) -> Vote:
    return Vote(
        paper=from_json(row["body"]),
        verb="like" if row["verb"] == "like" else "dislike",
        interest=row["interest"],
        at=moment_of(row["at"]),
    )
