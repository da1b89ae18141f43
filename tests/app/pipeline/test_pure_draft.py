"""Purity of a draft: no socket, no row; commands that only look write nothing but caches."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from fake_arxiv import query, with_pages
from fakes import MORNING, PLAIN, house, other, video

from digest.app.check import check
from digest.app.pipeline.fetch import fetch_for
from digest.app.pipeline.pipeline import draft, rehearse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fakes import House

CACHES = {"cache", "paper", "paper_key"}
CACHED_NOTES = ("paper:", "asked:")
WANTING = PLAIN.replace(
    "[maildir]",
    'pictures = true\nfeedback = "back@sender.test"\n[maildir]',
).replace("[email]", '[taste]\nliked = ["2501.00042"]\n[email]')


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """A house whose reader named a like, wants pictures and gives feedback by mail."""
    papers = [video(1, thumbnail="https://thumbs.test/1.png"), other(1, upvotes=30)]
    with house(tmp_path, WANTING, papers=papers) as built:
        yield built


@contextmanager
def no_socket(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail at any socket, by whatever library."""

    def refuse(*_args: object, **_named: object) -> NoReturn:
        pytest.fail("a socket was opened")

    with monkeypatch.context() as patch:
        patch.setattr("socket.socket.__init__", refuse)
        patch.setattr("socket.getaddrinfo", refuse)
        yield


def changes_of(home: House) -> int:
    """Return how many rows were written through the store's connection."""
    return home.store.database._connection.total_changes  # noqa: SLF001 # its own count


def rows(home: House) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of the store but those of its caches."""
    read = home.store.database.rows
    tables = [row["name"] for row in read("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {
        name: [tuple(row) for row in read(f"SELECT * FROM {name}")]  # noqa: S608 # our own names
        for name in tables
        if name not in CACHES
    }
    found["note"] = [row for row in found["note"] if not str(row[0]).startswith(CACHED_NOTES)]
    return found


def test_a_draft_opens_no_socket_and_writes_no_row(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that a digest needs of the network was fetched before; its pictures come after."""
    runtime, http = with_pages(home.runtime, id_list=query("2501.00042"))
    request = home.request(due_at=MORNING)
    fetched = fetch_for([request], home.config, runtime)[request.days]
    asked, changes = len(http.asked), changes_of(home)
    with no_socket(monkeypatch):
        made = draft(request, fetched, home.config, runtime)
    assert made.issue.papers
    assert made.context.token is not None
    assert len(http.asked) == asked
    assert changes_of(home) == changes


def test_a_rehearsal_writes_nothing_but_caches(home: House) -> None:
    """`send --dry-run`: no health of a source, no alert, no day."""
    runtime, _ = with_pages(home.runtime, id_list=query("2501.00042"))
    before = rows(home)
    (made,) = rehearse([home.request(due_at=MORNING)], home.config, runtime)
    assert made.unread == ()
    assert rows(home) == before


def test_a_check_writes_nothing_but_caches(home: House) -> None:
    """It reads the sources, signs in and renders, all without a trace."""
    runtime, _ = with_pages(home.runtime, id_list=query("2501.00042"))
    before = rows(home)
    assert len(tuple(check(home.config, runtime))) > 4
    assert rows(home) == before
