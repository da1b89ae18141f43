"""Draws the digest as config, templates and taste are now; the network is asked only when it must.

What was fetched is kept, so that a changed interest costs a ranking and a rendering. While a
config or a template is broken, the last good digest stays, with the reason beside it.
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
    from digest.sources import Fetched, Source
    from digest.store import Vote

log = logging.getLogger(__name__)

Result = TypeVar("Result")

VERBS: Mapping[str, Verb] = {"like": Verb.MORE, "dislike": Verb.LESS}


class UnknownPaper(DigestError):
    """The page asked about a paper that it cannot have shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedSources:
    """What the sources gave, each day that some reader has."""

    at: datetime
    sources: tuple[Source, ...] = ()
    fetched: Mapping[date, tuple[Fetched, ...]] = field(default_factory=dict)


class PreviewSession:
    """One preview; any thread may ask it to draw, to read the files again, to fetch, to teach."""

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

        `day` is a day asked for by name; `first` is the reader shown where none is asked for.
        """
        self.broadcast = Broadcast()
        self.config = config
        self._world = runtime
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
        """Return what there is to see for the reader of that name, else for the first."""
        with self._lock:
            reader = self._reader(name)
            epoch, kept = self.broadcast.epoch, self._states.get(reader.name)
            if kept is None or kept.epoch != epoch:
                kept = self._states[reader.name] = self._draw(reader, epoch, kept)
            return kept

    def reload(self) -> Future[None]:
        """Read the config again, and the sources only where others are wanted now.

        Returns what is done once the sources are as wanted.
        """
        config, self._refused = _tried(self._load)
        self.config = config or self.config
        self.broadcast.publish()
        return self._fetcher.submit(self._catch_up)

    def look(self) -> None:
        """Ring where another process taught a reader who is shown: `digest like` in a terminal."""
        taught, _ = _tried(self._taught_elsewhere)
        if taught:
            self.broadcast.publish()

    def fetch_soon(self) -> Future[None]:
        """Read the sources again, meanwhile the last papers stay; return what is done then."""
        return self._fetcher.submit(self.fetch)

    def fetch(self) -> None:
        """Read the sources, and return when that is done."""
        config, at = self.config, self._world.now()
        self._say(f"Reading {', '.join(source.name for source in config.sources)}")
        days = {self._day(reader, at) for reader in config.readers}
        fetched, self._unread = _tried(lambda: {day: self._gathered(config, day) for day in days})
        if fetched is not None:
            self._fetched = FetchedSources(at=at, sources=config.sources, fetched=fetched)
        self._say("")

    def warm_soon(self) -> None:
        """Bring to mind what likes are compared with: the first like is then as quick as others."""

        def warm() -> None:
            papers = [row.ranked.paper for row in self.state().rows[:1]]
            self._world.ranker.rank(papers, Profile(liked=papers))

        self._fetcher.submit(warm)

    def teach(self, name: str, paper_id: str, verb: str) -> None:
        """Keep that the reader likes or dislikes a paper, or "" to take that back.

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
            preferences.vote(reader, [paper], VERBS[verb], self._world)
        else:
            self._world.store.votes.take_back(reader.name, paper)
        self.broadcast.publish()

    def stop(self) -> None:
        """Begin nothing new, and let all who wait for news go."""
        self._world.stop.set()
        self.broadcast.close()

    def close(self) -> None:
        """Stop, and return when all that was begun has ended."""
        self.stop()
        self._fetcher.shutdown(wait=True, cancel_futures=True)

    def _reader(self, name: str) -> Reader:
        """Return the reader of that name; one who has just been removed gives way to the first."""
        readers = {reader.name: reader for reader in self.config.readers}
        return readers.get(name or self._first, self.config.readers[0])

    def _catch_up(self) -> None:
        """Fetch what the config wants now; what it wanted for a moment is not asked for."""
        if not self._read() and not self._world.stop.is_set():
            self.fetch()

    def _day(self, reader: Reader, at: datetime) -> date:
        return self._asked or at.astimezone(reader.schedule.zone).date()

    def _read(self) -> bool:
        """Tell whether all that the config wants now has been fetched."""
        wanted = {self._day(reader, self._fetched.at) for reader in self.config.readers}
        same_sources = self._fetched.sources == self.config.sources
        return same_sources and wanted <= self._fetched.fetched.keys()

    def _gathered(self, config: Config, day: date) -> tuple[Fetched, ...]:
        firsts = (DigestRequest(reader=reader, day=day).first_day for reader in config.readers)
        since = next((first for first in firsts if first), None)
        asked = self._asked is not None
        keys = (key for reader in config.readers for key in reader.paper_ids)
        fetch_named(keys, self._world)
        return fetch(config.sources, self._world, day, asked=asked, since=since, record=False)

    def _taught_elsewhere(self) -> bool:
        before, self._version = self._version, self._world.store.database.version
        votes, drawn = self._world.store.votes.of, tuple(self._states.items())
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
        made = add_pictures(draft(request, fetched, self.config, self._world), self._world)
        return made, self._world.store.votes.of(reader.name)


def _undelivered(config: Config) -> tuple[Problem, ...]:
    """Return why nothing could be sent: the page can be drawn all the same."""
    try:
        config.require_transport()
    except ConfigError as error:
        return error.problems
    return ()


def _tried(work: Callable[[], Result]) -> tuple[Result | None, str]:
    """Return what `work` gives, or what went wrong: the page must outlive a fault of ours too."""
    try:
        return work(), ""
    except DigestError as error:
        return None, f"{error}\n  = {error.hint}" if error.hint else str(error)
    except Exception as error:
        log.exception("event=preview-failed")
        return None, f"digest itself failed: {type(error).__name__}: {error}"
