"""A state folder is opened, backed up and looked at; its faults are in tests/hostile."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from outbox_world import Clock

from digest.model.errors import StateError
from digest.store import Store
from digest.store.recovery import back_up, filesystem, open_folder

if TYPE_CHECKING:
    from pathlib import Path


def test_two_backups_are_kept(tmp_path: Path) -> None:
    """One a day, today's replaced, the older ones dropped."""
    clock = Clock()
    with Store.open(tmp_path, now=clock) as store:
        for hours in (0, 1, 23, 24):
            clock.forward(hours=hours)
            back_up(tmp_path, store.database)

    assert sorted(file.name for file in (tmp_path / "backups").iterdir()) == [
        "digest-2026-11-23.db",
        "digest-2026-11-24.db",
    ]


def test_S13_a_backup_of_2099_crowds_no_other_out(tmp_path: Path) -> None:
    """It was made by a clock that was wrong: today's stays, that one goes."""
    clock = Clock()
    with Store.open(tmp_path, now=clock) as store:
        for days in (26_000, -26_000):
            clock.forward(days=days)
            back_up(tmp_path, store.database)

    assert [file.name for file in (tmp_path / "backups").iterdir()] == ["digest-2026-11-22.db"]


def test_a_backup_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """Something in the way of the backups is named, and no half a copy is left as a backup."""
    with Store.open(tmp_path, now=Clock()) as store:
        (tmp_path / "backups" / "digest-2026-11-22.db").mkdir(parents=True)
        with pytest.raises(StateError, match=r"backups: cannot be written \(Is a directory\)"):
            store.tidy()


@pytest.mark.parametrize("name", ["state", "state of 50% #1?"])
def test_a_restore_leaves_no_litter(tmp_path: Path, name: str) -> None:
    """The backups lie beside nothing but each other, whatever the folder is called."""
    folder = tmp_path / name
    with Store.open(folder, now=Clock()) as store:
        store.tidy()
    (folder / "digest.db").write_bytes(b"rubbish" * 1000)
    with Store.open(folder, now=Clock()) as store:
        told = store.told
        store.tidy()

    assert "restored from digest-2026-11-22.db" in told[-1]
    assert [path.name for path in (folder / "backups").iterdir()] == ["digest-2026-11-22.db"]


def test_a_marker_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """Without the marker a loss would go unnoticed, so digest does not begin."""
    (tmp_path / "digest.db.made").symlink_to("/proc/nowhere/marker")
    with pytest.raises(StateError, match="No such file"):
        Store.open(tmp_path, now=Clock())


def test_an_older_folder_gets_its_marker(tmp_path: Path) -> None:
    """A database that was moved without its marker is taken as it is."""
    Store.open(tmp_path, now=Clock()).close()
    (tmp_path / "digest.db.made").unlink()
    with closing(open_folder(tmp_path, now=Clock()).database):
        assert "on purpose" in (tmp_path / "digest.db.made").read_text()


def test_the_nearest_mount_decides(tmp_path: Path) -> None:
    """Of the mounts above a folder the deepest holds it; spaces are written as in fstab."""
    mounts = tmp_path / "mounts"
    deep = tmp_path / "a b" / "c"
    mounts.write_text(
        f"a / ext4 rw\nb {tmp_path} xfs rw\nc {tmp_path}/a\\040b cifs rw\n\nd /other nfs rw\n"
    )

    assert filesystem(deep, mounts) == "cifs"
    assert filesystem(tmp_path, mounts) == "xfs"
    assert filesystem(deep, tmp_path / "no such list") == ""
