"""Preview session: ranks and renders for each change, and fetches only if the sources change.

FetchResult papers are kept, so that a changed interest costs one ranking and one rendering. While a
config or template is broken, the last good digest stays, with the problem beside it.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from threading import Lock
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar

from digest.app import preferences
from digest.app.paper_lookup import fetch_named
from digest.app.pipeline.fetch import fetch
from digest.app.pipeline.pipeline import draft
from digest.app.pipeline.rendering import add_pictures
from digest.app.pipeline.request import DigestRequest
from digest.cli.preview.broadcast import Broadcast
from digest.cli.preview.state import PageState
from digest.email.feedback import Verb
from digest.model.errors import ConfigError, DigestError
from digest.model.profile import Profile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future
    from datetime import date, datetime

    from digest.app.pipeline.request import Draft
    from digest.app.runtime import Runtime
    from digest.config import Config, Reader
    from digest.model.errors import Problem
    from digest.sources import FetchResult, Source
    from digest.store import Vote

log = logging.getLogger(__name__)

Result = TypeVar("Result")

VERBS: Mapping[str, Verb] = {"like": Verb.MORE, "dislike": Verb.LESS}


class UnknownPaper(DigestError):
    """Vote on a paper that is not on the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedSources:
    """Papers of the sources for each reader's day."""

    at: datetime
    sources: tuple[Source, ...] = ()
    fetched: Mapping[date, tuple[FetchResult, ...]] = field(default_factory=dict)


class PreviewSession:
    """State of one preview; thread-safe."""

    def __init__(
        self,
        config: Config,
        runtime: Runtime,
        *,
        load: Callable[[], Config],
        day: date | None = None,
        first: str = "",
    ) -> None:
        """Begin with `config`; `load` reads it again.

        `day` is an explicit day; `first` is the reader shown by default.
        """
        self.broadcast = Broadcast()
        self.config = config
        self._runtime = runtime
        self._load = load
        self._asked = day
        self._first = first
        self._fetched = FetchedSources(at=runtime.now())
        self._states: dict[str, PageState] = {}
        self._refused = ""
        self._unread = ""
        self._busy = ""
        self._version = runtime.store.database.version
        self._lock = Lock()
        self._fetcher = ThreadPoolExecutor(max_workers=1, thread_name_prefix="preview-fetch")

    def state(self, name: str = "") -> PageState:
        """Return the state of the reader of that name, else of the first."""
        with self._lock:
            reader = self._reader(name)
            epoch, kept = self.broadcast.epoch, self._states.get(reader.name)
            if kept is None or kept.epoch != epoch:
                kept = self._states[reader.name] = self._draw(reader, epoch, kept)
            return kept

    def reload(self) -> Future[None]:
        """Reload the config, and fetch only if its sources changed.

        Returns a future that is done once the sources match the config.
        """
        config, self._refused = _tried(self._load)
        self.config = config or self.config
        self.broadcast.publish()
        return self._fetcher.submit(self._catch_up)

    def look(self) -> None:
        """Publish a change if another process voted, such as `digest like` in a terminal."""
        taught, _ = _tried(self._taught_elsewhere)
        if taught:
            self.broadcast.publish()

    def fetch_soon(self) -> Future[None]:
        """Fetch in the background; the last papers stay until the future is done."""
        return self._fetcher.submit(self.fetch)

    def fetch(self) -> None:
        """Fetch the sources."""
        config, at = self.config, self._runtime.now()
        self._say(f"Reading {', '.join(source.name for source in config.sources)}")
        days = {self._day(reader, at) for reader in config.readers}
        fetched, self._unread = _tried(lambda: {day: self._gathered(config, day) for day in days})
        if fetched is not None:
            self._fetched = FetchedSources(at=at, sources=config.sources, fetched=fetched)
        self._say("")

    def warm_soon(self) -> None:
        """Load the reference corpus in the background, so that the first like is fast."""

        def warm() -> None:
            papers = [row.ranked.paper for row in self.state().rows[:1]]
            self._runtime.ranker.rank(papers, Profile(liked=papers))

        self._fetcher.submit(warm)

    def teach(self, name: str, paper_id: str, verb: str) -> None:
        """Record a like or dislike of a paper; the verb "" removes it.

        Raises UnknownPaper for a paper that is not on the page, StateError.
        """
        shown = self.state(name)
        found = [row.ranked.paper for row in shown.rows if row.ranked.paper.id == paper_id]
        given = [vote.paper for vote in shown.votes if vote.paper.id == paper_id]
        if not found and not given:
            raise UnknownPaper(f"{paper_id} is not among the papers of the day")
        paper = (found or given)[0]
        reader = self._reader(name)
        if verb in VERBS:
            preferences.vote(reader, [paper], VERBS[verb], self._runtime)
        else:
            self._runtime.store.votes.take_back(reader.name, paper)
        self.broadcast.publish()

    def stop(self) -> None:
        """Stop new work and close the event streams."""
        self._runtime.stop.set()
        self.broadcast.close()

    def close(self) -> None:
        """Stop, and wait for running work."""
        self.stop()
        self._fetcher.shutdown(wait=True, cancel_futures=True)

    def _reader(self, name: str) -> Reader:
        """Return the reader of that name, or the first if it was removed."""
        readers = {reader.name: reader for reader in self.config.readers}
        return readers.get(name or self._first, self.config.readers[0])

    def _catch_up(self) -> None:
        """Fetch if the current config needs it; changes already undone cost nothing."""
        if not self._read() and not self._runtime.stop.is_set():
            self.fetch()

    def _day(self, reader: Reader, at: datetime) -> date:
        return self._asked or at.astimezone(reader.schedule.zone).date()

    def _read(self) -> bool:
        """Return whether the current config's sources and days have been fetched."""
        wanted = {self._day(reader, self._fetched.at) for reader in self.config.readers}
        same_sources = self._fetched.sources == self.config.sources
        return same_sources and wanted <= self._fetched.fetched.keys()

    def _gathered(self, config: Config, day: date) -> tuple[FetchResult, ...]:
        firsts = (DigestRequest(reader=reader, day=day).first_day for reader in config.readers)
        since = next((first for first in firsts if first), None)
        asked = self._asked is not None
        keys = (key for reader in config.readers for key in reader.paper_ids)
        fetch_named(keys, self._runtime)
        return fetch(config.sources, self._runtime, day, asked=asked, since=since, record=False)

    def _taught_elsewhere(self) -> bool:
        before, self._version = self._version, self._runtime.store.database.version
        votes, drawn = self._runtime.store.votes.of, tuple(self._states.items())
        return before != self._version and any(votes(name) != was.votes for name, was in drawn)

    def _say(self, busy: str) -> None:
        self._busy = busy
        self.broadcast.publish()

    def _draw(self, reader: Reader, epoch: int, before: PageState | None) -> PageState:
        began = perf_counter()
        shown = before or PageState(epoch=epoch, reader=reader.name, readers=())
        seen, problem = _tried(lambda: self._seen(reader))
        if seen is not None:
            made, votes = seen
            problem = str(made.message.problem or "")
            good = shown.draft if problem and shown.draft else made
            shown = replace(shown, draft=good, votes=votes)
        return replace(
            shown,
            epoch=epoch,
            readers=tuple(one.name for one in self.config.readers),
            problem=self._refused or self._unread or problem,
            notes=tuple(map(str, (*self.config.warnings, *_undelivered(self.config)))),
            busy=self._busy,
            seconds=perf_counter() - began,
        )

    def _seen(self, reader: Reader) -> tuple[Draft, tuple[Vote, ...]]:
        reading = self._fetched
        day = self._day(reader, reading.at)  # midnight must not empty the page
        request = DigestRequest(reader=reader, day=day, explicit_day=self._asked is not None)
        fetched = reading.fetched.get(day, ())
        made = add_pictures(draft(request, fetched, self.config, self._runtime), self._runtime)
        return made, self._runtime.store.votes.of(reader.name)


def _undelivered(config: Config) -> tuple[Problem, ...]:
    """Return the delivery problems; the page works without delivery."""
    try:
        config.require_transport()
    except ConfigError as error:
        return error.problems
    return ()


def _tried(work: Callable[[], Result]) -> tuple[Result | None, str]:
    """Return the result of `work`, or its error: the page must survive our own bugs too."""
    try:
        return work(), ""
    except DigestError as error:
        return None, f"{error}\n  = {error.hint}" if error.hint else str(error)
    except Exception as error:
        log.exception("event=preview-failed")
        return None, f"digest itself failed: {type(error).__name__}: {error}"
