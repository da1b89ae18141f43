"""The world: opened from a config, closed again, and not silent about what it found."""

from __future__ import annotations

import sys
import threading
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

import fake_model
import pytest
from fakes import PLAIN, Clock, house

from digest.app.runtime import FIELD_DAYS, FIELD_PAPERS, opened, utc_now, viewpoint
from digest.config import load
from digest.model.errors import StateError
from digest.model.paper import Paper
from digest.ranking.likes.reference import MIN_RECENT_PAPERS
from digest.store import lock

if TYPE_CHECKING:
    from pathlib import Path

    from digest.config import Config


def config_in(folder: Path) -> Config:
    """Write the plain config and read it."""
    path = folder / "config.toml"
    path.write_text(PLAIN)
    return load(path, environ={})


def test_the_clock_is_utc() -> None:
    """Aware."""
    assert utc_now().tzinfo is UTC
    assert utc_now().utcoffset() == timedelta(0)


def test_a_world_is_closed_with_its_block(tmp_path: Path) -> None:
    """Its clock is the one given, its stop too; afterwards the store is shut."""
    clock, stop = Clock(), threading.Event()
    with opened(config_in(tmp_path), now=clock, stop=stop) as runtime:
        assert runtime.now() == clock.moment
        assert runtime.stop is stop
        assert runtime.store.now() == clock.moment
    with pytest.raises(StateError):
        runtime.store.keyvalue.put("a", "b")


def test_it_says_where_likes_are_seen_from(tmp_path: Path) -> None:
    """From the archive until some hundred papers are known, and from no more than are used."""
    clock = Clock()
    with opened(config_in(tmp_path), now=clock) as runtime:
        told = []
        for count in (MIN_RECENT_PAPERS - 1, MIN_RECENT_PAPERS, FIELD_PAPERS + 1):
            known = (Paper(id=f"title:{n}", title=f"Title {n}") for n in range(count))
            runtime.store.papers.remember(known)
            told.append(viewpoint(runtime.store))
        assert "from its archive until 300 papers were fetched (299 so far)" in told[0]
        assert told[1:] == [
            "likes are seen from the 300 papers fetched last",
            "likes are seen from the 1,500 papers fetched last",
        ]
        clock.moment += FIELD_DAYS + timedelta(seconds=1)
        assert "(0 so far)" in viewpoint(runtime.store)


def test_a_token_of_hugging_face_is_taken_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It only raises limits; without one everything works."""
    for token in ("", "hf_made_up"):
        monkeypatch.setenv("HF_TOKEN", token)
        with opened(config_in(tmp_path)) as runtime:
            assert runtime.store.alerts.active() == {}


def test_a_named_model_is_asked_beside_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a name there is none; with one it is loaded at the first ranking, not before."""
    monkeypatch.setitem(sys.modules, "sentence_transformers", fake_model.package())
    path = tmp_path / "config.toml"
    for name in ("", "nowhere"):
        path.write_text(f'{PLAIN}\n[ranking]\nembeddings = "{name}"\n')
        with opened(load(path, environ={})) as runtime:
            assert bool(runtime.ranker.embeddings) is bool(name)


def test_a_lost_database_is_an_alert_once(tmp_path: Path) -> None:
    """Whoever runs digest hears of it by mail; the same words at each opening are no news."""
    with house(tmp_path):
        pass
    (tmp_path / "state" / "digest.db").unlink()
    config = load(tmp_path / "config.toml", environ={})
    with lock(config.storage), opened(config, alone=True) as runtime:
        (key,) = runtime.store.alerts.active()
        assert "the database was lost" in runtime.store.alerts.active()[key]
        runtime.store.alerts.mark_notified([key])
    with opened(config) as runtime:
        assert runtime.store.alerts.active() == {}
