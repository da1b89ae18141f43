"""Commands that look: what they print, for people and for scripts; nothing is ever sent."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import threading
import urllib.request
from contextlib import redirect_stderr
from typing import TYPE_CHECKING

import pytest
from town import digest

from digest.cli import exit_code
from digest.store import DAEMON, lock

if TYPE_CHECKING:
    from pathlib import Path

    from town import Run


def test_check_reads_aloud_what_it_finds(run: Run) -> None:
    """A line for each part; offline, nothing is connected to."""
    online, offline = run("check"), run("check", "--offline")
    assert (online.code, offline.code) == (0, 0)
    for part in ("config", "sources", "mail", "templates", "schedule", "state"):
        assert f"\n{part}" in f"\n{online.out}"
    assert "3 papers" in online.out
    assert "\nsources" not in offline.out
    assert "FAIL" not in online.out


def test_check_ends_with_each_problem_at_its_place(run: Run, folder: Path) -> None:
    """The line of the config with a caret and the cure; 1."""
    (folder / "papers.jsonl").unlink()
    done = run("check")
    assert done.code == 1
    assert "FAIL" in done.out
    assert f"{folder / 'config.toml'}:" in done.out


def test_check_offline_asks_nobody_about_liked_papers(run: Run, folder: Path) -> None:
    """A paper of the config that was never seen is let be; it does not take a minute."""
    path = folder / "config.toml"
    path.write_text(path.read_text() + '[taste]\nliked = ["2501.00042"]\n')
    done = run("-v", "check", "--offline")
    assert done.code == 0
    assert "papers-not-found" not in done.err


def test_check_json_is_one_document(run: Run, folder: Path) -> None:
    """Also where the config cannot be read."""
    assert json.loads(run("check", "--json").out) == {"ok": True, "problems": []}
    (folder / "config.toml").write_text("[email]\nto = 5\n")
    done = run("check", "--json")
    assert done.code == 2
    assert json.loads(done.out)["problems"][0]["where"].endswith("config.toml:2:6")


def test_preview_of_a_day(run: Run) -> None:
    """Of what was listed then, nothing here."""
    page = json.loads(run("preview", "--json", "--day", "2026-06-16").out)
    assert page["day"] == "2026-06-16"


def test_preview_writes_a_file_or_to_stdout(run: Run, tmp_path: Path) -> None:
    """HTML or text."""
    page = tmp_path / "page.html"
    assert run("preview", "-o", str(page)).code == 0
    assert "Flow Matching in Few Steps" in page.read_text(encoding="utf-8")
    assert "<html" in run("preview", "-o", "-").out
    assert run("preview", "--text").out.startswith("Two papers for you")


@pytest.mark.parametrize("form", [("-o", "-"), ("--text",), ("--json",)])
def test_preview_tells_a_broken_template_at_its_place(
    run: Run, folder: Path, form: tuple[str, ...]
) -> None:
    """Beside the letter in our dress, which goes where it was asked for, and not in it alone."""
    assert "digest.html" not in run("preview", *form).err
    config = folder / "config.toml"
    config.write_text(config.read_text().replace("[email]", '[email]\ntemplates = "mine"', 1))
    (folder / "mine").mkdir()
    (folder / "mine" / "digest.html").write_text("<p>\n{% if %}")
    done = run("preview", *form)
    assert done.code == 0
    assert f"{folder / 'mine' / 'digest.html'}:2" in done.err
    assert "{% if %}" in done.err
    assert "Flow Matching in Few Steps" in done.out


def test_preview_of_the_sample_as_text() -> None:
    """Without any config."""
    assert "papers for you" in digest("preview", "--sample", "--text").out


def test_rank_prints_a_table(run: Run, folder: Path) -> None:
    """The best first; lines that are no papers are counted."""
    papers = folder / "papers.jsonl"
    papers.write_text(papers.read_text() + "\n{}\n[]\n")
    done = run("rank", str(papers))
    assert done.code == 0
    assert done.out.splitlines()[-2].strip() == "0  Notes on Medieval Accounting"
    assert "skipped 2 lines that could not be read" in done.err


def test_rank_of_nothing_is_nothing(run: Run, tmp_path: Path) -> None:
    """An empty list is no error."""
    (tmp_path / "empty").write_text("")
    done = run("rank", str(tmp_path / "empty"), "--json")
    assert (done.code, done.out, done.err) == (0, "", "")


def test_why_explains_one_paper(run: Run) -> None:
    """By a part of its title, once it was seen; in words or as JSON."""
    run("preview", "--text")
    words, data = run("why", "Few Steps"), run("why", "2606.01001", "--json")
    assert words.code == 0
    assert words.out.splitlines()[0].endswith("Flow Matching in Few Steps")
    assert json.loads(data.out)["id"] == "arxiv:2606.01001"
    nobody = run("why", "alchemy")
    assert (nobody.code, nobody.out) == (1, "")
    assert "no paper is known by “alchemy”" in nobody.err


def test_status_tells_people_and_scripts_the_same(run: Run) -> None:
    """The state of things, 0 where all is well."""
    run("send")
    words, data = run("status", "-n", "1"), run("status", "--json")
    assert (words.code, data.code) == (0, 0)
    assert " sent " in words.out
    assert "likes are seen from" in json.loads(data.out)["background"]
    assert json.loads(data.out)["readers"][0]["last"]["state"] == "sent"


def test_status_says_whether_anything_will_be_sent(run: Run, folder: Path) -> None:
    """A time at which something is due is no promise where nothing runs."""
    assert "`digest run` is not running" in run("status").out
    with lock(folder / "state", DAEMON):
        assert "`digest run` is running\n" in run("status").out
        assert json.loads(run("status", "--json").out)["running"] is True


def test_status_is_1_where_something_must_be_mended(run: Run, folder: Path) -> None:
    """Mail that was given up (EX_NOUSER is final), or an alert."""
    (folder / "config.toml").write_text(
        (folder / "config.toml")
        .read_text()
        .replace('[maildir]\npath = "mail"', '[command]\nargv = ["/bin/sh", "-c", "exit 67"]')
    )
    assert run("send").code == 1
    assert run("status").code == 1


def test_templates_are_copied_once(tmp_path: Path) -> None:
    """What is there is not overwritten; how to use them is said."""
    mine = tmp_path / "mine"
    first, second = digest("templates", str(mine)), digest("templates", str(mine))
    assert first.code == 0
    assert f"{mine / 'digest.html'}\n" in first.out
    assert f'templates = "{mine}"' in first.err
    assert second.code == 1
    assert "every template is already there" in second.err


@pytest.mark.parametrize("beside", [True, False])
def test_the_line_to_write_names_the_folder_as_the_config_will(
    folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    *,
    beside: bool,
) -> None:
    """Wherever one stands: a path in a config counts from the config's own folder."""
    here = folder if beside else tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(here)
    config = folder / "config.toml"
    told = digest("-c", str(config), "templates", "mine").err
    (line,) = re.findall(r"templates = .*?\"(?=  )", told)
    assert line == ('templates = "mine"' if beside else f'templates = "{here / "mine"}"')
    assert str(config) in told
    config.write_text(config.read_text().replace("[email]", f"[email]\n{line}"))
    (here / "mine" / "digest.txt").write_text("mine, {{ subject }}")
    assert run_text(config).startswith("mine, ")


def run_text(config: Path) -> str:
    """Return the text that a preview prints."""
    return digest("-c", str(config), "preview", "--text").out


def test_without_a_config_the_whole_path_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is right wherever the config will lie."""
    for name in ("HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.delenv("DIGEST_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    done = digest("templates", "mine")
    assert f'templates = "{tmp_path / "mine"}"' in done.err
    assert done.err.endswith("under [email] in config.toml\n")


class Visitor(io.StringIO):
    """A stderr that visits the address it is told, then presses Ctrl-C."""

    visit: threading.Thread | None = None
    status = 0

    def write(self, text: str) -> int:
        """Take what is said."""
        said = super().write(text)
        if not self.visit and (found := re.search(r"http://127\.0\.0\.1:\d+/", self.getvalue())):
            self.visit = threading.Thread(target=self._visit, args=(found[0],))
            self.visit.start()
        return said

    def _visit(self, address: str) -> None:
        try:
            with urllib.request.urlopen(address, timeout=20) as answer:  # noqa: S310  # our own
                self.status = answer.status
        finally:
            os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.usefixtures("log")
def test_preview_serves_the_page_until_it_is_told_to_stop(folder: Path) -> None:
    """On loopback, at the port asked for or the next free one; Ctrl-C is 130, as anywhere."""
    visitor = Visitor()
    config = str(folder / "config.toml")
    with redirect_stderr(visitor):
        code = exit_code(["-c", config, "preview", "--no-open", "--no-watch", "--port", "0"])

    assert (visitor.status, code) == (200, 130)
    assert "Traceback" not in visitor.getvalue()


@pytest.mark.parametrize("count", ["0", "-1"])
def test_no_digest_at_all_cannot_be_asked_for(run: Run, count: str) -> None:
    """It would read as if there were none."""
    done = run("status", "-n", count)
    assert (done.code, done.out) == (2, "")
    assert "x>=1" in done.err


def test_digest_alone_says_how_things_are(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before what one may do: what was, what comes, what is wrong; it makes no state folder."""
    monkeypatch.setenv("DIGEST_CONFIG", str(folder / "config.toml"))
    assert digest().out.splitlines()[1] == "Nothing has been sent yet."
    assert not (folder / "state").exists()
    run("send")
    second = digest().out.splitlines()[1]
    assert second.startswith("Last digest ")
    assert "sent, 2 papers; next " in second
    (folder / "state" / "digest.db").write_bytes(b"SQLite format 3" + b"x" * 4096)
    assert digest().code == 0
    (folder / "config.toml").write_text("[email]\nto = 5\n")
    assert digest().out.splitlines()[1] == "It has a problem: `digest check` shows it."
