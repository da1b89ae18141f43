"""Small things to remember by name: what was told already, and the key that signs feedback."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.store.codec import str_of_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from digest.store.database import Database

_SECRET = "feedback-key"  # noqa: S105  # the name of the note, not what is in it
_ALERT = "alert:"
_TOLD = "told:"
_EVENT = "event:"


@dataclass(frozen=True, slots=True)
class Notes:
    """Texts by key."""

    database: Database

    def get(self, key: str) -> str:
        """Return a note, "" where there is none."""
        found = self.database.rows("SELECT value FROM note WHERE key = ?", (key,))
        return found[0]["value"] if found else ""

    def put(self, key: str, value: str) -> bool:
        """Keep a note; False where it said the same already."""
        with self.database.transaction() as write:
            changed = write.execute(
                "INSERT INTO note (key, value, at) VALUES (?, ?, ?) ON CONFLICT (key)"
                " DO UPDATE SET value = excluded.value, at = excluded.at"
                " WHERE value <> excluded.value",
                (key, value, str_of_time(self.database.now())),
            )
        return bool(changed.rowcount)

    def drop(self, key: str) -> bool:
        """Forget a note; False where there was none."""
        with self.database.transaction() as write:
            gone = write.execute("DELETE FROM note WHERE key = ?", (key,))
        return bool(gone.rowcount)

    def alert(self, key: str, text: str) -> bool:
        """Raise an alert until it is settled; True only when it is new, so that it is told once."""
        if self._is_over(key):
            self.settle(key)
        return self.put(_ALERT + key, text)

    def settle(self, key: str) -> bool:
        """End an alert; False where there was none."""
        self.drop(_TOLD + key)
        return self.drop(_ALERT + key)

    def alerts(self) -> Mapping[str, str]:
        """Return the alerts that are not settled, the oldest first; no event that was told."""
        return {key: text for key, text in self._raised().items() if not self._is_over(key)}

    def untold(self, since: datetime | None = None) -> Mapping[str, str]:
        """Return the alerts that no mail has told, or none but those made from `since` on."""
        begun = str_of_time(since) if since else "~"
        return {
            key: text
            for key, text in self._raised().items()
            if not (told := self.get(_TOLD + key)) or told >= begun
        }

    def told(self, keys: Iterable[str]) -> None:
        """Keep that a mail tells of these alerts; `event:…`, which nobody can mend, ends by it."""
        for key in keys:
            self.put(_TOLD + key, str_of_time(self.database.now()))

    def _raised(self) -> dict[str, str]:
        rows = self.database.rows(
            "SELECT key, value FROM note WHERE key LIKE ? ORDER BY at, key", (f"{_ALERT}%",)
        )
        return {row["key"].removeprefix(_ALERT): row["value"] for row in rows}

    def _is_over(self, key: str) -> bool:
        return key.startswith(_EVENT) and bool(self.get(_TOLD + key))

    def secret(self) -> bytes:
        """Return the 32 random bytes that sign feedback; they are made once."""
        with self.database.transaction():
            if not self.get(_SECRET):
                self.put(_SECRET, secrets.token_hex(32))
            return bytes.fromhex(self.get(_SECRET))
