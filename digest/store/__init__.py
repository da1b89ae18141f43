"""Store: papers, votes, digests, the outbox and source health, in one SQLite file.

The tables of a `Store` share one connection; related rows are written in one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from digest.store.alerts import Alerts
from digest.store.digests import Digests, Mail, Sent
from digest.store.group_commit import GroupCommit
from digest.store.http_cache import HttpCache
from digest.store.keyvalue import KeyValue
from digest.store.lock import DAEMON, held, lock
from digest.store.outbox import CUT_OFF, Attempt, Outbox, Outcome, QueuedMessage
from digest.store.papers import Papers
from digest.store.readers import ReaderNames
from digest.store.recovery import back_up, open_folder, todays_backup
from digest.store.returned import Returned
from digest.store.source_health import SourceHealth, Sources
from digest.store.votes import Verb, Vote, Votes

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from digest.store.database import Database

__all__ = [
    "CUT_OFF",
    "DAEMON",
    "Alerts",
    "Attempt",
    "KeyValue",
    "Mail",
    "Outcome",
    "QueuedMessage",
    "Returned",
    "Sent",
    "SourceHealth",
    "Store",
    "Verb",
    "Vote",
    "held",
    "lock",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """Database of one state folder, by subject."""

    folder: Path
    database: Database
    papers: Papers
    digests: Digests
    outbox: Outbox
    votes: Votes
    readers: ReaderNames
    sources: Sources
    cache: HttpCache
    keyvalue: KeyValue
    alerts: Alerts
    told: tuple[str, ...]
    """What happened to the database when it was opened and the reader has to know."""

    @classmethod
    def open(cls, folder: Path, *, now: Callable[[], datetime], alone: bool = False) -> Self:
        """Open the memory of a folder, made where it is missing; raise StateError.

        `alone` says that the caller holds `lock(folder)`; otherwise it is taken where a lost or
        damaged database has to be replaced.
        """
        opened = open_folder(folder, now=now, alone=alone)
        database = opened.database
        cache = HttpCache(database)
        keyvalue = KeyValue(database)
        keyvalue.secret()  # made here, so that a draft, which keys Message-IDs, writes nothing
        return cls(
            folder=folder,
            database=database,
            papers=Papers(database, cache),
            digests=Digests(database),
            outbox=Outbox(database, GroupCommit(database)),
            votes=Votes(database),
            readers=ReaderNames(database),
            sources=Sources(database),
            cache=cache,
            keyvalue=keyvalue,
            alerts=Alerts(database),
            told=opened.told,
        )

    def now(self) -> datetime:
        """Return the time by the store's clock, aware UTC."""
        return self.database.now()

    @property
    def tidied(self) -> bool:
        """Return whether today's backup is made, and with it all that is done once a day."""
        return todays_backup(self.folder, self.database).exists()

    def tidy(self) -> None:
        """Delete expired rows, and make today's backup."""
        self.papers.prune()
        self.cache.prune()
        self.outbox.prune()
        back_up(self.folder, self.database)

    def close(self) -> None:
        """Close the database."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
