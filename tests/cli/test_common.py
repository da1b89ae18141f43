"""What the commands share: the log of one line an event, days, the JSON they print."""

from __future__ import annotations

import io
import logging
import sys
from datetime import date
from typing import TYPE_CHECKING

import click
import pexpect
import pytest
from fakes import PLAIN, house
from town import Tty

from digest.app.alerts import raise_alert
from digest.cli.common import (
    DATE,
    Context,
    only_reader,
    print_new_alerts,
    print_notices,
    progress,
    readers_of,
    set_up_logging,
    today,
    with_spinner,
)
from digest.model.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


def logged(log: logging.Logger, verbose: int, *, quiet: bool = False) -> io.StringIO:
    """Set the log up and return what it will write to."""
    set_up_logging(verbose, quiet=quiet)
    out = io.StringIO()
    (handler,) = log.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(out)
    return out


def test_O04_an_event_is_one_line(log: logging.Logger) -> None:
    """Whatever it quotes: no control character, no line end, no turn of the writing."""
    out = logged(log, 1)
    hostile = "a\nb\r\x1b[31mred\x00\u2028\u202e.\x85"
    log.warning("event=source-failed error=%s", hostile)
    (line,) = out.getvalue().splitlines()
    assert line.endswith("WARNING event=source-failed error=a?b??[31mred???.?")
    assert line[:4].isdigit()


def _fail() -> None:
    raise ValueError("two\nlines")


def test_O04_a_traceback_is_one_line_too(log: logging.Logger) -> None:
    """Kind and words of the error; all of it only by -vv."""
    outs = []
    for verbose in (1, 2):
        out = logged(log, verbose)
        try:
            _fail()
        except ValueError:
            log.exception("event=source-raised")
        outs.append(out.getvalue())
    (line,) = outs[0].splitlines()
    assert line.endswith("ERROR event=source-raised raised='ValueError: two?lines'")
    assert "Traceback" in outs[1]


def test_an_exception_that_is_none_adds_nothing(log: logging.Logger) -> None:
    """`exc_info` outside of an except block."""
    out = logged(log, 1)
    log.error("event=odd", exc_info=(None, None, None))
    assert out.getvalue().endswith("ERROR event=odd\n")


def test_verbosity(log: logging.Logger) -> None:
    """-q only errors, usually warnings, -v every event."""
    levels = []
    for verbose, quiet in ((0, True), (0, False), (1, False)):
        logged(log, verbose, quiet=quiet)
        levels.append(log.level)
    assert levels == [logging.ERROR, logging.WARNING, logging.INFO]


def test_a_day_is_written_one_way() -> None:
    """What is none says how one is written."""
    assert DATE.convert("2026-06-16", None, None) == date(2026, 6, 16)
    with pytest.raises(click.BadParameter, match="write it as 2026-11-22"):
        DATE.convert("yesterday", None, None)


def test_a_reader_by_name(tmp_path: Path) -> None:
    """All of them where none is named; the first where one is needed."""
    files = {
        "readers/ada.toml": '[email]\nto = "ada@r.test"\n',
        "readers/bo.toml": '[email]\nto = "bo@r.test"\n[schedule]\ntimezone = "Asia/Tokyo"\n',
    }
    text = 'readers = "readers/*.toml"\n' + PLAIN.replace('to = "ada@reader.test"\n', "")
    with house(tmp_path, text, files=files) as home:
        assert [r.name for r in readers_of(home.config, None)] == ["ada", "bo"]
        assert [r.name for r in readers_of(home.config, "bo")] == ["bo"]
        assert only_reader(home.config, None).name == "ada"
        late = home.clock().replace(hour=20)
        assert today(home.config.reader("bo"), late) == date(2026, 6, 17)
        with pytest.raises(ConfigError, match="no reader is called cy"):
            only_reader(home.config, "cy")


def test_warnings_of_the_config_are_said_unless_quiet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """On stderr, beside the data."""
    path = tmp_path / "config.toml"
    path.write_text('[email]\nto = "ada@r.test"\n')
    for quiet in (False, True):
        Context(config=path, quiet=quiet).load(warn=True)
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("no interests") == 1


def test_what_happened_to_the_store_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A lost database is not restored in silence."""
    with house(tmp_path) as home:
        home.store.tidy()
    (tmp_path / "state" / "digest.db").unlink()
    with house(tmp_path) as home:
        print_notices(home.runtime)
    assert "the database was lost; it was restored" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "moves"),
    [
        ([], True),
        pytest.param(["-q"], False, marks=pytest.mark.process),
        pytest.param(["-v"], False, marks=pytest.mark.process),
    ],
)
def test_progress_is_shown_on_a_terminal(option: list[str], moves: bool, folder: Path) -> None:  # noqa: FBT001  # a parameter
    """While the sources are read; the data is the last thing that is left of it."""
    command = [*("-m", "digest", "-c", str(folder / "config.toml")), *option, "check"]
    shown = str(pexpect.run(f"{sys.executable} {' '.join(command)}", timeout=60, encoding="utf-8"))
    assert ("Checking" in shown) == moves
    assert "readable and writable" in shown


def test_no_progress_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    """A pipe gets the data alone."""
    assert list(with_spinner([1, 2], "Looking")) == [1, 2]
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("total", "quiet", "moves"), [(3, False, True), (3, True, False), (0, False, False)]
)
def test_a_bar_for_what_has_parts(
    monkeypatch: pytest.MonkeyPatch, log: logging.Logger, *, total: int, quiet: bool, moves: bool
) -> None:
    """On a terminal, unless -q or there is nothing to do; on stderr, beside the data."""
    screen = Tty()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    logged(log, 0, quiet=quiet)
    with progress("Abstracts", total) as done:
        done(2)
    assert ("Abstracts" in screen.getvalue() and "2/3" in screen.getvalue()) == moves
    assert bool(screen.getvalue()) == moves


def test_what_is_logged_meanwhile_stands_above_the_spinner() -> None:
    """Not in its line: rich moves its own line out of the way of what it is told."""
    code = (
        "import logging; from digest.cli.common import set_up_logging, spinner\n"
        "set_up_logging(0, quiet=False)\n"
        "with spinner('Reading'): logging.getLogger('digest').warning('event=odd')\n"
        "logging.getLogger('digest').warning('event=after')"
    )
    child = pexpect.spawn(sys.executable, ["-c", code], encoding="utf-8", timeout=60)
    shown = child.read()
    before = shown[: shown.index("event=odd")].rpartition("\n")[2]
    assert "Reading" not in before.rpartition("\x1b[2K")[2]
    assert "event=after" in shown


@pytest.mark.parametrize("verbose", [0, 1])
def test_an_alert_is_told_in_words_where_somebody_sits(
    tmp_path: Path,
    log: logging.Logger,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    verbose: int,
) -> None:
    """Once, without the log's line; what the command tells by itself it does not tell twice."""
    set_up_logging(verbose, quiet=False)
    screen = Tty()
    monkeypatch.setattr(sys, "stderr", screen)
    with house(tmp_path) as home:
        raise_alert(home.store.alerts, "moved:old", "known before")
        with print_new_alerts(Context(verbose=verbose), home.runtime):
            raise_alert(home.store.alerts, "moved:blog", "blog moved")
            raise_alert(home.store.alerts, "source:blog", "blog fails")
    capsys.readouterr()
    assert screen.getvalue() == ("" if verbose else "blog moved\n")
    assert log.getChild("alerts").isEnabledFor(logging.WARNING)
