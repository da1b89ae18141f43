"""A newcomer's first minutes at a terminal, against servers on loopback, and what they read."""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pexpect
import pytest
from http_server import answer as http_answer
from town import WANTED, town

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from town import Town

pytestmark = pytest.mark.process

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_SPINNER = re.compile(r"^[\u2800-\u28ff] .*\n?", re.MULTILINE)
PATIENCE = 60


class Terminal:
    """Somebody's home, and the terminal they sit at: 80 columns by 24 lines."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environ = {
            "HOME": str(home),
            "PATH": "/usr/bin:/bin",
            "TERM": "xterm",
            "TZ": "Europe/Berlin",
            "PYTHONPATH": ":".join(sys.path),
        }

    @contextmanager
    def started(self, *words: str) -> Iterator[pexpect.spawn[str]]:
        """Start a command, and see it end."""
        self.at_work = pexpect.spawn(
            sys.executable,
            ["-m", "digest", *words],
            env=self.environ,
            cwd=str(self.home),
            dimensions=(24, 80),
            encoding="utf-8",
            timeout=PATIENCE,
        )
        try:
            yield self.at_work
        finally:
            self.at_work.close(force=True)

    def read(self, *words: str, code: int = 0) -> str:
        """Run a command to its end and return what it left on the terminal."""
        with self.started(*words) as work:
            work.expect(pexpect.EOF)
            shown = plain(str(work.before))
        assert work.exitstatus == code, shown
        return shown


def plain(shown: str) -> str:
    """Return what was shown without colours, and without what was wiped away again."""
    lines = _ESCAPES.sub("", shown).replace("\r\n", "\n").split("\n")
    left = "\n".join(line.rpartition("\r")[2].rstrip() for line in lines)
    return _SPINNER.sub("", left).strip()


@pytest.fixture
def village(tmp_path: Path) -> Iterator[Town]:
    """A web server with today's papers and a mail server."""
    (tmp_path / "town").mkdir()
    with town(tmp_path / "town") as built:
        yield built


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """A terminal in an empty home."""
    (tmp_path / "home").mkdir()
    return Terminal(tmp_path / "home")


def answer(work: pexpect.spawn[str], village: Town) -> list[str]:
    """Answer the questions of `digest init`, one wrongly at first; return what stood before each.

    The last one is the offer of a preview, which is left open.
    """
    shown = []
    for question, said in (
        ("What do you read about", "flow matching, speculative decoding"),
        ("Where should the digest go", "ada"),
        ("Where should the digest go", "ada@reader.test"),
        ("Mail server", f"127.0.0.1:{village.smtp_port}"),
        ("At what time", "6:45"),
    ):
        work.expect_exact(question)
        shown.append(plain(str(work.before)))
        work.sendline(said)
    work.expect_exact("See today's digest now? [Y/n]: ")
    return [*shown, plain(str(work.before))]


def here(terminal: Terminal, village: Town) -> Path:
    """Let the config that was written know the servers of the test; return where it lies."""
    config = terminal.home / ".config" / "digest" / "config.toml"
    text = config.read_text()
    real = '#url = "https://huggingface.co/api/daily_papers"'
    assert real in text
    config.write_text(text.replace(real, f'url = "{village.web.url("/api/daily_papers")}"'))
    return config


def test_from_an_empty_home_to_the_first_letter(terminal: Terminal, village: Town) -> None:
    """Each command says what it did and what comes next, from `init` to `status`."""
    with terminal.started("init") as work:
        first, _, wrong, _, _, after = answer(work, village)
        work.sendline("n")
        work.expect(pexpect.EOF)
    assert first.startswith("Five questions. Press Enter to accept the answer in [brackets].")
    assert "not an email address" in wrong
    assert "Wrote ~/.config/digest/config.toml (only you can read it)" in after
    assert plain(str(work.before)).splitlines()[-3:] == [
        "hint: `digest preview` shows today's digest,",
        "      `digest send --test` sends it to your inbox,",
        "      `digest run` sends it every day",
    ]
    assert work.exitstatus == 0

    here(terminal, village)
    assert terminal.read("preview", "-o", "page.html").startswith("Wrote page.html: ")
    assert WANTED[1] in (terminal.home / "page.html").read_text()

    checked = terminal.read("check")
    parts = [" ".join(line.split()) for line in checked.splitlines()]
    assert parts[0] == "config ~/.config/digest/config.toml ok 1 reader, 2 interests"
    assert parts[1] == "sources huggingface ok 3 papers"
    assert parts[2].startswith("mail smtp ok ")
    assert re.search(r"^schedule +me +ok +next: .* 06:45 \+0[12]00", checked, re.MULTILINE)
    assert max(map(len, checked.splitlines())) <= 80

    sent = terminal.read("send", "--test")
    assert sent.endswith("to ada@reader.test")
    (mail,) = village.inbox.mails
    assert str(mail["Subject"]).startswith("[test] ")
    assert str(mail["To"]) == "ada@reader.test"
    assert "no digest yet" in terminal.read("status")

    assert terminal.read("why", "Few-Step").splitlines()[0].endswith(WANTED[1])
    assert terminal.read("like", WANTED[0]) == f"liked: {WANTED[1]} (arxiv:{WANTED[0]})"
    assert terminal.read("send").startswith("Sent 2 papers of 3 to ada@reader.test")
    assert "already sent" in terminal.read("send")
    assert re.search(
        r"^ {13}\d{4}-\d\d-\d\d +sent +2 papers", terminal.read("status"), re.MULTILINE
    )
    assert len(village.inbox.mails) == 2


def test_the_offer_of_init_is_today_s_digest(terminal: Terminal, village: Town) -> None:
    """Enter opens the preview at a printed address; Ctrl-C ends it and shows the next step."""
    village.pages["/api/daily_papers"] = http_answer(404)
    with terminal.started("init") as work:
        answer(work, village)
        here(terminal, village)
        work.sendline("")
        work.expect(r"http://127\.0\.0\.1:\d+/ .*Ctrl-C to stop")
        assert "huggingface failed" in plain(str(work.before))
        work.sendintr()
        work.expect(pexpect.EOF)
    assert "`digest run` sends it every day" in plain(str(work.before))
    assert work.exitstatus == 0


@pytest.mark.parametrize("leave", ["sendintr", "sendeof"])
def test_who_leaves_init_leaves_nothing(terminal: Terminal, leave: str) -> None:
    """Ctrl-C and Ctrl-D behind a typed password: neither it nor a config is anywhere."""
    with terminal.started("init") as work:
        for question, said in (
            ("What do you read about", ""),
            ("Where should the digest go", "ada@reader.test"),
            ("Mail server", "127.0.0.2:9"),
            ("Username", ""),
            ("Password", ""),
            ("hidden; saved", "s3cret"),
        ):
            work.expect_exact(question)
            work.sendline(said)
        work.expect_exact("At what time")
        shown = plain(str(work.before))
        getattr(work, leave)()
        while work.expect([pexpect.EOF, pexpect.TIMEOUT], timeout=5):
            getattr(work, leave)()  # readline misses what comes just before it listens
    assert "s3cret" not in shown
    assert "logging in to 127.0.0.2 …" in shown
    assert "`digest check` tries it again" in shown
    assert "Traceback" not in plain(str(work.before))
    assert work.exitstatus == 130
    assert list(terminal.home.rglob("*password*")) == []
    assert list(terminal.home.rglob("config.toml*")) == []
