"""The config while digest runs."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import fake_model
import pytest
from fake_kinds import KINDS
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.config import ConfigChange, ConfigWatcher
from digest.config.last_good import NAME
from digest.model.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

GOOD = '[email]\nto = "ada@example.org"\n[maildir]\npath = "mail"\n'
MORE = GOOD.replace("[maildir]", "papers = 3\n[maildir]")


class Desk:
    """A config file on somebody's desk, a clock, and the digest that watches."""

    def __init__(self, folder: Path, text: str = GOOD) -> None:
        self.path = folder / "config.toml"
        self.state = folder / "state"
        self.now = 0.0
        self.stamp = 1
        self.write(text)
        self.watched = self.start()

    def start(self, **options: Any) -> ConfigWatcher:
        """Start watching."""
        return ConfigWatcher(
            self.path,
            environ={"DIGEST_STATE": str(self.state)},
            clock=lambda: self.now,
            local_zone=lambda: ZoneInfo("Asia/Tokyo"),
            kinds=KINDS,
            **options,
        )

    def write(self, text: str, name: str = "config.toml") -> None:
        """Save a file, at a later time than before."""
        path = self.path.parent / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        self.stamp += 1
        os.utime(path, (self.stamp, self.stamp))

    def look(self, *, after: float = 0.0) -> ConfigChange | None:
        """Look once more, so many seconds later."""
        self.now += after
        return self.watched.poll()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a desk with a good config."""
    return Desk(tmp_path)


def test_nothing_changed_is_nothing(desk: Desk) -> None:
    """A look at an untouched file finds nothing."""
    assert desk.look(after=60) is None


def test_c02_a_change_counts_when_read_twice(desk: Desk) -> None:
    """Two equal readings a second apart, not before."""
    desk.write(MORE)

    assert desk.look() is None
    assert desk.look(after=0.9) is None
    change = desk.look(after=0.2)

    assert change is not None
    assert (change.refused, change.config.readers[0].email.papers) == (None, 3)
    assert desk.watched.config is change.config


def test_c02_a_file_that_still_grows_is_waited_for(desk: Desk) -> None:
    """Each new reading starts the second anew."""
    for end in range(0, len(MORE), 9):
        desk.write(MORE[:end])
        assert desk.look(after=0.9) is None
    desk.write(MORE)
    assert desk.look(after=0.9) is None

    assert desk.look(after=1) is not None


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, len(MORE)), max_size=6))
def test_c02_no_prefix_is_ever_in_force(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int]
) -> None:
    """Whatever part of a rewritten file is seen between two ticks, only a whole one counts."""
    desk = Desk(tmp_path_factory.mktemp("desk"))
    for cut in cuts:
        desk.write(MORE[:cut])
        desk.look(after=0.5)
        assert desk.watched.config.readers[0].email.to == ("ada@example.org",)
        assert desk.watched.config.readers[0].email.papers in (12, 3)


def test_c01_a_broken_file_leaves_the_last_good_one_in_force(desk: Desk) -> None:
    """One alert with line and column, not one a tick."""
    desk.write('[email]\nto = "ada')
    desk.look()

    change = desk.look(after=2)

    assert change is not None
    assert change.refused is not None
    assert change.refused.problems[0].where.endswith("config.toml:2:6")
    assert change.config.readers[0].email.to == ("ada@example.org",)
    assert [desk.look(after=30) for _ in range(3)] == [None, None, None]
    assert desk.watched.refused is change.refused


def test_c01_a_mended_file_is_taken_up(desk: Desk) -> None:
    """After the mistake comes the mended file, or the old one again."""
    for text in (MORE, MORE, GOOD):
        desk.write("[")
        desk.look()
        assert desk.look(after=2) is not None
        desk.write(text)
        desk.look()

        change = desk.look(after=2)

        assert change is not None
        assert (change.refused, desk.watched.refused) == (None, None)


def test_c01_a_password_that_others_may_read_from_now_on_is_told(tmp_path: Path) -> None:
    """The mode alone changed: the config in force stays, and the mended mode ends it."""
    desk = Desk(tmp_path)
    desk.path.chmod(0o600)
    desk.write(GOOD.replace('[maildir]\npath = "mail"', '[smtp]\nhost = "a.test"\npassword = "x"'))
    desk.watched = desk.start()
    desk.path.chmod(0o644)
    desk.look()
    told = desk.look(after=2)
    desk.path.chmod(0o600)
    desk.look()
    mended = desk.look(after=2)

    assert told is not None
    assert f"chmod 600 {desk.path}" in str(told.refused.problems[0].hint if told.refused else "")
    assert mended is not None
    assert (mended.refused, desk.watched.refused) == (None, None)


def test_c01_a_file_that_is_gone_is_told_once(desk: Desk) -> None:
    """Deleted, it is in force still; back again, nothing is said but that all is well."""
    desk.path.unlink()
    desk.look()
    change = desk.look(after=2)

    assert change is not None
    assert change.refused is not None
    assert "no such file" in str(change.refused)
    assert desk.look(after=30) is None


@pytest.mark.parametrize(
    "text", ["", "[maildir]\npath = 'mail'", '[email]\nto = "ada@example.org"']
)
def test_c03_all_readers_never_vanish(desk: Desk, text: str) -> None:
    """A valid config that would send nothing to nobody is refused, with what to do."""
    desk.write(text)
    desk.look()

    change = desk.look(after=2)

    assert change is not None
    assert change.refused is not None
    assert change.refused.problems[0].hint == "restart digest to use it anyway"
    assert desk.watched.config.readers[0].email.to


def test_c04_a_touch_is_no_change(desk: Desk) -> None:
    """Another time on the same bytes changes nothing."""
    desk.write(GOOD)

    assert [desk.look(after=2) for _ in range(3)] == [None, None, None]


def test_c02_a_change_taken_back_in_time_is_none(desk: Desk) -> None:
    """What was seen half written and is the old text again never happened."""
    desk.write("")
    assert desk.look() is None
    desk.write(GOOD)

    assert [desk.look(after=2) for _ in range(3)] == [None, None, None]


def test_c04_a_rename_and_a_link_are_noticed(desk: Desk) -> None:
    """Editors write a new file and rename it; deployments swap a symbolic link."""
    desk.write(MORE, "new.toml")
    desk.path.with_name("new.toml").replace(desk.path)
    desk.look()
    assert desk.look(after=2) is not None

    desk.write(GOOD, "other.toml")
    desk.path.unlink()
    desk.path.symlink_to("other.toml")
    desk.look()
    assert desk.look(after=2) is not None
    assert desk.watched.config.readers[0].email.papers == 12


def test_c04_the_same_time_and_size_with_another_inode_is_noticed(desk: Desk) -> None:
    """A file renamed into place within one tick of the file system's clock."""
    old = desk.path.stat()
    desk.write(GOOD.replace("ada", "bob"), "new.toml")
    os.utime(desk.path.with_name("new.toml"), ns=(old.st_atime_ns, old.st_mtime_ns))
    desk.path.with_name("new.toml").replace(desk.path)
    desk.look()

    assert desk.look(after=2) is not None


def test_readers_come_and_go(tmp_path: Path) -> None:
    """A new reader's file is taken up, a changed one too; what editors leave is ignored (C11)."""
    (tmp_path / "readers").mkdir()
    (tmp_path / "readers" / "ada.toml").write_text('email.to = "ada@example.org"')
    desk = Desk(tmp_path, 'readers = "readers/*.toml"\n[maildir]\npath = "mail"\n')
    desk.write("[", "readers/.bob.toml.swp")
    desk.write("[", "readers/bob.toml~")
    assert desk.look(after=2) is None

    desk.write('email.to = "bob@example.org"', "readers/bob.toml")
    desk.look()
    change = desk.look(after=2)

    assert change is not None
    assert [reader.name for reader in change.config.readers] == ["ada", "bob"]
    desk.path.with_name("readers").joinpath("ada.toml").unlink()
    desk.look()
    assert desk.look(after=2) is not None
    assert [reader.name for reader in desk.watched.config.readers] == ["bob"]


def test_the_state_folder_and_the_model_stay_until_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lock, store and ranking are open: the rest of the change counts, with a warning."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    path = tmp_path / "config.toml"
    path.write_text(GOOD)
    now = [0.0]
    watched = ConfigWatcher(
        path,
        environ={},
        clock=lambda: now[0],
        local_zone=lambda: ZoneInfo("Asia/Tokyo"),
        kinds=KINDS,
    )
    before = watched.config.storage
    monkeypatch.setitem(sys.modules, "sentence_transformers", fake_model.package())
    path.write_text(MORE + '[storage]\npath = "elsewhere"\n[ranking]\nembeddings = "model"\n')
    watched.poll()
    now[0] = 2.0

    change = watched.poll()

    assert change is not None
    assert (change.config.storage, change.config.readers[0].email.papers) == (before, 3)
    assert change.config.embeddings == ""
    told = [warning.message for warning in change.config.warnings[-2:]]
    assert told == [
        f"another {what} is used after the next start" for what in ("state folder", "model")
    ]


def test_c01_a_start_beside_a_broken_file_has_the_last_good_one(desk: Desk) -> None:
    """After a power cut in the night of a typing error, the morning's digest still comes."""
    desk.write("[")

    again = desk.start(fall_back=True)

    assert again.config.readers[0].email.to == ("ada@example.org",)
    assert again.refused is not None
    with pytest.raises(ConfigError):
        desk.start()


def test_c01_the_last_good_one_lies_where_the_broken_one_says(tmp_path: Path) -> None:
    """A config with a state folder of its own is found there, though it cannot be parsed."""
    desk = Desk(tmp_path)
    own = GOOD + '[storage]\n# here\npath = "own"\n'
    desk.write(own)
    ConfigWatcher(desk.path, environ={}, clock=lambda: 0.0, kinds=KINDS)
    desk.write(own + "[")

    again = ConfigWatcher(desk.path, environ={}, clock=lambda: 0.0, kinds=KINDS, fall_back=True)

    assert again.config.storage == tmp_path / "own"


def test_a_start_with_no_file_and_nothing_kept_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing file names no folder; the usual one is empty."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    with pytest.raises(ConfigError, match="no such file"):
        ConfigWatcher(
            tmp_path / "none.toml", environ={}, clock=lambda: 0.0, kinds=KINDS, fall_back=True
        )


def test_a_start_without_any_good_config_fails(tmp_path: Path) -> None:
    """Nothing was kept, so the problems are raised."""
    desk = Desk(tmp_path)
    (desk.state / NAME).unlink()
    desk.write("[")

    with pytest.raises(ConfigError):
        desk.start(fall_back=True)
