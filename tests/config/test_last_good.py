"""Last good config on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from fake_kinds import KINDS

from digest.config.files import ConfigFiles
from digest.config.last_good import NAME, keep, last_good
from digest.config.load import build_config

if TYPE_CHECKING:
    from pathlib import Path

    from digest.config import Config


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Return a config of two files, whose state folder does not exist yet."""
    main = tmp_path / "config.toml"
    texts = {
        main: b"\xef\xbb\xbfreaders = 'r.toml'",
        tmp_path / "r.toml": b"email.to = 'ada@example.org'",
    }
    return build_config(
        ConfigFiles(main=main, texts=texts),
        environ={"DIGEST_STATE": str(tmp_path / "state")},
        local_zone=lambda: ZoneInfo("Asia/Tokyo"),
        kinds=KINDS,
    )


def test_kept_files_are_found_again(config: Config) -> None:
    """Every byte comes back; the folder is made, and only its owner reads the file."""
    folder = config.storage

    assert keep(config)
    assert last_good(config.files.main, folder) == config.files
    assert (folder / NAME).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in folder.iterdir()] == [NAME]


def test_another_config_s_files_are_not_used(config: Config, tmp_path: Path) -> None:
    """Two configs may share a state folder by mistake; neither replaces the other."""
    keep(config)

    assert last_good(tmp_path / "other.toml", config.storage) is None


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b"\xff", b'{"texts": {"a": 3}}', b'{"texts": 3}']
)
def test_damaged_files_are_not_used(config: Config, data: bytes) -> None:
    """A damaged copy is as good as none."""
    config.storage.mkdir()
    (config.storage / NAME).write_bytes(data)

    assert last_good(config.files.main, config.storage) is None


def test_a_folder_that_cannot_be_written_stops_nothing(config: Config) -> None:
    """A full or read-only disk is logged, and the digest goes on."""
    config.storage.write_text("a file where the folder should be")

    assert not keep(config)
