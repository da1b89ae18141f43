"""The papers that were seen: one row each, however many sources and names it came under."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from digest.model.identity import identity, same
from digest.model.merging import merge
from digest.store.codec import from_json, moment_of, str_of_time, to_json

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from digest.model.paper import Paper
    from digest.store.database import Database
    from digest.store.http_cache import HttpCache

FORGOTTEN_AFTER = timedelta(days=60)
"""Papers that no source has shown for so long are dropped."""
MOST_KEPT = 20_000
"""So many papers that were not sent are kept, those seen last: of 700 a day four weeks, 50 MB."""
LATELY = timedelta(days=7)
SENT_KEPT = timedelta(days=365)
"""Papers that were sent are kept so long, for votes on an old mail; their keys for ever."""
MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class Papers:
    """Papers by their identities."""

    database: Database
    cache: HttpCache

    def remember(self, papers: Iterable[Paper]) -> None:
        """Keep papers, each united with what is known of it already.

        The HTTP cache is saved in the same transaction: an ETag is kept only with the papers
        that were read from its page.
        """
        now = str_of_time(self.database.now())
        with self.database.transaction() as write:
            for paper in papers:
                _unite(write, paper, now)
            self.cache.save(write)

    def since(self, moment: datetime) -> tuple[Paper, ...]:
        """Return the papers first seen at `moment` or later, in the order they were seen."""
        found = self.database.rows(
            "SELECT body FROM paper WHERE first_seen >= ? ORDER BY first_seen, id",
            (str_of_time(moment),),
        )
        return tuple(from_json(row["body"]) for row in found)

    def count_since(self, moment: datetime) -> int:
        """Return how many papers were first seen at `moment` or later."""
        (row,) = self.database.rows(
            "SELECT COUNT(*) AS papers FROM paper WHERE first_seen >= ?", (str_of_time(moment),)
        )
        return int(row["papers"])

    def first_seen(self, keys: Iterable[str]) -> datetime | None:
        """Return when the first paper with one of these keys was seen, None where none was."""
        seen = [
            row["first_seen"]
            for key in keys
            for row in self.database.rows(
                "SELECT first_seen FROM paper JOIN paper_key ON paper = id WHERE key = ?", (key,)
            )
        ]
        return moment_of(min(seen)) if seen else None

    def find(self, text: str) -> tuple[Paper, ...]:
        """Return the papers with this id, link or DOI, else those with `text` in their title.

        The newest first, at most 20.
        """
        link = text.strip() if "://" in text else ""
        keys = (text.strip(), *identity(arxiv=text, doi=text, link=link, title=text))
        found: list[sqlite3.Row] = []
        for key in keys:
            found += self.database.rows(
                "SELECT id, body FROM paper JOIN paper_key ON paper = id WHERE key = ?", (key,)
            )
        if not found and text.strip():
            found = self.database.rows(
                "SELECT id, body FROM paper WHERE title LIKE ? ESCAPE '\\'"
                " ORDER BY first_seen DESC, id DESC LIMIT ?",
                (f"%{_literal(' '.join(text.split()))}%", MOST_FOUND),
            )
        bodies = {row["id"]: row["body"] for row in found}
        return tuple(from_json(body) for body in bodies.values())

    def prune(self, most: int = MOST_KEPT) -> None:
        """Drop papers that no source has shown for 60 days (a year where they were sent).

        Of those that were not sent only the `most` shown last are kept, and those of this week.
        """
        now = self.database.now()
        with self.database.transaction() as write:
            write.execute(
                "DELETE FROM paper WHERE touched < ? OR (touched < ? AND NOT EXISTS"
                " (SELECT 1 FROM sent WHERE sent.paper = paper.id))",
                (str_of_time(now - SENT_KEPT), str_of_time(now - FORGOTTEN_AFTER)),
            )
            write.execute(
                "DELETE FROM paper WHERE touched < ? AND id IN (SELECT id FROM paper"
                " WHERE NOT EXISTS (SELECT 1 FROM sent WHERE sent.paper = paper.id)"
                " ORDER BY touched DESC, id DESC LIMIT -1 OFFSET ?)",
                (str_of_time(now - LATELY), most),
            )


def row_of(write: sqlite3.Connection, paper: Paper, now: str) -> int:
    """Return the row of a paper, which is made where it is missing."""
    return _nearest(write, paper) or _unite(write, paper, now)


def rows_of(write: sqlite3.Connection, papers: Sequence[Paper], now: str) -> list[int]:
    """Return the rows of papers as `row_of` does; those that bear their id alone are found at once.

    For every reader of a day they are the same seven hundred.
    """
    known: dict[str, list[int]] = {}
    ids = json.dumps([paper.id for paper in papers])
    for key, row in write.execute(
        "SELECT key, paper FROM paper_key WHERE key IN (SELECT value FROM json_each(?))", (ids,)
    ):
        known.setdefault(key, []).append(row)
    alone = {key: rows[0] for key, rows in known.items() if len(rows) == 1}
    return [alone.get(paper.id) or row_of(write, paper, now) for paper in papers]


def _nearest(write: sqlite3.Connection, paper: Paper) -> int:
    ids, near = _ids(paper), _rows_like(write, paper)
    return max(near, key=lambda row: (len(ids & _ids(near[row])), -row), default=0)


def _rows_like(write: sqlite3.Connection, paper: Paper) -> dict[int, Paper]:
    """Return what is stored of this paper: more than one row where it unites what seemed two."""
    found: dict[int, Paper] = {}
    for key in paper.keys:
        for row in write.execute(
            "SELECT id, body FROM paper JOIN paper_key ON paper = id WHERE key = ?", (key,)
        ):
            stored = from_json(row["body"])
            if same(stored.keys, paper.keys):
                found[row["id"]] = stored
    return found


def _unite(write: sqlite3.Connection, paper: Paper, now: str) -> int:
    stored = _rows_like(write, paper)
    ids = _ids(paper)
    # It may share keys with two rows that contradict each other: it becomes a part of one only.
    whole = max(merge((*stored.values(), paper)), key=lambda p: len(ids & _ids(p)))
    mine = sorted(row for row, known in stored.items() if _ids(known) <= set(whole.keys))
    row = mine[0] if mine else 0
    values = (whole.id, whole.title, to_json(whole), now)
    if not row:
        cursor = write.execute(
            "INSERT INTO paper (identity, title, body, touched, first_seen) VALUES (?, ?, ?, ?, ?)",
            (*values, now),
        )
        row = cursor.lastrowid or 0
    else:
        write.execute(
            "UPDATE paper SET identity = ?, title = ?, body = ?, touched = ? WHERE id = ?",
            (*values, row),
        )
    for other in mine[1:]:
        _absorb(write, row, other)
    write.executemany(
        "INSERT OR IGNORE INTO paper_key (key, paper) VALUES (?, ?)",
        [(key, row) for key in whole.keys],
    )
    return row


def _ids(paper: Paper) -> set[str]:
    """Return the identities of a paper that stay its own whatever title it bears."""
    return {paper.id, *paper.aliases}


def _absorb(write: sqlite3.Connection, row: int, other: int) -> None:
    """Let `row` take the place of `other`, its birthday included."""
    write.execute(
        "UPDATE paper SET first_seen = min(first_seen, (SELECT first_seen FROM paper WHERE id = ?))"
        " WHERE id = ?",
        (other, row),
    )
    for table in ("passed", "sent"):
        write.execute(f"UPDATE OR IGNORE {table} SET paper = ? WHERE paper = ?", (row, other))  # noqa: S608  # two names of our own
    write.execute("DELETE FROM paper WHERE id = ?", (other,))


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
