"""The command line: exit codes, streams, and what a broken terminal does to it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner
from town import digest

from digest.cli import cli, exit_code

if TYPE_CHECKING:
    from pathlib import Path

RUN = (sys.executable, "-m", "digest")


def config_in(folder: Path, text: str = "") -> Path:
    """Write a config that needs no network."""
    path = folder / "config.toml"
    path.write_text(
        text
        or '[email]\nto = "ada@reader.test"\n[[interests]]\nphrases = ["flow matching"]\n'
        '[[sources]]\ntype = "file"\npath = "papers.jsonl"\n'
        '[maildir]\npath = "mail"\n[storage]\npath = "state"\n[schedule]\ntimezone = "UTC"\n'
    )
    path.chmod(0o600)
    (folder / "papers.jsonl").write_text(
        '{"id": "2606.01001", "title": "Flow matching “für” 流", "abstract": "Flow matching."}\n'
    )
    return path


def shell(script: str, folder: Path, **environ: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of shell in which `$D` is digest with the config of `folder`."""
    command = f'D="{" ".join(RUN)} -c {config_in(folder)}"; {script}'
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        check=False,
        capture_output=True,
        timeout=60,
        env={**os.environ, **environ},
        cwd=folder,
    )


def test_help_is_in_the_order_in_which_one_meets_the_commands() -> None:
    """Every command of the interface is there."""
    done = digest("--help")
    assert done.code == 0
    names = [line.split()[0] for line in done.out.partition("Commands:")[2].split("\n") if line]
    assert names == [
        *("init", "check", "preview", "send", "run", "rank", "why"),
        *("like", "dislike", "feedback", "resume", "reader", "status", "templates"),
        *("backup", "restore"),
    ]
    assert list(cli.commands) == names


@pytest.mark.parametrize("name", ["", *cli.commands])
def test_help_tells_all_at_80_columns(name: str) -> None:
    """Every command and option is explained, in sentences that are whole, in lines that fit."""
    command = cli.commands[name] if name else cli
    options = [p for p in command.params if isinstance(p, click.Option)]
    done = digest(*filter(None, [name]), "--help")
    assert [option.name for option in options if not option.help] == []
    assert [option.help for option in options if not (option.help or "").endswith(".")] == []
    assert (command.help or "").split("\n")[0].endswith(".")
    assert max(map(len, done.out.splitlines())) <= 80
    assert "..." not in done.out.replace("[PAPERS]...", "").replace("[ARGS]...", "").replace(
        "[OPTIONS]...", ""
    )


def test_colours_are_for_those_who_want_them(tmp_path: Path) -> None:
    """On a terminal, but not under NO_COLOR, and never in a pipe."""
    arguments = ["-c", str(config_in(tmp_path)), "check", "--offline"]
    runner = CliRunner()
    shown = [
        runner.invoke(cli, arguments, color=terminal, env={"NO_COLOR": wish}).output
        for terminal, wish in ((True, ""), (True, "1"), (False, ""))
    ]
    assert ["\x1b[" in output for output in shown] == [True, False, False]


def test_without_a_command_it_says_what_to_do_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First steps where there is no config, the next ones where there is."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    monkeypatch.delenv("DIGEST_CONFIG", raising=False)
    assert "digest preview --sample" in digest().out
    config_in(tmp_path)
    assert digest().out.startswith(f"Your config is {tmp_path / 'config.toml'}.")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["sned"], "No such command"),
        (["send", "--dya", "2026-06-16"], "--day"),
        (["send", "--day", "16.6.2026"], "write it as 2026-11-22"),
        (["like"], "name a paper, a --from file, or --undo"),
        (["run", "--service", "upstart"], "systemd"),
    ],
)
def test_usage_is_2_with_the_right_word(arguments: list[str], words: str, tmp_path: Path) -> None:
    """What is wrong and what was meant."""
    done = digest("-c", str(config_in(tmp_path)), *arguments)
    assert (done.code, done.out) == (2, "")
    assert words in done.err


def test_vv_shows_the_traceback_of_a_foreseeable_error(tmp_path: Path) -> None:
    """For whoever looks for the cause."""
    with pytest.raises(Exception, match="no such file"):
        exit_code(["-vv", "-c", str(tmp_path / "none.toml"), "send"])


def test_a_file_that_cannot_be_written_is_1(tmp_path: Path) -> None:
    """With its name."""
    config = config_in(tmp_path)
    done = digest("-c", str(config), "preview", "-o", str(tmp_path / "no" / "where.html"))
    assert done.code == 1
    assert done.err.strip().endswith("where.html: No such file or directory")


def test_an_unknown_reader_is_2(tmp_path: Path) -> None:
    """With those that are known."""
    done = digest("-c", str(config_in(tmp_path)), "send", "--reader", "bo")
    assert done.code == 2
    assert "no reader is called bo" in done.err
    assert "known: me" in done.err


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("$D send <&- >&- 2>&-", 0),
        pytest.param("$D send >/dev/full", 1, marks=pytest.mark.process),
        pytest.param("$D send 2>/dev/full", 0, marks=pytest.mark.process),
        ("$D -v send | true", 0),
        pytest.param("$D -v send 2>&1 >/dev/null | true", 0, marks=pytest.mark.process),
    ],
)
def test_S28_a_closed_or_full_stream_costs_nothing(script: str, code: int, tmp_path: Path) -> None:
    """The digest goes out and its day is taken; 1 only where what was asked for is not written."""
    done = shell(script, tmp_path)
    assert done.returncode == code, done
    assert b"Traceback" not in done.stderr
    assert len(list((tmp_path / "mail" / "new").iterdir())) == 1
    assert "already sent" in digest("-c", str(tmp_path / "config.toml"), "send").out


@pytest.mark.parametrize(
    "environ",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        pytest.param({"PYTHONIOENCODING": "ascii"}, marks=pytest.mark.process),
    ],
)
def test_S29_utf_8_whatever_the_locale(environ: dict[str, str], tmp_path: Path) -> None:
    """What is printed keeps its letters."""
    done = shell("$D preview --text", tmp_path, **environ)
    assert done.returncode == 0, done
    assert "“für” 流" in done.stdout.decode()


def test_S29_no_home_and_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """The state folder is all that digest writes."""
    cwd = tmp_path / "cwd"
    cwd.mkdir(mode=0o500)
    done = subprocess.run(
        [*RUN, "-c", str(config_in(tmp_path)), "send"],
        check=False,
        capture_output=True,
        timeout=60,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)},
        cwd=cwd,
    )
    assert done.returncode == 0, done
    assert list(cwd.iterdir()) == []


def test_help_survives_a_closed_pipe(tmp_path: Path) -> None:
    """`digest --help | head -1` is no error."""
    assert shell("$D --help | head -1", tmp_path).returncode == 0
