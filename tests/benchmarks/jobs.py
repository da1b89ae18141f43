"""Benchmark jobs, each in a process of its own.

    PYTHONPATH=tests:tests/support python -m benchmarks.jobs NAME

A job prints the CPU seconds of its parts as JSON; wait4(2) gives the cost of the whole.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, process_time
from typing import TYPE_CHECKING

from . import arxiv_sanity, synthetic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from digest.email.context import MessageContext
    from digest.model.issue import Issue
    from digest.model.paper import Paper
    from digest.model.profile import Profile
    from digest.model.ranked import Ranked
    from digest.ranking import Ranker
    from digest.store import Mail, Store

Parts = dict[str, float]
BEST = 12
TIDIED = 7
"""Days between two backups; the daemon's daily backup takes the same time and space."""


@contextmanager
def timed(parts: Parts, name: str) -> Iterator[None]:
    """Add the CPU seconds of a block to `parts`."""
    start = process_time()
    yield
    parts[name] = parts.get(name, 0.0) + process_time() - start


def ranking(readers: int, papers: int, interests: int = 3, likes: int = 0) -> Parts:
    """Rank one day's papers for many readers in turn."""
    from digest.ranking import Ranker

    parts: Parts = {}
    day, liked = synthetic.papers(papers), synthetic.papers(likes, first=500_000)
    ranker = Ranker()
    profiles = [
        replace(p, liked=tuple(liked)) for p in synthetic.readers(readers, interests=interests)
    ]
    with timed(parts, "background"):
        ranker.scores(day[:1], profiles[0])
    with timed(parts, "phrases"):
        for profile in profiles:
            for wish in profile.interests:
                for phrase in wish.phrases:
                    ranker.query(phrase.text)
    with timed(parts, "scores"):
        for profile in profiles:
            _best(ranker, day, profile)
    return parts


def _best(ranker: Ranker, day: Sequence[Paper], profile: Profile) -> list[Ranked]:
    """Return the best papers of a reader, with their reasons."""
    from digest.ranking.scoring import ProfileScoring

    mine = ProfileScoring(ranker, day, profile)
    return [mine.ranked(int(number)) for number in (-mine.scores).argsort()[:BEST]]


def refit(readers: int, papers: int) -> Parts:
    """Rank with the common design: TfidfVectorizer fitted on the day for each reader."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    parts: Parts = {}
    day = [f"{paper.title} {paper.abstract}" for paper in synthetic.papers(papers)]
    wanted = [
        [phrase.text for wish in profile.interests for phrase in wish.phrases]
        for profile in synthetic.readers(readers)
    ]
    with timed(parts, "scores"):
        for phrases in wanted:
            vectors = TfidfVectorizer(stop_words="english", ngram_range=(1, 2))
            rows = vectors.fit_transform([*day, *phrases])
            (rows[: len(day)] @ rows[len(day) :].T).toarray().max(axis=1).argsort()
    return parts


def sanity(readers: int, papers: int, likes: int = 20) -> Parts:
    """Rank with arxiv-sanity-lite's formula: one TF-IDF of all, a linear SVM for each reader."""
    import numpy as np

    parts: Parts = {}
    pool = synthetic.papers(papers + likes)
    with timed(parts, "fit"):
        rows = arxiv_sanity.vectorizer().fit_transform([f"{p.title} {p.abstract}" for p in pool])
    kinds = np.r_[np.ones(likes), np.zeros(papers)]
    with timed(parts, "scores"):
        for _ in range(readers):
            arxiv_sanity.machine().fit(rows, kinds).decision_function(rows)
    return parts


def rendering(letters: int) -> Parts:
    """Render digests of 12 papers into messages, one for each reader."""
    from digest.email.mime.message import to_bytes
    from digest.email.render import render
    from digest.email.templates import Templates
    from digest.ranking import Ranker

    parts: Parts = {}
    (profile,) = synthetic.readers(1)
    issue = _issue(_best(Ranker(), synthetic.papers(300), profile))
    sample = to_bytes(render(issue, Templates(), _head(0)))
    with timed(parts, "letters"):
        for number in range(letters):
            reader = replace(issue, reader=f"reader{number}")
            to_bytes(render(reader, Templates(), _head(number)))
    return parts | {"bytes": float(len(sample))}


def _issue(ranked: Sequence[Ranked]) -> Issue:
    from digest.email.issue.compose import compose
    from digest.model.issue import History, IssueLimits

    return compose(
        [replace(one, score=99 - number) for number, one in enumerate(ranked)],
        reader="reader",
        day=synthetic.DAY,
        now=synthetic.MORNING,
        limits=IssueLimits(trending=0),
        history=History(),
    )


def _head(number: int) -> MessageContext:
    from digest.email.context import MessageContext
    from digest.email.feedback import sign

    name = f"reader{number}"
    return MessageContext(
        to=(f"{name}@example.org",),
        sender="Paper digest <digest@example.org>",
        feedback="feedback@example.org",
        interests=("Interest 1", "Interest 2", "Interest 3"),
        token=lambda verb, paper: sign(
            b"k" * 32, reader=name, verb=verb, day=synthetic.DAY, paper=paper
        ),
    )


def sending(messages: int, connections: int) -> Parts:
    """Queue messages in the outbox and send them to a server that accepts everything."""
    from digest.delivery.outbox import flush
    from digest.delivery.smtp import Smtp
    from digest.store import Mail, Store

    parts: Parts = {}
    body = b"Subject: a digest\r\n\r\n" + (b"x" * 74 + b"\r\n") * 600
    day = synthetic.papers(BEST)
    with (
        TemporaryDirectory() as folder,
        Store.open(Path(folder), now=lambda: synthetic.MORNING) as store,
        sink() as port,
    ):
        store.papers.remember(day)
        start = monotonic()
        with timed(parts, "outbox"):
            for number in range(messages):
                mail = Mail(
                    message_id=f"<{number}@example.org>",
                    sender="digest@example.org",
                    recipients=(f"reader{number}@example.org",),
                    message=body,
                )
                store.digests.record(
                    reader=f"reader{number}", day=synthetic.DAY, mail=mail, papers=day
                )
        parts["outbox wall"] = monotonic() - start
        post = Smtp(host="127.0.0.1", port=port, security="none", connections=connections)
        start = monotonic()
        with timed(parts, "sending"):
            sent = flush(store, post, now=lambda: synthetic.MORNING)
        parts["sending wall"] = monotonic() - start
        assert sum(outcome.state == "sent" for outcome in sent) == messages
    return parts


@contextmanager
def sink() -> Iterator[int]:
    """Run the server in a process of its own; yield its port."""
    command = [sys.executable, str(Path(__file__).with_name("smtp_sink.py"))]
    with subprocess.Popen(  # a file of our own
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as server:
        assert server.stdin
        assert server.stdout
        yield int(server.stdout.readline())
        server.stdin.close()


def line(readers: int, papers: int) -> Parts:
    """Run the whole pipeline for many readers, from a file of papers into a maildir."""
    from digest.app.pipeline.pipeline import send
    from digest.app.pipeline.request import DigestRequest
    from digest.app.runtime import opened
    from digest.config import load

    parts: Parts = {}
    with TemporaryDirectory() as name:
        folder = Path(name)
        config = load(synthetic.settle(folder, papers, names=readers), environ={})
        requests = [DigestRequest(reader=reader, day=synthetic.DAY) for reader in config.readers]
        with opened(config, now=lambda: synthetic.MORNING) as runtime:
            with timed(parts, "first"):
                send(requests[:1], config, runtime)
            with timed(parts, "others"):
                results = send(requests[1:], config, runtime)
        assert {result.state for result in results} <= {"sent", "empty"}
        parts["state"] = _size(folder / "state")
    return parts


def years(days: int, papers: int) -> Parts:
    """Simulate `days` days of one reader with `papers` papers a day, 12 of them sent."""
    from digest.store import Mail, Store

    parts: Parts = {}
    moment = synthetic.MORNING
    body = b"Subject: a digest\r\n\r\n" + (b"%064d\r\n" % 7) * 800
    with TemporaryDirectory() as name, Store.open(Path(name), now=lambda: moment) as store:
        for number in range(days):
            moment = synthetic.MORNING + timedelta(days=number)
            day = synthetic.papers(papers, first=number * papers)
            with timed(parts, "store"):
                _live(store, day, moment.date(), Mail, body)
            if number % TIDIED == 0:
                store.tidy()
                parts[f"day {number}"] = store.database.path.stat().st_size / 1e6
        with timed(parts, "history"):
            store.digests.history("reader")
        parts["database"] = store.database.path.stat().st_size / 1e6
        parts["folder"] = _size(Path(name))
    return parts


def _live(store: Store, day: Sequence[Paper], when: date, mail: type[Mail], body: bytes) -> None:
    """Store a day's papers and mark the first ones as sent."""
    store.papers.remember(day)
    store.digests.record(
        reader="reader",
        day=when,
        mail=mail(
            message_id=f"<{when}@example.org>",
            sender="digest@example.org",
            recipients=("reader@example.org",),
            message=body,
        ),
        papers=day[:BEST],
        passed=day[BEST:],
    )
    for row in store.outbox.waiting():
        store.outbox.exchange(None, row)
        store.outbox.failed(row, store.outbox.taken("250 taken"))


def _size(folder: Path) -> float:
    """Return the megabytes of a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


JOBS: dict[str, Callable[..., Parts]] = {
    job.__name__: job for job in (ranking, refit, sanity, rendering, sending, line, years)
}


if __name__ == "__main__":
    name, *numbers = sys.argv[1:]
    print(json.dumps(JOBS[name](*map(int, numbers))))
