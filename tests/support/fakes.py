"""Fakes that are handed in: sources, a way of delivery, a clock, and a house built of them."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from fake_papers import texts

from digest.app.pipeline.fetch import fetch
from digest.app.pipeline.request import DigestRequest
from digest.app.runtime import Runtime
from digest.config import load
from digest.model.errors import SourceError, Unreachable
from digest.model.paper import Paper
from digest.model.states import SourceState
from digest.ranking.background import Background
from digest.ranking.build_background import pack
from digest.ranking.ranker import Ranker
from digest.sources import FetchResult
from digest.sources.http import Http
from digest.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from digest.config import Config, Reader
    from digest.delivery import Envelope
    from digest.sources import FetchWindow, Source

MORNING = datetime(2026, 6, 16, 7, 30, tzinfo=UTC)
"""A Tuesday, the time of the digest."""
TODAY = date(2026, 6, 16)

PLAIN = """
[[interests]]
name = "Video"
phrases = ["video diffusion"]

[email]
to = "ada@reader.test"
from = "Digest <digest@sender.test>"
min_score = 3

[maildir]
path = "mail"

[schedule]
timezone = "UTC"

[storage]
path = "state"
"""


@dataclass(slots=True)
class Clock:
    """A clock that goes only when it is told to."""

    moment: datetime = MORNING

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **time: float) -> None:
        """Let time pass, or turn the clock back."""
        self.moment += timedelta(**time)


_WORDS = (
    *("camera lens shutter aperture studio", "motion gesture dancer ballet rehearsal"),
    *("weather radar storm harbour sailing", "kitchen recipe cooking knife pastry"),
    *("traffic bicycle crossing pedestrian night", "garden insect flower pollen season"),
    *("surgery endoscope suture patient theatre", "football stadium referee replay goal"),
)


def video(number: int = 1, **more: object) -> Paper:
    """Return a paper that the plain config's reader wants; no two are alike."""
    scene = _WORDS[number % len(_WORDS)]
    facts: dict[str, object] = {
        "id": f"arxiv:2606.{number:05}",
        "title": f"Video Diffusion for {scene.split()[0].title()} {scene.split()[1].title()}",
        "abstract": f"Video diffusion, frame by frame, seen by number {number}: {scene}.",
        "authors": ("Ada Ferrand",),
        "listed": TODAY,
    }
    return Paper(**facts | more)  # type: ignore[arg-type]  # facts by name


def other(number: int = 1, **more: object) -> Paper:
    """Return a paper that nobody asked for."""
    facts: dict[str, object] = {
        "id": f"arxiv:2605.{number:05}",
        "title": f"Enzymes of the Tissue, Part {number}",
        "abstract": f"A protein of the genome, mutation {number}, expressed in a cell.",
        "listed": TODAY,
    }
    return Paper(**facts | more)  # type: ignore[arg-type]  # facts by name


@dataclass(slots=True)
class FakeSource:
    """A source that gives what it is told to, and keeps what it was asked."""

    papers: Sequence[Paper] = ()
    name: str = "list"
    kind: ClassVar[str] = "file"
    due: ClassVar[bool] = False
    state: SourceState = SourceState.OK
    error: SourceError | None = None
    notes: tuple[str, ...] = ()
    raises: BaseException | None = None
    asked: list[FetchWindow] = field(default_factory=list)

    def fetch(self, http: Http, when: FetchWindow) -> FetchResult:
        """Give it."""
        self.asked.append(when)
        if self.raises:
            raise self.raises
        return FetchResult(
            source=self.name,
            papers=tuple(replace(p, sources=(self.name,)) for p in self.papers),
            state=self.state,
            error=self.error,
            notes=self.notes,
            due=self.due,
        )


class DailyList(FakeSource):
    """A source that should have something new every working day."""

    kind: ClassVar[str] = "huggingface"
    due: ClassVar[bool] = True


def broken(name: str = "broken", text: str = "no answer", retry: float | None = None) -> FakeSource:
    """Return a source that cannot be read."""
    error = Unreachable(text, source=name, retry_after=retry, hint="look at it")
    return FakeSource(name=name, state=SourceState.FAILED, error=error)


@dataclass(slots=True)
class FakePost:
    """A way of delivery that keeps what it is given, or refuses it."""

    kind: ClassVar[str] = "fake"
    connections: int = 1
    per_minute: int = 0
    sent: list[Envelope] = field(default_factory=list)
    refusal: BaseException | None = None
    meanwhile: Callable[[], None] = lambda: None
    """Happens while a message is on its way."""

    @contextmanager
    def session(self) -> Iterator[FakePost]:
        """Open it."""
        yield self

    def deliver(self, envelope: Envelope) -> str:
        """Take a message."""
        self.meanwhile()
        if self.refusal:
            raise self.refusal
        self.sent.append(envelope)
        return "250 taken"

    def check(self, _senders: Sequence[str] = ()) -> str:
        """Answer."""
        if self.refusal:
            raise self.refusal
        return "the fake is ready"


@cache
def ranker() -> Ranker:
    """Return a ranker on a small background of made-up papers; made once, it keeps nothing."""
    return Ranker(Background.read(pack(texts(), 1_200, made="2026-06-01", origin="made up")))


@dataclass(slots=True)
class House:
    """Config and world of a test, with the fakes in it."""

    config: Config
    runtime: Runtime
    clock: Clock
    source: FakeSource
    transport: FakePost

    @property
    def store(self) -> Store:
        """The memory."""
        return self.runtime.store

    @property
    def reader(self) -> Reader:
        """The first reader."""
        return self.config.readers[0]

    def request(self, day: date = TODAY, **more: object) -> DigestRequest:
        """Return an order for the first reader."""
        facts: dict[str, object] = {"reader": self.reader, "day": day}
        return DigestRequest(**facts | more)  # type: ignore[arg-type]  # facts by name

    def with_sources(self, *sources: Source) -> None:
        """Read these from now on."""
        self.config = replace(self.config, sources=sources)


@contextmanager
def house(
    folder: Path,
    text: str = PLAIN,
    *,
    papers: Sequence[Paper] | None = None,
    files: dict[str, str] | None = None,
    at: datetime = MORNING,
) -> Iterator[House]:
    """Write config.toml (and other files), and open a world with a set clock and no network."""
    folder.mkdir(exist_ok=True)
    path = folder / "config.toml"
    path.write_text(text)
    path.chmod(0o600)
    for name, content in (files or {}).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content)
    source = FakeSource(papers=[video()] if papers is None else papers)
    transport = FakePost()
    config = replace(load(path, environ={}), sources=(source,), transport=transport)
    clock = Clock(at)
    with Store.open(config.storage, now=clock) as store:
        store.keyvalue.secret()
        runtime = Runtime(
            store=store,
            http=Http(cache=store.cache, proxies={}, now=clock, sleep=lambda _: None),
            ranker=ranker(),
            now=clock,
            stop=threading.Event(),
        )
        yield House(config=config, runtime=runtime, clock=clock, source=source, transport=transport)


def fetch_in(home: House, day: date = TODAY) -> tuple[FetchResult, ...]:
    """Read the sources of a house."""
    return fetch(home.config.sources, home.runtime, day)
