"""`send` and `run`: what they print, how `run` follows its config, how it ends."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from fakes import PLAIN, house
from town import digest

from digest.app.alerts import CONFIG, HANG
from digest.app.runtime import utc_now
from digest.cli.common import Context
from digest.cli.reload import follow_config, watched_config
from digest.config import ConfigWatcher, load
from digest.model.errors import ConfigError
from digest.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fakes import House

    from digest.config import Config

OTHER = PLAIN.replace("video diffusion", "gene expression")
BROKEN = PLAIN.replace("min_score = 3", 'min_score = "3"')
NOBODY = PLAIN.replace('to = "ada@reader.test"', "")


class Hand:
    """A file, the config that follows it, and a clock that passes at each look."""

    def __init__(self, home: House) -> None:
        self.path = home.config.path
        self.seconds = 0.0
        self.home = home
        watched = ConfigWatcher(self.path, environ={}, clock=lambda: self.seconds)
        self.look: Callable[[], Config] = follow_config(watched, home.runtime)

    def write(self, text: str) -> Config:
        """Save the file, and look until it has settled."""
        self.path.write_text(text)
        self.look()
        self.seconds += 20
        return self.look()

    @property
    def alert(self) -> str:
        """What is said of the config."""
        return self.home.store.alerts.active().get(CONFIG, "")


@pytest.fixture
def hand(tmp_path: Path) -> Iterator[Hand]:
    """A house whose config is followed."""
    with house(tmp_path) as home:
        yield Hand(home)


def phrase(config: Config) -> str:
    """Return the first phrase of the first interest."""
    return config.readers[0].interests[0].phrases[0].phrase


def test_C04_a_saved_config_is_taken_up(hand: Hand) -> None:
    """Without a restart."""
    assert phrase(hand.look()) == "video diffusion"
    assert phrase(hand.write(OTHER)) == "gene expression"
    assert hand.alert == ""


def test_C01_a_broken_config_is_told_once_with_its_place(hand: Hand) -> None:
    """The last good one stays in force; mended, all is well."""
    assert phrase(hand.write(BROKEN)) == "video diffusion"
    line = BROKEN.split("\n").index('min_score = "3"') + 1
    assert f"config.toml:{line}:13: " in hand.alert
    assert phrase(hand.write(OTHER)) == "gene expression"
    assert hand.alert == ""


def test_C03_a_config_with_nobody_left_is_refused(hand: Hand) -> None:
    """Unless digest is started anew with it."""
    assert hand.write(NOBODY).readers[0].email.to == ("ada@reader.test",)
    assert "the new config has no recipients" in hand.alert


def test_another_state_folder_waits_for_the_next_start(
    hand: Hand, caplog: pytest.LogCaptureFixture
) -> None:
    """The rest of the change is taken up, with a word."""
    config = hand.write(OTHER.replace('"state"', '"elsewhere"'))
    assert phrase(config) == "gene expression"
    assert config.storage.name == "state"
    assert "another state folder is used after the next start" in caplog.text


def test_an_alert_of_before_the_restart_ends_with_it(tmp_path: Path) -> None:
    """Whoever mends the config while digest is stopped reads no more of it."""
    with house(tmp_path) as home:
        home.store.alerts.add(CONFIG, "broken")
        Hand(home)
        assert home.store.alerts.active() == {}


def test_C01_a_service_starts_beside_a_broken_config_with_the_last_good_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And tells so; whoever starts it by hand is refused at once."""
    monkeypatch.setenv("DIGEST_STATE", str(tmp_path / "state"))
    with house(tmp_path) as home:
        context = Context(config=home.config.path)
        watched_config(context)
        home.config.path.write_text(BROKEN)
        with pytest.raises(ConfigError):
            watched_config(context)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
        watched = watched_config(context)
        assert phrase(follow_config(watched, home.runtime)()) == "video diffusion"
        assert "the changed config is not in force" in home.store.alerts.active()[CONFIG]


def test_an_interest_is_a_must_for_nobody(tmp_path: Path) -> None:
    """A config that is odd in a way is followed, with a word about it."""
    config = tmp_path / "config.toml"
    text = PLAIN[PLAIN.index("[email]") :].replace("[schedule]", '[schedule]\nat = "00:00"')
    config.write_text(text + '[[sources]]\ntype = "file"\npath = "p"\n')
    done = digest("-c", str(config), "run", "--once-due")
    assert "no interests: the digest holds only trending papers" in done.err
    assert done.code == 1
    assert "every source failed" in done.out


@pytest.mark.parametrize("service", ["systemd", "launchd", "cron", "docker"])
def test_a_unit_is_printed_for_each_service(service: str, tmp_path: Path) -> None:
    """It names this config."""
    config = tmp_path / "config.toml"
    config.write_text(PLAIN)
    done = digest("-c", str(config), "run", "--service", service)
    assert done.code == 0
    assert "digest" in done.out


def test_the_next_time_of_an_empty_day_is_told(tmp_path: Path) -> None:
    """`send` says why there is nothing, and that is no failure."""
    config = tmp_path / "config.toml"
    config.write_text(PLAIN + '[[sources]]\ntype = "file"\npath = "papers.jsonl"\n')
    (tmp_path / "papers.jsonl").write_text("")
    for option in ([], ["--dry-run"]):
        done = digest("-c", str(config), "send", *option)
        assert done.code == 0, done
        assert "Your sources listed no new papers" in done.out


def test_a_sample_that_cannot_be_delivered_is_1(tmp_path: Path) -> None:
    """A file where the maildir should be."""
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "new").write_text("in the way")
    done = digest("send", "--sample", "--no-open", "-o", str(tmp_path / "mail"))
    assert done.code == 1
    assert "Not yet sent to" in done.out


HANGS = """
import sys, threading
from pathlib import Path
from digest.cli.run import exit_process
from digest.config import load
stop = threading.Event()
if sys.argv[2] == "told":
    stop.set()
exit_process(load(Path(sys.argv[1]), environ={}), stop)
"""


@pytest.mark.parametrize(("why", "code"), [("told", 0), ("hung", 1)])
def test_S15_a_digest_that_hangs_is_left_and_remembered(
    why: str, code: int, tmp_path: Path
) -> None:
    """After an hour the process ends, and its successor tells; told to stop, it ends with 0."""
    config = tmp_path / "config.toml"
    config.write_text(PLAIN)
    done = subprocess.run(
        [sys.executable, "-c", HANGS, str(config), why], check=False, timeout=60, env=os.environ
    )
    assert done.returncode == code
    with Store.open(load(config, environ={}).storage, now=utc_now) as store:
        assert (HANG in store.alerts.active()) == (why == "hung")


@pytest.mark.parametrize("screen", [True, pytest.param(False, marks=pytest.mark.process)])
def test_a_browser_is_opened_only_where_there_is_a_screen(screen: bool, tmp_path: Path) -> None:  # noqa: FBT001  # a parameter
    """With one, the page of the sample is shown; without one nothing is tried."""
    seen = tmp_path / "seen"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {seen}\n')
    browser.chmod(0o755)
    environ = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    done = subprocess.run(
        [sys.executable, "-m", "digest", "send", "--sample", "-o", str(tmp_path / "one")],
        check=False,
        capture_output=True,
        timeout=60,
        env=environ | {"BROWSER": str(browser)} | ({"DISPLAY": ":9"} if screen else {}),
    )
    assert done.returncode == 0, done
    assert seen.exists() == screen
    if screen:
        assert seen.read_text().strip() == (tmp_path / "one" / "digest.html").as_uri()


@pytest.mark.parametrize("dry", [True, False])
def test_a_source_that_failed_is_told_once(tmp_path: Path, *, dry: bool) -> None:
    """Beside the data, however many readers go without it."""
    lines = ['{"id": "2606.01001", "title": "Video diffusion", "abstract": "Video diffusion."}']
    (tmp_path / "papers").write_text("\n".join(lines))
    (tmp_path / "readers").mkdir()
    for name in ("ada", "ben"):
        (tmp_path / "readers" / f"{name}.toml").write_text(f'[email]\nto = "{name}@r.test"\n')
    sources = "".join(
        f'[[sources]]\ntype = "file"\nname = "{name}"\npath = "{path}"\n'
        for name, path in (("good", "papers"), ("lab", "gone"))
    )
    config = tmp_path / "config.toml"
    config.write_text('readers = "readers/*.toml"\n' + PLAIN + sources)
    done = digest("-c", str(config), "send", *(["--dry-run"] if dry else []))
    assert done.code == 0
    assert done.out.count("Would send “" if dry else "Sent 1 paper of 1") == 2
    told = [line for line in done.err.splitlines() if line.startswith("lab could not be read: ")]
    assert len(told) == 1
    assert "good" not in done.err
