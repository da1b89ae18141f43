"""Kinds of other packages are found once they are installed, and looked for no oftener."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.model.plugins import plugins

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

GROUP = "digest.tests"


def install(folder: Path, name: str) -> None:
    """Write what pip writes of a package that names itself in the group."""
    about = folder / f"{name}-1.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
    (about / "entry_points.txt").write_text(f"[{GROUP}]\n{name} = {name}:Kind\n")


def names() -> list[str]:
    return sorted(entry.name for entry in plugins(GROUP))


def test_a_package_is_found_once_it_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside others already there, in a process that has looked before; gone, it is forgotten."""
    install(tmp_path / "first", "owl")
    before = names()
    with monkeypatch.context() as patch:
        patch.syspath_prepend(tmp_path / "first")
        patch.syspath_prepend(tmp_path / "none")
        alone = names()
        install(tmp_path / "second", "pigeon")
        (tmp_path / "second" / "pigeon-1.dist-info").rename(tmp_path / "first" / "p-1.dist-info")
        both = names()

    assert (before, alone, both, names()) == ([], ["owl"], ["owl", "pigeon"], [])


def test_packages_are_looked_through_once_while_nothing_changes() -> None:
    """The very same answer: a config is read often, a package is installed seldom."""
    assert plugins(GROUP) is plugins(GROUP)
