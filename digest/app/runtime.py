"""Runtime: the store, network, ranker, clock and stop event that the pipeline is given."""

from __future__ import annotations

import logging
import os
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from digest.config import Config
    from digest.ranking.ranker import Ranker
    from digest.sources.http import Http
    from digest.store import Store


FIELD_DAYS = timedelta(days=60)
FIELD_PAPERS = 1_500
"""Number of recent papers that likes are compared with."""


def utc_now() -> datetime:
    """Return the time, aware UTC."""
    return datetime.now(UTC)


log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """Dependencies of the pipeline on the outside, handed in so that tests can replace them."""

    store: Store
    http: Http
    ranker: Ranker
    now: Callable[[], datetime] = utc_now
    stop: threading.Event = field(default_factory=threading.Event)
    """Set when the process should end: nothing new is begun."""


@contextmanager
def opened(
    config: Config,
    *,
    now: Callable[[], datetime] = utc_now,
    stop: threading.Event | None = None,
    alone: bool = False,
    offline: bool = False,
) -> Iterator[Runtime]:
    """Open the runtime of a config and close it again; raise StateError.

    `alone` says that the caller holds the lock of the state folder. Offline, every request fails
    at once.
    """
    from digest.config.addresses import bare_address
    from digest.ranking.embeddings import sentence_transformer
    from digest.ranking.ranker import Ranker
    from digest.sources.http import Http, Limits
    from digest.store import Store

    stop = stop or threading.Event()
    token = os.environ.get("HF_TOKEN", "")
    with Store.open(config.storage, now=now, alone=alone) as store:
        _note_opening(store)
        store.keyvalue.secret()  # made here, so that a draft only reads it
        note_readers(store, config)
        yield Runtime(
            store=store,
            http=Http(
                cache=store.cache,
                limits=Limits(request=0.0, source=0.0) if offline else None,
                contact=bare_address(config.readers[0].email.sender),
                tokens={"https://huggingface.co": token} if token else {},
                now=now,
                sleep=stop.wait,
                stopped=stop.is_set,
            ),
            ranker=Ranker(
                embedder=sentence_transformer(name) if (name := config.embeddings) else None,
                field=lambda: store.papers.since(now() - FIELD_DAYS)[-FIELD_PAPERS:],
            ),
            now=now,
            stop=stop,
        )


def viewpoint(store: Store) -> str:
    """Return from where likes are seen, in a clause."""
    from digest.ranking.likes.reference import MIN_RECENT_PAPERS

    known = min(store.papers.count_since(store.now() - FIELD_DAYS), FIELD_PAPERS)
    if known >= MIN_RECENT_PAPERS:
        return f"likes are seen from the {known:,} papers fetched last"
    return (
        f"likes are seen from its archive until {MIN_RECENT_PAPERS} papers were fetched "
        f"({known} so far)"
    )


def note_readers(store: Store, config: Config) -> None:
    """Record the readers' names, so that history and a stop follow a renamed file."""
    addresses = {reader.name: reader.email.to for reader in config.readers}
    for former, name in store.readers.update(addresses):
        log.info("event=reader-renamed former=%r name=%r", former, name)


def _note_opening(store: Store) -> None:
    """Raise an alert for events at opening the database, once where they repeat.

    The command that opens it prints them, so the log does not.
    """
    from digest.app.alerts import LONGEST, OPENED
    from digest.model.text import clean

    text = "; ".join(store.told)
    if store.keyvalue.put("opened", text) and text:
        store.alerts.add(OPENED, clean(text, LONGEST))
