"""The line in a child of the daemon."""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from shutil import rmtree
from threading import Event
from typing import TYPE_CHECKING

import pytest
from limited import ended, settle, smtp, started
from smtp_server import mail_server

from digest.app.daemon.daemon import Daemon, Died
from digest.app.daemon.loop import PATIENCE
from digest.app.pipeline.request import DigestRequest
from digest.app.runtime import opened
from digest.cli.worker import Task, Worker, done
from digest.config import ConfigWatcher, load
from digest.delivery.queue_run import GRACE
from digest.model.errors import DigestError, StateError
from digest.store import lock

if TYPE_CHECKING:
    from pathlib import Path

    from digest.config import Config

pytestmark = pytest.mark.process

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
from digest.cli.worker import Worker
from digest.config import load
from digest.app.daemon.daemon import Daemon
from digest.app.runtime import opened
config = load(Path(sys.argv[1]), environ={})
with opened(config) as runtime:
    Daemon(runtime=runtime, config=lambda: config, line=Worker(quiet=True)).beat()
    (sent,) = runtime.store.digests.latest("me")
print(sent.state, sorted({"numpy", "scipy", "sklearn"} & set(sys.modules)))
"""
ANSWER = "print(json.dumps({'results': [], 'failure': '', 'hint': '', 'state': False}))"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """A reader whose one paper lies in a file."""
    (tmp_path / "papers.jsonl").write_text(json.dumps(PAPER))
    (tmp_path / "config.toml").write_text(CONFIG)
    return load(tmp_path / "config.toml", environ={})


def requests(config: Config) -> list[DigestRequest]:
    return [DigestRequest(reader=config.readers[0], day=NOW.date())]


def test_a_child_sends_what_is_due_and_we_remember_it(config: Config, tmp_path: Path) -> None:
    """It works under the parent's lock, with the config as the parent has it."""
    config = replace(config, storage=tmp_path / "elsewhere")
    with opened(config) as runtime, lock(config.storage) as held:
        results = Worker(quiet=True)(requests(config), config, runtime, held)
        kept = runtime.store.digests.latest("me")
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
    watched = ConfigWatcher(config.path, environ={}, clock=lambda: 0.0)
    config.path.write_text("[[interests]")
    assert done(task(watched.config, "me"), Event())["failure"] == ""


@pytest.mark.parametrize("state", [True, False])
def test_what_a_child_raises_is_raised_here(config: Config, *, state: bool) -> None:
    """With its words and its hint; that the state is at fault stays known."""
    answer = f"print(json.dumps({{'failure': 'broken', 'hint': 'mend it', 'state': {state}}}))"
    with opened(config) as runtime, lock(config.storage) as held:
        child = Worker(code=f"import json, sys; sys.stdin.buffer.read(9); {answer}")
        with pytest.raises(DigestError, match="broken") as caught:
            child(requests(config), config, runtime, held)
    assert (isinstance(caught.value, StateError), caught.value.hint) == (state, "mend it")


def test_a_daemon_that_worked_is_as_small_as_before(config: Config) -> None:
    """What ranks was loaded in the child, and is gone with it."""
    command = [sys.executable, "-c", BEAT, str(config.path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert ended.stdout == "sent []\n"


def test_a_child_is_told_to_stop_by_the_end_of_its_input(config: Config) -> None:
    """It waits for nothing else here: it would wait for ever."""
    with opened(config) as runtime, lock(config.storage) as held:
        runtime.stop.set()
        child = Worker(code=f"import json, sys; sys.stdin.buffer.read(); {ANSWER}")
        assert child(requests(config), config, runtime, held) == ()


def test_the_lock_outlives_the_parent_in_its_child(config: Config) -> None:
    """Who inherits the descriptor holds the lock: nobody works there until both are gone."""
    code = "import fcntl, json, sys; fcntl.flock(int(sys.argv[1]), fcntl.LOCK_EX | fcntl.LOCK_NB)"
    with opened(config) as runtime, lock(config.storage) as held:
        child = Worker(code=f"import sys; sys.argv.append('{held}'); {code}; {ANSWER}")
        assert child((), config, runtime, held) == ()


def test_a_child_that_dies_is_counted_as_a_death_of_ours(config: Config) -> None:
    """The round failed, and after three in a row the daemon rests longer."""
    moment = datetime(2026, 11, 20, 12, tzinfo=UTC)
    with opened(config, now=lambda: moment) as runtime:
        died = Worker(code="import os; os._exit(9)")
        daemon = Daemon(runtime=runtime, config=lambda: config, line=died)
        with pytest.raises(Died, match="exit code 9"):
            daemon.beat()
        assert runtime.store.keyvalue.get("daemon-at-work").startswith("1 ")
        assert daemon.rested
        daemon.rested = None
        daemon.line = Worker(code=f"import json, sys; sys.stdin.buffer.read(9); {ANSWER}")
        daemon.beat()
        assert runtime.store.keyvalue.get("daemon-at-work") == ""


STOP_SELF = "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"
WORK = "from digest.cli.worker import main; main()"


def test_S18_a_signal_to_all_of_us_while_a_child_starts_is_no_death(config: Config) -> None:
    """A service manager and Ctrl-C tell every process at once: it hears once it can obey."""
    with opened(config) as runtime, lock(config.storage) as held:
        child = Worker(code=f"{STOP_SELF}; {WORK}", quiet=True)
        (result,) = child(requests(config), config, runtime, held)
    assert (result.state, result.text) == ("waiting", "digest was told to stop")


@pytest.mark.parametrize("number", ["SIGTERM", "SIGINT"])
def test_S18_a_child_that_a_stop_ended_has_not_died(config: Config, number: str) -> None:
    """Where we are told to stop as well; without that it is a death as any other."""
    code = (
        f"import os, signal; signal.signal(signal.{number}, signal.SIG_DFL);"
        f" signal.pthread_sigmask(signal.SIG_SETMASK, []); os.kill(os.getpid(), signal.{number})"
    )
    with opened(config) as runtime, lock(config.storage) as held:
        child = Worker(code=code)
        with pytest.raises(Died):
            child(requests(config), config, runtime, held)
        runtime.stop.set()
        (result,) = child(requests(config), config, runtime, held)
    assert (result.state, result.text) == ("waiting", "digest was stopped")


def test_S19_a_child_that_hangs_does_not_outlive_us(config: Config) -> None:
    """It would hold the lock of the folder for ever."""
    with opened(config) as runtime, lock(config.storage) as held:
        runtime.stop.set()
        frozen = Worker(
            code="import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", patience=0.1
        )
        with pytest.raises(Died, match="exit code -9"):
            frozen(requests(config), config, runtime, held)


def test_a_child_has_ended_before_we_are_given_up() -> None:
    """A daemon that is told to stop waits for its round: the round must end sooner."""
    assert GRACE < Worker().patience < PATIENCE


CHATTY = """
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

@dataclass(frozen=True, kw_only=True)
class Chatty:
    kind: ClassVar[str] = "chatty"
    connections: ClassVar[int] = 1
    per_minute: ClassVar[int] = 0

    @contextmanager
    def session(self):
        yield self

    def deliver(self, envelope):
        print("so chatty")
        os.write(1, b"so very chatty")
        return "250 taken"

    def check(self, senders=()):
        return "fine"
"""


def test_what_an_outsider_prints_is_no_part_of_the_answer(
    config: Config,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """It goes where the log goes."""
    about = tmp_path / "path" / "chatty-1.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: chatty\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[digest.delivery]\nchatty = chatty:Chatty\n")
    (tmp_path / "path" / "chatty.py").write_text(CHATTY)
    config.path.write_text(CONFIG.replace('[maildir]\npath = "mail"', "[chatty]"))
    with monkeypatch.context() as patch:
        patch.syspath_prepend(tmp_path / "path")
        chatty = load(config.path, environ={})
        with opened(chatty) as runtime, lock(chatty.storage) as held:
            (result,) = Worker(quiet=True)(requests(chatty), chatty, runtime, held)
    out, said = capfd.readouterr()

    assert (result.state, out) == ("sent", "")
    assert "so chatty" in said
    assert "so very chatty" in said


def test_an_answer_that_is_none_is_a_death(config: Config) -> None:
    """It is shown, and counted; no error of our own hides it."""
    with opened(config) as runtime, lock(config.storage) as held:
        child = Worker(code="import sys; sys.stdin.buffer.read(9); print('what?')")
        with pytest.raises(Died, match=r"what\?"):
            child(requests(config), config, runtime, held)


def environ(folder: Path, name: str) -> dict[str, str]:
    """Return what a program saw of its surroundings, but for what a shell makes up itself."""
    lines = (folder / name).read_text().splitlines()
    seen = dict(line.split("=", 1) for line in lines if "=" in line)
    return {key: value for key, value in seen.items() if key not in ("_", "SHLVL", "PWD", "OLDPWD")}


@pytest.mark.parametrize("kind", ["delivers", "password"])
def test_what_we_run_sees_the_same_from_run_as_from_send(tmp_path: Path, kind: str) -> None:
    """A program that works by hand works in the service: our child hands nothing of its own on."""
    signing_in = b"250-mail.test\r\n250 AUTH PLAIN\r\n"
    seen = {}
    for command in ("send", "run"):
        with mail_server(ehlo=signing_in) as server:
            log_in = """username = "ada"\npassword = { command = "env > seen; echo secret" }\n"""
            program = """[command]\nargv = ["sh", "-c", "cat > mail; env > seen", "sh"]\n"""
            way = program if kind == "delivers" else smtp(server.port) + log_in
            home = settle(tmp_path / "home", way)
            process = started(home, command)
            assert process.stderr
            if command == "run":
                for line in process.stderr:
                    if "event=sent" in line:
                        break
                process.terminate()
            ended(process)
        seen[command] = environ(home, "seen")
        rmtree(home)

    assert seen["run"] == seen["send"]
    assert seen["run"]["PATH"]


def test_a_child_reads_the_password_as_it_is_now(config: Config, tmp_path: Path) -> None:
    """A password that was changed in its file needs no restart of the daemon."""
    password = tmp_path / "password"
    with mail_server(ehlo=b"250-mail.test\r\n250 AUTH PLAIN\r\n") as server:
        way = f'{smtp(server.port)}username = "ada"\npassword = {{ file = "{password}" }}\n'
        config.path.write_text(CONFIG.replace('[maildir]\npath = "mail"\n', way))
        signing = load(config.path, environ={})
        with opened(signing) as runtime, lock(signing.storage) as held:
            for number, secret in enumerate(("first", "second")):
                password.write_text(secret)
                (tmp_path / "papers.jsonl").write_text(
                    json.dumps(PAPER | {"id": f"2611.0{number}001"})
                )
                day = NOW.date() + timedelta(days=number)
                request = DigestRequest(reader=signing.readers[0], day=day)
                Worker(quiet=True)([request], signing, runtime, held)
    said = [
        b64decode(line.removeprefix(b"AUTH PLAIN ")) for _, line in server.heard if b"AUTH" in line
    ]

    assert said == [b"\0ada\0first", b"\0ada\0second"]
