"""Key-value table: small facts that need no table of their own, and the installation's secret."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.store.codec import str_of_time

if TYPE_CHECKING:
    from digest.store.database import Database

_SECRET = "feedback-key"  # noqa: S105  # the key of the row, not what is in it


@dataclass(frozen=True, slots=True)
class KeyValue:
    """Texts by key."""

    database: Database

    def get(self, key: str) -> str:
        """Return the value of a key, "" where there is none."""
        found = self.database.rows("SELECT value FROM note WHERE key = ?", (key,))
        return found[0]["value"] if found else ""

    def put(self, key: str, value: str) -> bool:
        """Store a value; False where it was the same already."""
        with self.database.transaction() as write:
            changed = write.execute(
                "INSERT INTO note (key, value, at) VALUES (?, ?, ?) ON CONFLICT (key)"
                " DO UPDATE SET value = excluded.value, at = excluded.at"
                " WHERE value <> excluded.value",
                (key, value, str_of_time(self.database.now())),
            )
        return bool(changed.rowcount)

    def drop(self, key: str) -> bool:
        """Delete a key; False where there was none."""
        with self.database.transaction() as write:
            gone = write.execute("DELETE FROM note WHERE key = ?", (key,))
        return bool(gone.rowcount)

    def secret(self) -> bytes:
        """Return the 32 random bytes of this installation, made once; they sign feedback links."""
        if kept := self.get(_SECRET):
            return bytes.fromhex(kept)
        with self.database.transaction():
            if not self.get(_SECRET):
                self.put(_SECRET, secrets.token_hex(32))
            return bytes.fromhex(self.get(_SECRET))
