"""Source health: the last read of each source, and since when it fails."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from digest.model.states import SourceState
from digest.store.codec import day_of, moment_of, str_of_time, time_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from digest.model.states import PartState
    from digest.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """Result of the last read of one source."""

    name: str
    state: SourceState
    papers: int
    error: str
    read: datetime
    last_ok: datetime | None
    last_day: date | None
    """The last local day on which it was read successfully."""
    failing_since: datetime | None
    not_before: datetime | None
    """It asked to be left alone until then."""
    read_until: Mapping[str, date] = field(default_factory=dict)
    """The last batch read of each part, such as an arXiv category."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The health of every source that was ever read."""

    database: Database

    def record(
        self,
        name: str,
        *,
        state: SourceState,
        day: date,
        papers: int = 0,
        error: str = "",
        not_before: datetime | None = None,
    ) -> None:
        """Keep how a source fared on a local day.

        Only ok and quiet count as read: after stale the same day is asked for again.
        """
        now = str_of_time(self.database.now())
        read = state in (SourceState.OK, SourceState.QUIET)
        with self.database.transaction() as write:
            write.execute(
                "INSERT INTO source (name, state, papers, error, read, last_ok, last_day,"
                " failing_since, not_before) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (name) DO UPDATE SET state = excluded.state,"
                " papers = excluded.papers, error = excluded.error, read = excluded.read,"
                " last_ok = coalesce(excluded.last_ok, last_ok),"
                " last_day = coalesce(excluded.last_day, last_day),"
                " not_before = excluded.not_before,"
                " failing_since = CASE WHEN excluded.failing_since IS NULL THEN NULL"
                " ELSE coalesce(failing_since, excluded.failing_since) END",
                (
                    name,
                    state,
                    papers,
                    error,
                    now,
                    now if read else None,
                    str_of_time(day) if read else None,
                    now if state is SourceState.FAILED else None,
                    str_of_time(not_before) if not_before else None,
                ),
            )

    def all(self) -> Mapping[str, SourceHealth]:
        """Return every source by its name."""
        rows = self.database.rows("SELECT * FROM source ORDER BY name")
        read_until = self._read_until()
        return {
            row["name"]: SourceHealth(
                name=row["name"],
                state=SourceState(row["state"]),
                papers=row["papers"],
                error=row["error"],
                read=moment_of(row["read"]),
                last_ok=time_of(row["last_ok"]),
                last_day=day_of(row["last_day"]),
                failing_since=time_of(row["failing_since"]),
                not_before=time_of(row["not_before"]),
                read_until=read_until.get(row["name"], {}),
            )
            for row in rows
        }

    def record_parts(self, name: str, parts: Iterable[tuple[str, PartState, date | None]]) -> None:
        """Store the state of each part of a source; a known "read until" never goes back."""
        with self.database.transaction() as write:
            for part, state, until in parts:
                write.execute(
                    "INSERT INTO source_part (source, part, state, read_until) VALUES (?, ?, ?, ?)"
                    " ON CONFLICT (source, part) DO UPDATE SET state = excluded.state, read_until ="
                    " max(coalesce(excluded.read_until, ''), coalesce(read_until, ''))",
                    (name, part, state, str_of_time(until) if until else None),
                )

    def _read_until(self) -> dict[str, dict[str, date]]:
        found: dict[str, dict[str, date]] = {}
        for row in self.database.rows("SELECT source, part, read_until FROM source_part"):
            if until := day_of(row["read_until"]):
                found.setdefault(row["source"], {})[row["part"]] = until
        return found

    def forget(self, keep: set[str]) -> None:
        """Forget the sources that are not among `keep`: they left the config."""
        with self.database.transaction() as write:
            for name in set(self.all()) - keep:
                write.execute("DELETE FROM source WHERE name = ?", (name,))
                write.execute("DELETE FROM source_part WHERE source = ?", (name,))
