"""A small digest to look at: a folder with a config, papers in a file, and what the page needs."""

from __future__ import annotations

import json
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from digest.app.runtime import opened
from digest.cli.preview.file_watch import follow
from digest.cli.preview.server import PreviewServer, listening
from digest.cli.preview.session import PreviewSession
from digest.config import load
from digest.ranking.ranker import Ranker

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from digest.config import Config
    from digest.config.files import Stamps
    from digest.model.paper import Paper
    from digest.model.profile import Profile
    from digest.model.ranked import Ranked

NOON = datetime(2026, 6, 16, 12, tzinfo=UTC)
TOKEN = "the-page-alone-knows"
HOSTILE = "<script>document.title = 'stolen'</script> Flow Matching & \"Quotes\""

INTERESTS = """
[[interests]]
name = "Flow"
phrases = ["flow matching"]
"""
REST = """
[[sources]]
type = "file"
path = "papers.jsonl"

[email]
to = "ada@example.org"
from = "Digest <digest@example.org>"

[maildir]
path = "mail"

[schedule]
timezone = "Europe/Berlin"

[storage]
path = "state"
"""

PAPERS = (
    {"id": "2606.00001", "title": HOSTILE, "abstract": "We train by flow matching."},
    {"id": "2606.00002", "title": "Caches of Long Prompts", "abstract": "A key-value cache."},
    {"id": "2606.00003", "title": "Proteins Fold Anew", "abstract": "We fold proteins."},
)


@cache
def warm_ranker() -> Ranker:
    """The ranker of all scenes: it keeps nothing but what the shipped background says."""
    return Ranker()


class Fickle(Ranker):
    """A ranker with a fault that can be switched on."""

    broken = False

    def rank(self, papers: Iterable[Paper], profile: Profile) -> list[Ranked]:
        if self.broken:
            raise ZeroDivisionError("of ours")
        return super().rank(papers, profile)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewTarget:
    """A folder that holds all that a preview changes at."""

    folder: Path
    closing: ExitStack = field(default_factory=ExitStack)
    clock: list[datetime] = field(default_factory=lambda: [NOON])
    """Its last entry is now."""

    @property
    def path(self) -> Path:
        return self.folder / "config.toml"

    def config(self) -> Config:
        return load(self.path, environ={})

    def write(self, interests: str = INTERESTS, rest: str = REST) -> None:
        self.path.write_text(interests + rest)

    def papers(self, *papers: dict[str, str]) -> None:
        lines = [json.dumps({"listed": "2026-06-16", **paper}) for paper in papers]
        (self.folder / "papers.jsonl").write_text("\n".join(lines))

    def session(self, *, first: str = "", ranker: Ranker | None = None) -> PreviewSession:
        config = self.config()
        runtime = self.closing.enter_context(opened(config, now=lambda: self.clock[-1]))
        runtime = replace(runtime, ranker=ranker or warm_ranker())
        session = PreviewSession(config, runtime, load=self.config, first=first)
        self.closing.callback(session.close)
        session.fetch()
        return session


@contextmanager
def following(
    config: Callable[[], Config], saved: Callable[[], object], *, since: Stamps
) -> Iterator[None]:
    """Call `saved` at each save, as the preview does."""
    stop = threading.Event()
    watcher = threading.Thread(target=follow, args=(config, saved, stop), kwargs={"since": since})
    watcher.start()
    try:
        yield
    finally:
        stop.set()
        watcher.join()


def scene_at(folder: Path) -> PreviewTarget:
    made = PreviewTarget(folder=folder)
    made.write()
    made.papers(*PAPERS)
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A preview at a real address."""

    target: PreviewTarget
    session: PreviewSession
    address: str


@contextmanager
def serving(target: PreviewTarget, session: PreviewSession) -> Iterator[Served]:
    listener: socket.socket = listening(0)
    port = listener.getsockname()[1]
    server = PreviewServer(session, port=port, token=TOKEN)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        yield Served(target=target, session=session, address=f"http://127.0.0.1:{port}")
    finally:
        server.should_exit = True
        thread.join()
