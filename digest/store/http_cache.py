"""HTTP cache: validators and body by URL, for conditional requests."""

from __future__ import annotations

import zlib
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.model.http_cache import Cached
from digest.store.codec import str_of_time

if TYPE_CHECKING:
    import sqlite3

    from digest.store.database import Database

KEPT = timedelta(days=14)


class HttpCache:
    """Answers kept by address; a new one is written only with the papers that came of it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._fresh: dict[str, Cached] = {}

    def get(self, url: str) -> Cached | None:
        """Return what is kept of an address, as it was when the last papers were remembered."""
        found = self._database.rows("SELECT * FROM cache WHERE url = ?", (url,))
        return next(
            (
                Cached(
                    etag=row["etag"],
                    last_modified=row["last_modified"],
                    body=zlib.decompress(row["body"]),
                    content_type=row["content_type"],
                )
                for row in found
            ),
            None,
        )

    def put(self, url: str, cached: Cached) -> None:
        """Lay an answer aside until the papers read from it are remembered."""
        self._fresh[url] = cached

    def save(self, write: sqlite3.Connection) -> None:
        """Write what was laid aside, as a part of the caller's transaction."""
        now = str_of_time(self._database.now())
        fresh, self._fresh = self._fresh, {}
        write.executemany(
            "INSERT OR REPLACE INTO cache (url, etag, last_modified, content_type, body, saved)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [
                (
                    url,
                    kept.etag,
                    kept.last_modified,
                    kept.content_type,
                    zlib.compress(kept.body),
                    now,
                )
                for url, kept in fresh.items()
            ],
        )

    def prune(self) -> None:
        """Drop what was not renewed for 14 days."""
        with self._database.transaction() as write:
            write.execute(
                "DELETE FROM cache WHERE saved < ?", (str_of_time(self._database.now() - KEPT),)
            )
