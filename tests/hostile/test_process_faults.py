"""The catalogue of faults, S and O: what a process has too little of, and what it leaves behind."""

from __future__ import annotations

import ast
import os
import signal
import socket
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from fakes import house
from limited import arrived, ended, makes_up, settle, started

import digest as package
from digest.app.pipeline.pipeline import send

pytestmark = pytest.mark.process

SERIALISED = {"pickle", "cPickle", "cloudpickle", "dill", "joblib", "shelve", "marshal"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a config that needs no network, and one paper."""
    return settle(tmp_path)


def test_S25_too_few_files_are_said_and_nothing_is_lost(folder: Path) -> None:
    """One message, exit code 1, no mail; with room again the digest goes out, once."""
    code, said = ended(started(folder, limit="-n 6"))

    assert code == 1
    assert "digest.db: cannot be" in said
    assert "Traceback" not in said
    assert arrived(folder) == 0
    assert makes_up(folder)


@pytest.mark.parametrize("files", range(5, 17))
def test_S25_however_few_files(folder: Path, files: int) -> None:
    """It works or says why it cannot; never a traceback, never a second mail."""
    code, said = ended(started(folder, limit=f"-n {files}"))

    assert code in (0, 1)
    assert "Traceback" not in said
    assert arrived(folder) == (1 if code == 0 else 0)
    assert makes_up(folder)
    assert files < 10 or code == 0


def test_S26_too_little_memory_is_said_and_nothing_is_lost(folder: Path) -> None:
    """One message, exit code 1; with memory again the digest goes out, once."""
    code, said = ended(started(folder, limit="-v 60000"))

    assert code == 1
    assert "not enough memory" in said
    assert "Traceback" not in said
    assert makes_up(folder)


@pytest.mark.parametrize("megabytes", range(60, 560, 40))
def test_S26_however_little_memory(folder: Path, megabytes: int) -> None:
    """It sends or says why it cannot, and never hangs; the next one makes up for it."""
    began = time.monotonic()
    code, said = ended(started(folder, limit=f"-v {megabytes * 1000}"))
    sys.stdout.write(f"\n{megabytes} MB: {code} after {time.monotonic() - began:.1f} s\n")

    assert code in (0, 1)
    assert "Traceback" not in said
    assert arrived(folder) == (1 if code == 0 else 0)
    assert makes_up(folder)


def test_S26_a_daemon_without_memory_lives(folder: Path) -> None:
    """The digest fails and is tried again later; told to stop, the daemon ends with 0."""
    daemon = started(folder, "run", "-v 330000")
    assert daemon.stderr
    for line in daemon.stderr:
        if "event=failed" in line:
            break
    assert daemon.poll() is None
    daemon.send_signal(signal.SIGTERM)
    code, said = ended(daemon)

    assert code == 0
    assert "Traceback" not in said
    assert makes_up(folder)


def test_O03_the_loop_itself_feeds_the_watchdog(folder: Path) -> None:
    """Ready once it is up, fed after the first round of work, and told when it stops."""
    (folder / "papers.jsonl").unlink()
    os.mkfifo(folder / "papers.jsonl")  # the round hangs until somebody writes a paper
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(folder / "notify"))
        manager.settimeout(30)
        daemon = started(folder, "run", NOTIFY_SOCKET=str(folder / "notify"))
        heard = [manager.recv(64)]
        manager.settimeout(2)
        with pytest.raises(TimeoutError):
            manager.recv(64)
        manager.settimeout(30)
        (folder / "papers.jsonl").write_text('{"id": "2606.01001", "title": "Flow matching"}\n')
        heard.append(manager.recv(64))
        daemon.send_signal(signal.SIGTERM)
        heard.append(manager.recv(64))
        code, said = ended(daemon)

    assert heard == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]
    assert code == 0, said


def test_O06_nothing_is_kept_that_another_python_could_not_read(tmp_path: Path) -> None:
    """The state is SQLite with text and numbers: after an upgrade the rest is built anew."""
    with house(tmp_path) as home:
        send([home.request()], home.config, home.runtime)
        home.store.tidy()
    with closing(sqlite3.connect(tmp_path / "state" / "digest.db")) as database:
        tables = [
            row[0]
            for row in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        ]
        blobs = [
            value
            for table in tables
            for row in database.execute(f"SELECT * FROM {table}")  # noqa: S608  # our own names
            for value in row
            if isinstance(value, bytes)
        ]
    files = {path.name for path in (tmp_path / "state").rglob("*") if path.is_file()}

    assert blobs
    assert not any(blob.startswith(b"\x80") for blob in blobs)
    assert {name.split(".")[-1] for name in files} == {"db", "made"}


IN_ONE_PIPE = {"isolated_templates.py"}
"""Modules that pickle to a child of the same interpreter, through a pipe; it answers in JSON."""


def test_O06_no_state_is_pickled() -> None:
    """No module reads or writes objects in a form that depends on Python's version."""
    files = sorted(Path(package.__path__[0]).rglob("*.py"))
    for path in files:
        if path.name in IN_ONE_PIPE:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Import(names=names):
                    assert not SERIALISED & {name.name.split(".")[0] for name in names}, path
                case ast.ImportFrom(module=str(module)):
                    assert module.split(".")[0] not in SERIALISED, path
                case ast.keyword(arg="allow_pickle", value=value):
                    assert ast.unparse(value) == "False", path
                case _:
                    pass
    assert len(files) > 50
