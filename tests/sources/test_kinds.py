"""What every kind of source holds to, whoever wrote it."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pytest
from fake_http import NOW, client
from http_server import answer, ok, serving
from recordings import RECORDED, recorded

from digest import sources
from digest.model.errors import SourceError
from digest.model.paper import Paper
from digest.model.states import SourceState
from digest.sources import FetchResult, FetchWindow, kinds, source, stale
from digest.sources.file import File

if TYPE_CHECKING:
    from digest.sources import Source
    from digest.sources.http import Http

WHEN = FetchWindow(now=NOW, day=NOW.date())
KINDS = sorted(kinds())
NEEDED: dict[str, dict[str, object]] = {
    "arxiv": {"categories": ("cs.LG",)},
    "file": {"path": RECORDED / "papers.jsonl"},
    "feed": {"url": "http://127.0.0.1:1/"},
}
ANSWERS = {
    "huggingface": "huggingface.json",
    "arxiv": "arxiv_atom.xml",
    "feed": "lab.rss",
    "biorxiv": "biorxiv.json",
}


def made(kind: str, **keys: object) -> Source:
    """Return a source as config.toml would make it."""
    return kinds()[kind](**NEEDED.get(kind, {}) | keys)


def test_the_five_kinds_register_themselves() -> None:
    """One file each, and nothing else to do."""
    assert set(KINDS) >= {"huggingface", "arxiv", "feed", "biorxiv", "file"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_a_frozen_value_named_after_itself(kind: str) -> None:
    """Its fields are its keys in config.toml; its name is its kind unless another is given."""
    one = made(kind)
    assert (one.kind, one.name) == (kind, kind)
    assert made(kind, name="mine").name == "mine"
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(one, "name", "other")  # noqa: B010  # a type checker would forbid it, as it should


@pytest.mark.parametrize("kind", sorted(ANSWERS))
def test_a_kind_reads_a_good_answer(kind: str) -> None:
    """Papers with the source's name on them, no error."""
    with serving(ok(recorded(ANSWERS[kind]))) as server:
        got = made(kind, url=server.url("/x"), name="mine").fetch(client(), WHEN)
    assert (got.source, got.state, got.error) == ("mine", SourceState.OK, None)
    assert got.papers
    assert all(paper.sources == ("mine",) and paper.title for paper in got.papers)


@pytest.mark.parametrize("reply", [answer(404), answer(500), ok(b"<html>"), ok(b""), b""])
@pytest.mark.parametrize("kind", sorted(ANSWERS))
def test_a_kind_never_raises(kind: str, reply: bytes) -> None:
    """A failure is part of the result and names the source and the address."""
    with serving(reply) as server:
        got = made(kind, url=server.url("/x"), name="mine").fetch(client(), WHEN)
    assert (got.state, got.papers) == (SourceState.FAILED, ())
    assert isinstance(got.error, SourceError)
    assert got.error.source == "mine"
    assert got.error.url.startswith(server.url("/x"))


def test_an_outsider_registers_by_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another package's kind is found under its name, and cannot replace one of ours."""
    entries = [
        EntryPoint("outsider", "digest.sources.file:File", "digest.sources"),
        EntryPoint("feed", "digest.sources.file:File", "digest.sources"),
    ]
    monkeypatch.setattr(sources, "plugins", lambda group: entries)
    found = kinds()
    assert found["outsider"] is File
    assert found["feed"] is not File
    monkeypatch.undo()
    assert "outsider" not in kinds()


def test_every_recording_is_used() -> None:
    """A recording that no test names is in the way."""
    tests = Path(__file__).parents[1].rglob("test_*.py")
    words = "".join(path.read_text() for path in tests)
    assert [path.name for path in RECORDED.iterdir() if path.name not in words] == []


def paper(number: int) -> Paper:
    """Return a paper whose id has this number."""
    return Paper(id=f"arxiv:2606.{number:05}", title=f"T{number}", aliases=(f"doi:10.1/{number}",))


def test_a_source_is_stale_when_all_is_known_on_a_working_day() -> None:
    """One new paper, a Sunday or nothing at all: not stale."""
    tuesday = date(2026, 6, 16)
    known = {"arxiv:2606.00001", "doi:10.1/2"}
    assert stale([paper(1), paper(2)], known, tuesday)
    assert not stale([paper(1), paper(3)], known, tuesday)
    assert not stale([paper(1)], known, tuesday - timedelta(days=2))
    assert not stale([paper(1)], known, date(2026, 12, 25))
    assert not stale([], known, tuesday)


def test_what_is_fetched_is_a_value() -> None:
    """Nothing but the source's name is needed to say that all went well."""
    got = FetchResult(source="x")
    assert (got.papers, got.state, got.error, got.skipped, got.due) == (
        (),
        SourceState.OK,
        None,
        0,
        False,
    )


def test_registering_keeps_the_class() -> None:
    """The decorator returns what it was given, with its kind on it."""

    @source("contract-test")
    @dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
    class Contract:
        kind: ClassVar[str]
        name: str = "contract-test"

        def fetch(self, http: Http, when: FetchWindow) -> FetchResult:
            return FetchResult(source=self.name)

    assert Contract.kind == "contract-test"
    assert kinds()["contract-test"].__name__ == "Contract"
    del sources._kinds["contract-test"]  # noqa: SLF001  # leave no trace
