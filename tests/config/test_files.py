"""Where the config is looked for, and which files are readers."""

from __future__ import annotations

from pathlib import Path

import pytest

from digest.config.files import find_config, reader_files, state_folder, user_config
from digest.model.errors import ConfigError


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put the user's own folders below a fresh one."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ".config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / ".state"))
    return tmp_path


def test_the_config_asked_for_is_taken(home: Path) -> None:
    """-c wins over everything, whether the file is there or not."""
    environ = {"DIGEST_CONFIG": "other.toml"}

    assert find_config(Path("mine.toml"), environ, home) == Path("mine.toml")


def test_then_the_environment_s(home: Path) -> None:
    """$DIGEST_CONFIG wins over what lies about; its `~` is home."""
    (home / "config.toml").touch()

    assert find_config(None, {"DIGEST_CONFIG": "~/x.toml"}, home) == home / "x.toml"


def test_then_the_folder_s_then_the_user_s(home: Path) -> None:
    """./config.toml wins over the one in the user's config folder."""
    user_config().parent.mkdir(parents=True)
    user_config().touch()
    assert find_config(None, {}, home) == user_config()

    (home / "config.toml").write_text("[email]")
    assert find_config(None, {}, home) == home / "config.toml"


def test_no_config_says_where_it_was_looked_for(home: Path) -> None:
    """The message names both places and what to run."""
    with pytest.raises(ConfigError) as caught:
        find_config(None, {}, Path("/nowhere"))

    assert str(caught.value) == (
        f"no config at /nowhere/digest.toml and ~/{user_config().relative_to(home)}\n"
        "  = run `digest init`"
    )


def test_the_user_s_state_folder_is_the_default(home: Path) -> None:
    """Neither environment nor config name one."""
    assert state_folder({}, None) == home / ".state" / "digest"


def test_c11_what_editors_leave_is_no_reader(tmp_path: Path) -> None:
    """Swap, backup and lock files are passed over, folders too; the order is that of the names."""
    for name in (
        "b.toml",
        "a.toml",
        ".b.toml.swp",
        "#a.toml#",
        "a.toml~",
        ".#a.toml",
        "a.toml.bak",
    ):
        (tmp_path / name).touch()
    (tmp_path / "c.toml").mkdir()

    for pattern in ("*", str(tmp_path / "*")):
        names = [path.name for path in reader_files(tmp_path / "config.toml", pattern)]
        assert names == ["a.toml", "b.toml"]
