"""A state folder or database that another user changed is refused with one message."""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING

import pytest
from outbox_world import DAY, Clock, Desk, desk_in

from digest.model.errors import StateError
from digest.store import Store, lock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with one message."""
    for desk in desk_in(tmp_path / "state"):
        desk.write()
        yield desk


@pytest.mark.parametrize("kind", ["symbolic", "hard"])
@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o770])
@pytest.mark.parametrize("name", ["lock", "daemon", "digest.db", "digest.db-wal", "digest.db.made"])
def test_E5_a_planted_link_is_refused_and_its_target_left_alone(
    tmp_path: Path, name: str, mode: int, kind: str
) -> None:
    """In a folder that others can write, a link may lead to any file of ours."""
    precious, folder = tmp_path / "precious", tmp_path / "state"
    precious.write_text("mine")
    folder.mkdir()
    folder.chmod(mode)
    if kind == "hard":
        os.link(precious, folder / name)
    else:
        (folder / name).symlink_to(precious)

    def touch() -> None:
        if name.startswith("digest"):
            Store.open(folder, now=Clock())
        else:
            lock(folder, name).__enter__()

    with pytest.raises(StateError, match="is a link") as caught:
        touch()

    assert "chmod 700" in caught.value.hint
    assert precious.read_text() == "mine"


def test_E5_a_link_in_a_folder_of_ones_own_is_followed(tmp_path: Path) -> None:
    """Its owner put it there, to keep the database on another disk."""
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    (folder / "digest.db").symlink_to(tmp_path / "elsewhere.db")

    with Store.open(folder, now=Clock()), lock(folder):
        assert (tmp_path / "elsewhere.db").exists()


@pytest.mark.parametrize("text", ["", "soon", "2026-13-45", "0001-01-01", "9999-12-31", "\x00", 7])
@pytest.mark.parametrize(
    ("table", "column"),
    [("message", "day"), ("message", "composed"), ("delivery", "due"), ("digest", "composed")],
)
def test_E5_a_tampered_date_is_one_message(
    desk: Desk, table: str, column: str, text: str | int
) -> None:
    """What is no date raises StateError, which says where to find a backup."""
    with sqlite3.connect(desk.store.database.path) as other:
        other.execute(f"UPDATE {table} SET {column} = ?", (text,))  # noqa: S608  # two names of the test
    other.close()

    def read() -> None:
        desk.store.outbox.waiting()
        desk.store.digests.latest("ada")
        desk.store.digests.history("ada", apart_from=DAY.replace(year=2030))

    with pytest.raises(StateError, match="where a date belongs") as caught:
        read()

    assert "backups/" in caught.value.hint
