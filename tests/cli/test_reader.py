"""`digest reader`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from town import Run


@pytest.fixture
def lab(run: Run, folder: Path) -> Run:
    """A config with a folder of readers' files, and one reader added by command."""
    config = folder / "config.toml"
    config.write_text(f'readers = "readers/*.toml"\n{config.read_text()}')
    done = run("reader", "add", "ada", "ada@reader.test", "--interest", "flow matching")
    assert done.code == 0, done.err
    return run


def test_D5_a_renamed_reader_stays_stopped(lab: Run, folder: Path) -> None:
    """The pause belongs to the reader, whatever the file is called."""
    lab("reader", "pause", "ada")
    assert lab("reader", "rename", "ada", "lovelace").code == 0
    listed = lab("reader", "list")
    assert not (folder / "readers" / "ada.toml").exists()
    assert "ada@reader.test  stopped" in listed.out


def test_delivery_is_paused_and_resumed(lab: Run) -> None:
    """For a time or until resumed; a day in the past is refused."""
    assert lab("reader", "pause", "ada", "--until", "2999-01-01").code == 0
    assert "paused until 2999-01-01" in lab("reader", "list").out
    assert lab("reader", "resume", "ada").code == 0
    assert "active" in lab("reader", "list").out
    assert "not in the future" in lab("reader", "pause", "ada", "--until", "2020-01-01").err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("add", "ada", "b@reader.test"), "already exists"),
        (("add", "../x", "b@reader.test"), "cannot be a reader's name"),
        (("add", "bo", "nonsense"), "not an email address"),
        (("rename", "nemo", "bo"), "no reader's file"),
    ],
)
def test_a_mistake_is_one_message(lab: Run, arguments: tuple[str, ...], says: str) -> None:
    """Nothing is written."""
    done = lab("reader", *arguments)
    assert done.code in (1, 2)
    assert says in done.err


def test_a_config_for_one_reader_says_what_to_set(run: Run) -> None:
    """The message names the key."""
    assert 'readers = "readers/*.toml"' in run("reader", "add", "bo", "bo@reader.test").err
