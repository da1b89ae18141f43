"""The line in a child of the daemon."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event
from typing import TYPE_CHECKING

import pytest

from digest.cli.apart import Apart, Task, done
from digest.config import Watched, load
from digest.daemon import Daemon, Died
from digest.errors import DigestError, StateError
from digest.order import Order
from digest.store import lock
from digest.world import opened

if TYPE_CHECKING:
    from pathlib import Path

    from digest.config import Config

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PAPER = {"id": "2611.00001", "title": "Flow matching", "abstract": "We match flows."}
CONFIG = """
[[interests]]
phrases = ["flow matching"]
[[sources]]
type = "file"
path = "papers.jsonl"
[email]
to = "ada@example.org"
from = "digest@example.org"
[maildir]
path = "mail"
[schedule]
at = "00:00"
timezone = "UTC"
[storage]
path = "state"
"""
BEAT = """
import sys
from pathlib import Path
from digest.cli.apart import Apart
from digest.config import load
from digest.daemon import Daemon
from digest.world import opened
config = load(Path(sys.argv[1]), environ={})
with opened(config) as world:
    Daemon(world=world, config=lambda: config, line=Apart(quiet=True)).beat()
    (sent,) = world.store.digests.latest("me")
print(sent.state, sorted({"numpy", "scipy", "sklearn"} & set(sys.modules)))
"""
ANSWER = "print(json.dumps({'results': [], 'failure': '', 'hint': '', 'state': False}))"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """A reader whose one paper lies in a file."""
    (tmp_path / "papers.jsonl").write_text(json.dumps(PAPER))
    (tmp_path / "config.toml").write_text(CONFIG)
    return load(tmp_path / "config.toml", environ={})


def orders(config: Config) -> list[Order]:
    return [Order(reader=config.readers[0], day=NOW.date())]


def test_a_child_sends_what_is_due_and_we_remember_it(config: Config, tmp_path: Path) -> None:
    """It works under the parent's lock, with the config as the parent has it."""
    config = replace(config, storage=tmp_path / "elsewhere")
    with opened(config) as world, lock(config.storage) as held:
        results = Apart(quiet=True)(orders(config), config, world, held)
        kept = world.store.digests.latest("me")
    assert [result.state for result in results] == ["sent"]
    assert [sent.state for sent in kept] == ["sent"]
    assert len(list((tmp_path / "mail" / "new").iterdir())) == 1


def task(config: Config, *names: str) -> Task:
    told = [{"reader": name, "day": "2026-11-20", "since": NOW.isoformat()} for name in names]
    place = (str(config.path), str(config.storage))
    return Task(config=place[0], storage=place[1], orders=told, verbose=0, quiet=True)


def test_what_a_child_does_is_what_we_would_do(config: Config) -> None:
    """Results, or the failure in words with its hint; a fault of our own has its kind."""
    made = done(task(config, "me"), Event())
    assert (made["failure"], len(made["results"])) == ("", 1)
    broken = done(task(replace(config, storage=config.path)), Event())
    assert (broken["failure"], broken["state"]) == (f"{config.path}: is not a folder", True)
    assert broken["hint"]
    odd = task(config, "me")
    odd["orders"][0]["day"] = "no day"
    assert done(odd, Event())["failure"].startswith("ValueError: ")


def test_a_child_works_by_the_config_in_force(config: Config) -> None:
    """That is the last good one; the file may be broken, or half written, by now."""
    watched = Watched(config.path, environ={}, clock=lambda: 0.0)
    config.path.write_text("[[interests]")
    assert done(task(watched.config, "me"), Event())["failure"] == ""


@pytest.mark.parametrize("state", [True, False])
def test_what_a_child_raises_is_raised_here(config: Config, *, state: bool) -> None:
    """With its words and its hint; that the state is at fault stays known."""
    answer = f"print(json.dumps({{'failure': 'broken', 'hint': 'mend it', 'state': {state}}}))"
    with opened(config) as world, lock(config.storage) as held:
        child = Apart(code=f"import json, sys; sys.stdin.buffer.read(9); {answer}")
        with pytest.raises(DigestError, match="broken") as caught:
            child(orders(config), config, world, held)
    assert (isinstance(caught.value, StateError), caught.value.hint) == (state, "mend it")


def test_a_daemon_that_worked_is_as_small_as_before(config: Config) -> None:
    """What ranks was loaded in the child, and is gone with it."""
    command = [sys.executable, "-c", BEAT, str(config.path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert ended.stdout == "sent []\n"


def test_a_child_is_told_to_stop_by_the_end_of_its_input(config: Config) -> None:
    """It waits for nothing else here: it would wait for ever."""
    with opened(config) as world, lock(config.storage) as held:
        world.stop.set()
        child = Apart(code=f"import json, sys; sys.stdin.buffer.read(); {ANSWER}")
        assert child(orders(config), config, world, held) == ()


def test_the_lock_outlives_the_parent_in_its_child(config: Config) -> None:
    """Who inherits the descriptor holds the lock: nobody works there until both are gone."""
    code = "import fcntl, json, sys; fcntl.flock(int(sys.argv[1]), fcntl.LOCK_EX | fcntl.LOCK_NB)"
    with opened(config) as world, lock(config.storage) as held:
        child = Apart(code=f"import sys; sys.argv.append('{held}'); {code}; {ANSWER}")
        assert child((), config, world, held) == ()


def test_a_child_that_dies_is_counted_as_a_death_of_ours(config: Config) -> None:
    """The round failed, and after three in a row the daemon rests longer."""
    moment = datetime(2026, 11, 20, 12, tzinfo=UTC)
    with opened(config, now=lambda: moment) as world:
        died = Apart(code="import os; os._exit(9)")
        daemon = Daemon(world=world, config=lambda: config, line=died)
        with pytest.raises(Died, match="exit code 9"):
            daemon.beat()
        assert world.store.notes.get("daemon-at-work").startswith("1 ")
        assert daemon.rested
        daemon.rested = None
        daemon.line = Apart(code=f"import json, sys; sys.stdin.buffer.read(9); {ANSWER}")
        daemon.beat()
        assert world.store.notes.get("daemon-at-work") == ""
