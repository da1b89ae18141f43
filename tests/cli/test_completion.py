"""What the shell offers behind an option."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.shell_completion import BashComplete

from digest.cli import cli

if TYPE_CHECKING:
    from pathlib import Path

MAIN = 'readers = "*.reader"\n[[interests]]\nname = "Flows"\nphrases = ["flow matching"]\n'


def offered(folder: Path, *words: str) -> list[str]:
    """Return what is offered for the last of these words."""
    config = folder / "config.toml"
    config.write_text(MAIN)
    for name, more in (("ada", ""), ("bob", '[[interests]]\nname = "Bees"\nphrases = ["bees"]\n')):
        (folder / f"{name}.reader").write_text(f'email.to = "{name}@x.org"\n{more}')
    shell = BashComplete(cli, {}, "digest", "_DIGEST_COMPLETE")
    items = shell.get_completions(["-c", str(config), *words[:-1]], words[-1])
    return [item.value for item in items]


def test_readers_are_offered(tmp_path: Path) -> None:
    """By their names, those that begin as what was typed."""
    assert offered(tmp_path, "preview", "--reader", "") == ["ada", "bob"]
    assert offered(tmp_path, "send", "--reader", "B") == ["bob"]


def test_interests_are_offered(tmp_path: Path) -> None:
    """Of all readers, or of the one who is named."""
    assert offered(tmp_path, "like", "--interest", "") == ["Flows", "Bees"]
    assert offered(tmp_path, "like", "--reader", "bob", "--interest", "") == ["Bees"]


def test_a_config_that_cannot_be_read_offers_nothing(tmp_path: Path) -> None:
    """And says nothing: somebody is in the middle of typing."""
    shell = BashComplete(cli, {}, "digest", "_DIGEST_COMPLETE")
    none = ["-c", str(tmp_path / "none.toml"), "preview", "--reader"]
    assert shell.get_completions(none, "") == []
