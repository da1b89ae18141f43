"""Alerts: problems to report in `status` until resolved, and once in the next digest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.store.codec import str_of_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from digest.store.database import Database

_ONCE = "key LIKE 'event:%' AND notified IS NOT NULL"
"""SQL condition of an event that was reported: it happened once and cannot be resolved."""


@dataclass(frozen=True, slots=True)
class Alerts:
    """Alerts by key, one text each."""

    database: Database

    def add(self, key: str, text: str) -> bool:
        """Raise an alert; True only where its text is new, so that it is logged once."""
        with self.database.transaction() as write:
            write.execute(f"DELETE FROM alert WHERE key = ? AND {_ONCE}", (key,))  # noqa: S608  # a constant
            changed = write.execute(
                "INSERT INTO alert (key, text, raised) VALUES (?, ?, ?) ON CONFLICT (key)"
                " DO UPDATE SET text = excluded.text, raised = excluded.raised"
                " WHERE text <> excluded.text",
                (key, text, str_of_time(self.database.now())),
            )
        return bool(changed.rowcount)

    def resolve(self, key: str) -> bool:
        """End an alert; False where there was none."""
        with self.database.transaction() as write:
            gone = write.execute("DELETE FROM alert WHERE key = ?", (key,))
        return bool(gone.rowcount)

    def active(self) -> Mapping[str, str]:
        """Return the unresolved alerts, the oldest first, without events already reported."""
        return self._where(f"NOT ({_ONCE})")

    def unnotified(self, since: datetime | None = None) -> Mapping[str, str]:
        """Return the alerts that no digest reported, or only digests composed from `since` on."""
        begun = str_of_time(since) if since else "~"
        return self._where("notified IS NULL OR notified >= ?", begun)

    def mark_notified(self, keys: Iterable[str]) -> None:
        """Record that a digest reports these alerts; an `event:…` alert ends with that."""
        now = str_of_time(self.database.now())
        with self.database.transaction() as write:
            write.executemany(
                "UPDATE alert SET notified = ? WHERE key = ?", [(now, key) for key in keys]
            )

    def _where(self, condition: str, *values: str) -> dict[str, str]:
        rows = self.database.rows(
            f"SELECT key, text FROM alert WHERE {condition} ORDER BY raised, key",  # noqa: S608  # conditions of our own
            values,
        )
        return {row["key"]: row["text"] for row in rows}
