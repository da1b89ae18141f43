"""The last good config on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.config.files import Files
from digest.config.last_good import NAME, keep, last_good

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Return a config of two files."""
    main = tmp_path / "config.toml"
    return Files(main=main, texts={main: b"\xef\xbb\xbfa = 1", tmp_path / "r.toml": b""})


def test_what_is_kept_is_found_again(tmp_path: Path, files: Files) -> None:
    """Every byte comes back; the folder is made, and only its owner reads the file."""
    folder = tmp_path / "state"

    assert keep(files, folder)
    assert last_good(files.main, folder) == files
    assert (folder / NAME).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in folder.iterdir()] == [NAME]


def test_another_config_s_is_not_taken(tmp_path: Path, files: Files) -> None:
    """Two configs may share a state folder by mistake; neither becomes the other."""
    keep(files, tmp_path)

    assert last_good(tmp_path / "other.toml", tmp_path) is None


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b"\xff", b'{"texts": {"a": 3}}', b'{"texts": 3}']
)
def test_what_is_damaged_is_nothing(tmp_path: Path, files: Files, data: bytes) -> None:
    """A damaged copy is as good as none."""
    (tmp_path / NAME).write_bytes(data)

    assert last_good(files.main, tmp_path) is None


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path, files: Files) -> None:
    """A full or read-only disk is logged, and the digest goes on."""
    (tmp_path / "state").write_text("a file where the folder should be")

    assert not keep(files, tmp_path / "state")
