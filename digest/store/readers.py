"""Readers' names: history, votes and pauses follow a reader whose name changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.store.keyvalue import KeyValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from digest.store.database import Database

_TABLES = ("digest", "sent", "passed", "message", "vote", "pause")
"""Tables with a column `reader`."""
_ADDRESS = "reader-of:"
_FORMER = "reader-was:"


@dataclass(frozen=True, slots=True)
class ReaderNames:
    """Names of the readers by their addresses, and their former names."""

    database: Database

    def update(self, addresses: Mapping[str, Iterable[str]]) -> tuple[tuple[str, str], ...]:
        """Record the current readers and return the (former, current) names of the renamed ones.

        A reader with a new name is known by an address that no other reader has, provided that
        the former name is no reader's any more.
        """
        keyvalue, renamed = KeyValue(self.database), []
        owners: dict[str, set[str]] = {}
        for name, own in addresses.items():
            for address in own:
                owners.setdefault(address.casefold(), set()).add(name)
        for address, names in owners.items():
            if len(names) > 1:
                continue
            (name,) = names
            former = keyvalue.get(_ADDRESS + address) or self._last_recipient(address)
            if former and former != name and former not in addresses:
                self.rename(former, name)
                renamed.append((former, name))
            if former != name:
                keyvalue.put(_ADDRESS + address, name)
        return tuple(dict.fromkeys(renamed))

    def _last_recipient(self, address: str) -> str:
        """Return the reader whom the newest message to an address was for, or ""."""
        found = self.database.rows(
            "SELECT reader FROM message JOIN delivery ON delivery.message = message.id"
            " WHERE lower(recipient) = ? ORDER BY composed DESC LIMIT 1",
            (address,),
        )
        return str(found[0]["reader"]) if found else ""

    def rename(self, former: str, name: str) -> None:
        """Give all that is stored under one name to another; what that has already stays."""
        with self.database.transaction() as write:
            for table in _TABLES:
                statement = f"UPDATE OR IGNORE {table} SET reader = ? WHERE reader = ?"  # noqa: S608  # constants
                write.execute(statement, (name, former))
            write.execute(
                "UPDATE note SET value = ? WHERE value = ? AND (key LIKE ? OR key LIKE ?)",
                (name, former, f"{_FORMER}%", f"{_ADDRESS}%"),
            )
        KeyValue(self.database).put(_FORMER + former, name)

    def former(self) -> dict[str, str]:
        """Return the current name by each former one, for links in old digests."""
        rows = self.database.rows("SELECT key, value FROM note WHERE key LIKE ?", (f"{_FORMER}%",))
        return {row["key"].removeprefix(_FORMER): row["value"] for row in rows}
