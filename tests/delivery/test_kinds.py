"""Ways of delivery are found by their names in config.toml, the outsiders' included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest import delivery
from digest.delivery import kinds

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

OUTSIDER = """
from dataclasses import dataclass
from digest.delivery import transport

@transport("pigeon")
@dataclass(frozen=True, kw_only=True)
class Pigeon:
    loft: str
"""


def test_our_ways_are_registered() -> None:
    """These are the tables of config.toml, each with its timeouts."""
    ways = kinds()

    assert {"smtp", "maildir", "command"} <= set(ways)
    assert all(way.kind == name for name, way in ways.items())


def test_an_outsiders_way_is_found_by_its_entry_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package that names a class in the group `digest.delivery` adds a table."""
    (tmp_path / "pigeon_post.py").write_text(OUTSIDER)
    about = tmp_path / "pigeon_post-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: pigeon-post\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[digest.delivery]\npigeon = pigeon_post:Pigeon\n")
    monkeypatch.syspath_prepend(tmp_path)

    assert kinds()["pigeon"].kind == "pigeon"
    del delivery._kinds["pigeon"]  # noqa: SLF001  # leave no trace
    monkeypatch.undo()
    assert "pigeon" not in kinds()
